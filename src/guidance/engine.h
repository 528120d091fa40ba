#pragma once
// One painter: state of canvas, optimiser and guide; a step at a time. Implementations: clip/ (torch)
// and null_engine (no torch, used where torch is absent and in tests).
// Thread: guidance (create may run anywhere; one thread at a time)   Real-time safe: no
#include "core/result.h"
#include "guidance/canvas.h"
#include "modulation/frame_state.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace titanus::guidance {

struct EngineOptions {
    std::filesystem::path modelDir;  // empty: the embedded guide; a folder or file of a real CLIP
    bool null = false;               // paint without a model
    int threads = 0;                 // 0: chosen by measuring at start
    int maxThreads = 0;              // 0: all cores; live play leaves one for display and sound
    std::uint64_t seed = 1;
    float aspect = 16.f / 9;         // width / height of the canvas
};

struct EngineInfo {
    std::string guide, device, precision; // "titanus-guide", "cpu", "float32"
    int threads = 0, inputSize = 0;
};

class Engine {
  public:
    virtual ~Engine() = default;
    virtual EngineInfo info() const = 0;
    // One optimiser step towards the prompts of `state`, after moving the canvas to its pose. Fills
    // `out` except generation and publishedSeconds. Problems from prompts go to `report`.
    virtual void step(const modulation::FrameState& state, Canvas& out) = 0;
    // Goes on from a picture painted before (a restart after a failure, an opening picture). Call
    // before the first step or between steps.
    virtual void adopt(const Canvas& picture) = 0;
    // Called with each problem found while stepping (bad prompt, NaN); set once.
    std::function<void(const core::Problem&)> report = [](const core::Problem&) {};
};

// Errors: ModelMissing, ModelBroken.
core::Result<std::unique_ptr<Engine>> makeEngine(const EngineOptions& options);
bool engineHasTorch();

} // namespace titanus::guidance
