#pragma once
// An engine whose guide may be changed while the show runs, by the text guide.model: another engine is
// made for it and goes on from the canvas of the one before. Loading takes its time (a real CLIP some
// seconds); the last canvas stays on show meanwhile, since nobody waits for guidance.
// What the command line named holds until the text is changed; an empty text goes back to it.
// Thread: guidance   Owns: the engine in charge
// Problems: whatever making it gives (ModelMissing, ModelBroken, GuidanceFailed), once; then the guide
// before goes on
#include "guidance/engine.h"

#include <optional>

namespace titanus::guidance {

using MakeEngine = std::function<core::Result<std::unique_ptr<Engine>>(const EngineOptions&)>;

class SwitchingEngine final : public Engine {
  public:
    // Errors: those of making the first engine.
    static core::Result<std::unique_ptr<Engine>> make(const EngineOptions& options, MakeEngine makeEngine);

    EngineInfo info() const override { return now_->info(); }
    void step(const modulation::FrameState& state, Canvas& out) override;
    void adopt(const Canvas& picture) override { now_->adopt(picture); }
    void economise(int halvings) override;
    std::unique_ptr<Engine> beside() override { return now_->beside(); }

  private:
    SwitchingEngine(const EngineOptions& options, MakeEngine makeEngine, std::unique_ptr<Engine> first);
    void change(const std::string& model, const modulation::FrameState& state);
    void wire(); // problems of the engine in charge are ours

    EngineOptions options_;
    MakeEngine makeEngine_;
    std::unique_ptr<Engine> now_;
    std::optional<std::string> model_; // the text as it was last read; not yet: nothing
    std::uint64_t stepsBefore_ = 0;    // of the engines before, so that the count goes on
    int halvings_ = 0;
    bool painted_ = false;
};

} // namespace titanus::guidance
