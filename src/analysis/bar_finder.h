#pragma once
// Which beat is the "one", and, if asked, whether three or four make a bar: told by the beat filter, or,
// where beats come from a tap or another machine, found by a forward filter of its own over all
// bar positions, turned by one with each beat and weighed by what the beat network said about a
// "one". Slow to give up what it has told once.
// Thread: one at a time   Real-time safe: yes
#include <array>
#include <cstddef>
#include <cstdint>

namespace titanus::analysis {

struct BarTuning {
    float slip = 0.01f;     // share of belief spread anew per beat
    float trust = 0.7f;     // exponent of the evidence of one beat: beats are not independent
    float usual = 0.28f;    // of beats are a "one"
    float doubt = 0.08f;    // probability of a beat below which its "one" says little
    float four = 0.75f;     // before anything is heard, if the length is to be found
    float lead = 2;         // times as probable as what is told now
    float sure = 0.45f;
    float patience = 2;     // bars of lead before a told "one" moves
};

class BarFinder {
  public:
    explicit BarFinder(BarTuning tuning = {});
    void reset();
    void setMeter(int beats); // 0: find out whether 3 or 4
    int meter() const { return meter_; }
    // One beat has passed, number `beat`: the largest answers of the network around it.
    void beat(std::int64_t beat, float beatProbability, float oneProbability);
    // The same, told where that beat stands in bars of four (0..3) and of three (4..6).
    void beat(std::int64_t beat, const std::array<float, 8>& places);
    std::int64_t one() const { return one_; } // number of some beat that is a "one"
    // From beat `newest` on this is a "one": somebody who knows has said so.
    void tell(std::int64_t one, std::int64_t newest);
    void forget(); // tempo changed level: positions are open again
    // Probability of what is told.
    float share() const;

  private:
    struct Row {
        int meter = 4;
        std::array<float, 8> at{}; // probability that the newest beat has position i
    };
    void spread();
    void decide();

    BarTuning tuning_;
    int wanted_ = 4, meter_ = 4;
    std::array<Row, 2> rows_{};
    std::size_t rowCount_ = 1;
    std::int64_t newest_ = 0, one_ = 0;
    float leading_ = 0;
    bool told_ = false;
};

} // namespace titanus::analysis
