#pragma once
// Carries out what controls::Conductor decides (pads, presets, cues, autopilot): the desk morphs,
// the bank keeps canvases, guidance starts from a scene's picture.
// Thread: main   Owns: the bank of scenes and its io thread
#include "analysis/features.h"
#include "app/desk.h"
#include "controls/conductor.h"
#include "guidance/deck.h"

namespace titanus::app {

class Conductor {
  public:
    // An empty folder keeps scenes in memory (safe mode, offline).
    Conductor(Desk& desk, ProblemBoard& problems, std::filesystem::path sceneFolder);

    core::Result<void> loadCues(const std::filesystem::path& file);
    void groundAutopilot() { decides_.groundAutopilot(); }
    void startCues(const controls::MusicTime& now) { decides_.cues().start(now); }
    // Start the painting from this picture; null: leave it.
    void openWith(std::shared_ptr<const core::Image> canvas);

    // Call each frame after the controls were drained and before the morph and the modulator.
    void step(const controls::MusicTime& now, const analysis::Features& features, const guidance::Canvas& canvas);

    controls::SceneBank& scenes() { return scenes_; }
    const controls::PadStates& padStates();
    const controls::RecallQueue& queue() const { return decides_.queue(); }
    const controls::CuePlayer& cues() const { return decides_.cues(); }
    const controls::Autopilot& autopilot() const { return decides_.autopilot(); }
    const controls::PadHands& pads() const { return decides_.pads(); }
    const controls::MusicTime& music() const { return now_; }
    // For FrameState: total of pictures to load into the canvas, and the last of them.
    std::uint64_t loads() const { return loads_; }
    const std::shared_ptr<const core::Image>& picture() const { return picture_; }
    // ... and what is queued, readied or the next cue, to be made ready before it is wanted; null: nothing.
    const std::shared_ptr<const modulation::Upcoming>& upcoming() const { return upcoming_; }
    // What guidance has painted of it out of sight.
    void prepared(const guidance::Prepared& prepared);
    // What came since the last call: "Scene 5 Coral", for the strip.
    std::vector<std::string> takeRecalled() { return std::exchange(recalled_, {}); }
    int readied() const { return decides_.readied(); } // pad that a hand wants prepared; -1: none
    // For the screen: the pad that is being prepared and how far, 0..1; -1: none.
    struct Preparing { int pad = -1; float share = 0; };
    Preparing preparing() const;

  private:
    void carryOut(const controls::Conductor::Recall& recall, const guidance::Canvas& canvas);
    void keepCanvas(int leaving, const guidance::Canvas& canvas);
    void fillEmptyBank();
    void followUpcoming();

    Desk& desk_;
    ProblemBoard& problems_;
    controls::SceneBank scenes_;
    controls::Conductor decides_{scenes_};
    controls::MusicTime now_;
    std::uint64_t cameAt_ = 0; // generation of the canvas when what plays was recalled
    std::uint64_t loads_ = 0;
    std::shared_ptr<const core::Image> picture_;
    std::shared_ptr<const modulation::Upcoming> upcoming_;
    std::uint64_t upcomings_ = 0;
    struct Told {
        int kind = -1, index = -1;
        std::string name;
        std::uint64_t revision = 0;
        bool paint = false;
        bool operator==(const Told&) const = default;
    } told_;
    float preparedShare_ = 0;                      // of told_
    std::shared_ptr<const core::Image> preparedAs_; // its picture so far; null: none yet
    std::vector<std::string> recalled_;
    bool filled_ = false;
};

// Where the music stands for a frame that is seen when the sound is at `soundSeconds`.
controls::MusicTime musicTime(const analysis::Features& features, const params::Store& store, double seconds,
                              double soundSeconds, double frameSeconds);

} // namespace titanus::app
