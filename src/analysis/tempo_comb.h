#pragma once
// Which tempi the last seconds repeat at: autocorrelation of the activation, read with a comb of four
// teeth (Davies & Plumbley 2007), times a log-normal prior and times what was likely a moment ago.
// Where single attacks say little, as in music without drums, their repetition still does; so this
// weighs the tempi of the bar-pointer filter.
// Thread: one at a time   Real-time safe: yes after construction   Periods in frames
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

struct TempoCombTuning {
    double windowSeconds = 6, meanSeconds = 0.12; // the mean before a frame is taken off it
    double everySeconds = 0.25;
    float priorBpm = 120, priorOctaves = 0.8f;
    float drift = 0.04f;     // by so much (natural logarithm) the tempo may have moved since
    float leastKept = 0.1f; // what was unlikely a moment ago counts this much
};

class TempoComb {
  public:
    // Scores the periods shortest .. shortest + count - 1.
    TempoComb(double framesPerSecond, std::size_t shortest, std::size_t count, TempoCombTuning tuning = {});
    void reset();
    // One frame. True when the scores are new; the best is 1.
    bool push(float activation);
    std::span<const float> scores() const { return scores_; }

  private:
    bool correlate();
    void comb();

    double fps_;
    TempoCombTuning tuning_;
    std::size_t shortest_, count_, every_;
    std::vector<float> ring_, recent_, line_, correlation_; // newest window; the frames of the mean; in order
    std::vector<float> prior_, raw_, scores_;
    std::size_t at_ = 0, filled_ = 0, recentAt_ = 0, since_ = 0;
    bool known_ = false;
};

} // namespace titanus::analysis
