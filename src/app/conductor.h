#pragma once
// What plays when: scenes on pads, recalls that wait for the music, the cue list and the autopilot.
// Decides; the desk carries out. Thread: main   Owns: the bank of scenes and its io thread
#include "analysis/features.h"
#include "app/desk.h"
#include "controls/autopilot.h"
#include "controls/cue_list.h"
#include "controls/recall_queue.h"
#include "controls/scenes.h"
#include "guidance/canvas.h"

namespace titanus::app {

class Conductor {
  public:
    // An empty folder keeps scenes in memory (safe mode, offline).
    Conductor(Desk& desk, ProblemBoard& problems, std::filesystem::path sceneFolder, std::uint64_t seed);

    core::Result<void> loadCues(const std::filesystem::path& file);
    void startCues(const controls::MusicTime& now) { cues_.start(now); }
    // The scene after a preset recall from outside begins with this canvas.
    void openWith(std::shared_ptr<const core::Image> canvas);

    // Call each frame after the controls were drained and before the modulator.
    void step(const controls::MusicTime& now, const analysis::Features& features, const guidance::Canvas& canvas);

    controls::SceneBank& scenes() { return scenes_; }
    const controls::PadStates& padStates();
    const controls::RecallQueue& queue() const { return queue_; }
    const controls::CuePlayer& cues() const { return cues_; }
    const controls::Autopilot& autopilot() const { return autopilot_; }
    const controls::PadHands& hands() const { return hands_; }
    const controls::MusicTime& music() const { return now_; }
    // For FrameState: total of pictures to load into the canvas, and the last of them.
    std::uint64_t loads() const { return loads_; }
    const std::shared_ptr<const core::Image>& picture() const { return picture_; }

  private:
    void act(const params::ActionEvent& event, const guidance::Canvas& canvas);
    void carryOut(const controls::RecallRequest& request, const guidance::Canvas& canvas);
    void fly(const analysis::Features& features);

    Desk& desk_;
    ProblemBoard& problems_;
    controls::SceneBank scenes_;
    controls::RecallQueue queue_;
    controls::CuePlayer cues_;
    controls::Autopilot autopilot_;
    controls::PadHands hands_;
    controls::MusicTime now_;
    std::uint64_t loads_ = 0;
    std::shared_ptr<const core::Image> picture_;
};

// Where the music stands for a frame that is seen when the sound is at `soundSeconds`.
controls::MusicTime musicTime(const analysis::Features& features, const params::Store& store, double seconds,
                              double soundSeconds, double frameSeconds);

} // namespace titanus::app
