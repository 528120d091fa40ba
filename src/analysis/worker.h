#pragma once
// The analysis thread: drains a ring of samples, runs the Analyzer, publishes. Nothing else.
// Thread: owner calls from main; channels as named   Owns: the thread and the analyzers
// When samples stop for 200 ms, or as long as there is no input, Features say noSignal and the analysis hears
// silence in their place: the beat runs on, and taps, MIDI clock and Link lead it.
#include "analysis/analyzer.h"
#include "analysis/clock_command.h"
#include "core/clock.h"
#include "core/latest.h"
#include "core/sample_ring.h"
#include "core/spsc.h"

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace titanus::analysis {

class Worker {
  public:
    explicit Worker(const core::Clock& clock); // starts the thread, without input
    ~Worker();                                 // stops and joins
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // [main] From now on this input: interleaved stereo. Times, totals and the beat go on. Returns when the
    // thread has left the ring before, which may then be destroyed.
    void setInput(core::SampleRing& ring, double sampleRate);
    void clearInput();

    core::Latest<params::ParamSnapshot>& params() { return params_; } // [main] writes
    core::Spsc<ClockCommand>& commands() { return commands_; }        // [main] writes
    core::Latest<Features>& features() { return features_; }          // [main] reads
    core::Spsc<Onset>& onsets() { return onsets_; }                   // [main] reads

  private:
    void run();
    bool drain();                  // true if there was sound
    void passTime(double until);   // as silence, to that time of the app's clock
    void obey(const ClockCommand& command);
    void publish(bool noSignal);

    const core::Clock& clock_;
    core::Latest<params::ParamSnapshot> params_;
    core::Spsc<ClockCommand> commands_{256};
    core::Latest<Features> features_;
    core::Spsc<Onset> onsets_{512};

    std::mutex inputMutex_; // held by the thread while it touches ring or analyzer
    core::SampleRing* ring_ = nullptr;
    std::unique_ptr<Analyzer> analyzer_; // changed by main only
    std::uint64_t dropped_ = 0, lost_ = 0; // of the ring so far; frames lost in all

    std::vector<float> block_;
    double lastSamples_ = -1e9;   // app clock
    double hostMinusSound_ = 0;   // app clock - seconds of sound, followed
    bool resting_ = true;         // no samples lately
    bool told_ = false;           // parameters have come
    double latencySeconds_ = 0;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

} // namespace titanus::analysis
