#pragma once
// The running instrument without its windows: sound, analysis, guidance, controls and the desk,
// wired by the channels. One tick a frame: drain what arrived, act, modulate, hand on.
// Thread: main   Owns: all workers, stopped in order by the destructor
#include "analysis/worker.h"
#include "app/conductor.h"
#include "app/journal.h"
#include "app/replay.h"
#include "app/rate_meter.h"
#include "app/stats_file.h"
#include "audio/input_keeper.h"
#include "controls/link_session.h"
#include "controls/midi.h"
#include "controls/midi_mapper.h"
#include "controls/osc.h"
#include "core/clock.h"
#include "guidance/worker.h"
#include "modulation/modulator.h"
#include "render/pacer.h"

namespace titanus::app {

class LiveShow {
  public:
    // Errors: everything that is wrong before the show begins.
    static core::Result<std::unique_ptr<LiveShow>> open(const PlayOptions& options);
    ~LiveShow();

    // Everything but drawing, for the frame that will be seen about `displaySeconds` from now.
    const modulation::FrameState& tick(double displaySeconds);

    Desk& desk() { return *desk_; }
    const std::vector<modulation::Formulas::Broken>& brokenFormulas() const { return modulator_.formulas().problems(); }
    Conductor& conductor() { return *conductor_; }
    bool journaled() const { return journal_ != nullptr; }
    // A log is being played to its end.
    bool over() const { return replay_ && replay_->ended(); }
    ProblemBoard& problems() { return problems_; }
    const core::Clock& clock() const { return clock_; }
    const analysis::Features& features() const { return replay_ ? replay_->features() : analysis_->features().value(); }
    const guidance::Canvas& canvas() const { return guidance_->canvases().value(); }
    const modulation::FrameState& frame() const { return *frame_; }
    guidance::Worker& guidance() { return *guidance_; }
    audio::InputKeeper& sound() { return *sound_; }
    // Filled with the sound that drives the show while recording; nullptr while there is none.
    audio::Input* input() { return sound_->input(); }
    controls::MidiInput& midi() { return *midi_; }
    controls::MidiMapper& mapper() { return mapper_; }
    double canvasAgeSeconds() const;
    double stepsPerSecond() const { return steps_.perSecond(); }
    std::uint64_t droppedEvents() const;
    const std::string& guideName() const { return guideName_; }
    std::string inputName() const;
    // What moved the show since the last call, or tried to, for the strip: "CC 3 > Zoom".
    struct Moved { params::Origin origin; double seconds; std::string text; };
    std::vector<Moved> takeMoved() { return std::exchange(moved_, {}); }
    void noteMoved(params::Origin origin, std::string text);
    // Binds what is armed; saved at once.
    void armLearn(std::optional<controls::MidiTarget> target);
    void forgetBinding(std::size_t index);
    void setBinding(std::size_t index, const controls::MidiBinding& binding);
    // Of the ready-made maps, for the devices that are open; addBinding makes one the user's own.
    std::vector<controls::MidiBinding> readyMadeBindings() const;
    void addBinding(const controls::MidiBinding& binding);
    // What guidance gives up for the frame rate: factors of guide.crops and canvas.side, and the share of
    // its time in which it steps.
    struct Economy { float crops = 1, canvas = 1, time = 1; };
    void economise(const Economy& economy) { economy_ = economy; }
    // What the windows know, for lights and remote controls.
    struct Windows { bool uiVisible = true, recording = false, stripFrozen = false; };
    void setWindows(const Windows& windows) { windows_ = windows; }
    // Called with the new input, and with null before the one there is goes away.
    std::function<void(audio::Input*)> onInput = [](audio::Input*) {};

    void writeStats(const render::PaceFigures& display, double firstPictureSeconds, bool force);

  private:
    explicit LiveShow(const PlayOptions& options);
    core::Result<void> start(const PlayOptions& options);
    void drainControls(double now);
    void drainMidi(double now);
    controls::SwitchState switches() const;
    void conduct(double now);
    void settle(double now);
    void watchSound();
    void saveMidiMap();
    core::Result<void> openLog(const PlayOptions& options);
    void log(double now);
    void watchFlashGuard();
    void watchLink();
    void economise(modulation::FrameState& state) const;

    core::SteadyClock clock_;
    ProblemBoard problems_;
    std::unique_ptr<Desk> desk_;
    std::unique_ptr<Conductor> conductor_;
    std::unique_ptr<Replay> replay_;              // only in `titanus replay`
    std::unique_ptr<controls::ControlLogWriter> log_;
    double replayFrom_ = 0;
    std::unique_ptr<audio::Backend> backend_;
    std::unique_ptr<analysis::Worker> analysis_;
    std::unique_ptr<audio::InputKeeper> sound_; // after the worker that reads its rings
    std::unique_ptr<guidance::Worker> guidance_;
    std::string guideName_, requested_;
    std::unique_ptr<controls::LinkSession> link_; // only where it is built in
    bool linked_ = false;
    std::unique_ptr<controls::MidiInput> midi_;
    controls::MidiMapper mapper_;
    std::uint64_t midiGeneration_ = 0;
    std::unique_ptr<controls::OscReceiver> oscIn_;
    std::unique_ptr<controls::OscSender> oscOut_;
    std::uint64_t formulasTold_ = 0;
    std::uint64_t oscRejected_ = 0, dropped_ = 0;
    std::vector<Moved> moved_;
    modulation::Modulator modulator_;
    const modulation::FrameState* frame_ = nullptr;
    RateMeter steps_;
    double lastTick_ = 0, frameSeconds_ = 0, displaySeconds_ = 0, soundNow_ = 0; // of this tick
    float aspect_;
    Windows windows_;
    bool flashGuard_ = true;
    bool safeMode_;
    Economy economy_;
    std::unique_ptr<Journal> journal_;
    StatsFile statsFile_;
};

} // namespace titanus::app
