#pragma once
// What plays next, from pads, presets, cues and autopilot through one queue, so that each recall
// waits for its line and the latest hand wins. It decides; the show carries out: it morphs, starts
// the painting from a scene's canvas, stores what it is asked to store.
// Thread: main   Ownership: queue, cue player, autopilot, pad modes; the bank is the caller's
#include "controls/autopilot.h"
#include "controls/blend.h"
#include "controls/cue_list.h"
#include "controls/scenes.h"

namespace titanus::controls {

class Conductor {
  public:
    explicit Conductor(SceneBank& bank) : bank_(bank) {}

    // Scenes (recall, store, clear, prepare), presets (by number) and cues. False: not ours.
    bool act(const params::ActionEvent& event, const params::Store& store, const MusicTime& now);
    // A preset by name, from OSC or the screen.
    void recallPreset(std::string name, params::Origin origin, const params::Store& store, const MusicTime& now);
    // A hand moved the show (isHand), said before its own recall is handed in: the autopilot steps back.
    void notice(const MusicTime& now);
    bool cancel() { return queue_.cancel(); } // the recall that waits
    // What the autopilot chose is in the log that is played again: it must not choose a second time.
    void groundAutopilot() { grounded_ = true; }

    struct Recall {
        RecallRequest request;              // Kind::Preset: `name`, or `index` in the bank of presets
        std::optional<SceneRecall> scene;   // Kind::Scene: what to do; request says who asked
        double morphSeconds = 0;
        int leaving = -1;                   // pad that played until now: SceneBank::keepCanvas it
    };
    // Call once each frame, before the morph's step; `morphing`: one runs. Recalls to carry out in
    // order; the bank's active pad is set already. Recalls of empty pads are left out.
    std::vector<Recall> step(const params::Store& store, const MusicTime& now, TrackSection section, float energy, bool morphing = false);
    // Pads that are to be stored now: SceneBank::store them with the present show and canvas.
    std::vector<int> takeStores() { return std::exchange(stores_, {}); }

    CuePlayer& cues() { return cues_; }
    const CuePlayer& cues() const { return cues_; }
    const RecallQueue& queue() const { return queue_; }
    const PadHands& pads() const { return pads_; }
    const Autopilot& autopilot() const { return autopilot_; }
    int pendingPad() const; // that waits for its line; -1: none. For SceneBank::states

    // The blend of two pads, or of one with what plays. It begins once the first scene has come.
    PadPair blendPads() const { return blend_ ? blend_->pads : PadPair{}; }
    // After step(): what begins now, after the recalls; whether it ends where it stands.
    std::optional<SceneRecall> takeBlend() { return std::exchange(blendBegins_, std::nullopt); }
    bool takeBlendEnd() { return std::exchange(blendEnds_, false); }
    // It was ended by something else: undo, panic.
    void blendGone();
    // What comes next as far as it is known: what waits for its line, else what a hand wants prepared,
    // else the next cue.
    std::optional<RecallRequest> upcoming() const;
    int readied() const { return readied_; } // pad that a hand wants prepared; -1: none

  private:
    void askBlend(PadPair pads, RecallRequest request, const params::Store& store, const MusicTime& now);
    void endBlend();
    void letGo(const RecallRequest& request, const params::Store& store, const MusicTime& now);
    void stepBlend(const params::Store& store, bool morphing);
    void carryOut(RecallRequest request, const params::Store& store, const MusicTime& now, std::vector<Recall>& out);

    SceneBank& bank_;
    RecallQueue queue_;
    CuePlayer cues_;
    Autopilot autopilot_;
    PadHands pads_;
    std::vector<int> stores_;
    int readied_ = -1;
    struct Blending {
        PadPair pads;
        bool on = false;    // else it waits for the first scene
        float share = 0;    // where the fader stood in the last frame
        bool moved = false; // it was
        bool held = false;  // two pads, not the fader's own button
    };
    std::optional<Blending> blend_;
    std::optional<SceneRecall> blendBegins_;
    bool blendEnds_ = false;
    bool grounded_ = false;
};

} // namespace titanus::controls
