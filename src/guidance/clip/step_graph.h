#pragma once
// Runs a list of torch operations; where they stay the same from step to step, a GPU records them once
// and plays them back in one call: a step of some hundred small kernels then costs their run time and
// not their launching. On other devices, and where torch was built without CUDA, it just runs them.
// Thread: guidance   Owns: the recording
#include "guidance/clip/device.h"

#include <functional>
#include <memory>
#include <vector>

namespace titanus::guidance {

class StepGraph {
  public:
    explicit StepGraph(const Device& device);
    ~StepGraph();

    // key: everything that the operations depend on except the contents of tensors (addresses, shapes,
    // choices); empty: they must not be recorded. The first steps with a new key run as they are.
    void run(const std::vector<std::int64_t>& key, const std::function<void()>& operations);
    // Steps played back so far.
    std::uint64_t replays() const { return replays_; }
    // Whether this build can record at all, on a machine with such a GPU.
    static bool compiledIn();

  private:
    struct Recording;
    bool record(const std::function<void()>& operations);

    Device device_;
    std::vector<std::int64_t> key_;
    int seen_ = 0;
    bool refused_ = false; // recording failed once: never again
    std::uint64_t replays_ = 0;
    std::unique_ptr<Recording> recording_;
};

// Recording needs a stream of its own; the thread's operations all go there. To be called before a
// step; does something on a GPU only, and only the first time in a thread.
void takeOwnStream(const Device& device);

} // namespace titanus::guidance
