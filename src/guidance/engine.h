#pragma once
// One painter: state of canvas, optimiser and guide; a step at a time. Implementations: clip/ (torch)
// and null_engine (no torch, used where torch is absent and in tests).
// Thread: guidance (create may run anywhere; one thread at a time)   Real-time safe: no
#include "core/result.h"
#include "guidance/canvas.h"
#include "guidance/frame_source.h"
#include "modulation/frame_state.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace titanus::guidance {

// How the image tower reckons. Automatic: half where the device is faster with it, by measuring.
enum class Precision : std::uint8_t { Automatic, Float32, Bfloat16, Float16 };

// What reckons. Automatic: a GPU that torch can use, else the processor.
enum class DeviceChoice : std::uint8_t { Automatic, Cpu };

struct GuideChoice {
    std::filesystem::path model; // as EngineOptions::modelDir
    float weight = 1;            // share of its judgement
};

struct EngineOptions {
    std::filesystem::path modelDir;  // empty: the embedded guide; a folder or file of a real CLIP
    bool null = false;               // paint without a model
    int threads = 0;                 // 0: chosen by measuring at start
    int maxThreads = 0;              // 0: all cores; live play leaves one for display and sound
    std::uint64_t seed = 1;
    float aspect = 16.f / 9;         // width / height of the canvas
    std::vector<GuideChoice> more{}; // guides beside modelDir, whose weight is 1; all judge together
    bool alternate = false;          // with several guides: one a step, in turn (more often by weight)
    Precision precision = Precision::Automatic;
    bool repeatable = false;         // a film: no precision is chosen by measuring
    DeviceChoice device = DeviceChoice::Automatic;
    OpenFrames openFrames{};         // opens source.file and video masks; empty: they are a problem
};

struct EngineInfo {
    std::string guide, device, precision; // "titanus-guide"; "cpu", "cuda:0"; "float32", "bfloat16", "float16"
    int threads = 0, inputSize = 0;
};

class Engine {
  public:
    virtual ~Engine() = default;
    virtual EngineInfo info() const = 0;
    // One optimiser step towards the prompts of `state`, after moving the canvas to its pose. Fills
    // `out` except generation and publishedSeconds. Problems from prompts go to `report`.
    virtual void step(const modulation::FrameState& state, Canvas& out) = 0;
    // Goes on from a picture painted before (a restart after a failure). Call before the first step
    // or between steps. FrameState::loads and the text canvas.init load pictures from outside.
    virtual void adopt(const Canvas& picture) = 0;
    // After running out of memory, before the first step: crops are halved this many times.
    virtual void economise(int /*halvings*/) {}
    // Another painter with the same guides and a canvas of its own, used on the same thread. Null: it
    // cannot.
    virtual std::unique_ptr<Engine> beside() { return nullptr; }
    // Called with each problem found while stepping (bad prompt, NaN); set once.
    std::function<void(const core::Problem&)> report = [](const core::Problem&) {};
};

// Errors: ModelMissing, ModelBroken.
core::Result<std::unique_ptr<Engine>> makeEngine(const EngineOptions& options);
bool engineHasTorch();

} // namespace titanus::guidance
