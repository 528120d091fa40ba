#pragma once
// Where the track stands: silence, steady, build-up, break, drop. From slow energy, the low end
// against what it usually is, density of attacks and how brightness and density trend.
// Thread: one at a time   Real-time safe: yes
#include "analysis/features.h"

namespace titanus::analysis {

class Sections {
  public:
    explicit Sections(double hopSeconds);
    void reset();
    // attacks: broadband onsets in this hop. Fills energy, build, section, drops.
    void process(double now, int attacks, Features& features);

  private:
    struct Slow { // mean over a time, quick to fill at the start
        double value = 0, weight = 0;
        void add(double x, double share);
        double mean() const { return weight > 0 ? value / weight : 0; }
    };
    double hopSeconds_;
    Slow loudShort_, loudLong_, lowShort_, densityShort_, densityMid_, densityLong_, brightShort_, brightMid_;
    double loudest_ = -70, fullLow_ = 0, heard_ = 0;
    double thin_ = 0;       // seconds for which the low end has been away
    double leastLow_ = 1e9, leastAt_ = -1e9, returned_ = -1e9;
    double rising_ = 0;     // seconds of build-up, forgotten at half speed
    double sinceDrop_ = 1e9, lastDrop_ = -1e9, confidence_ = 0;
    float energy_ = 0, build_ = 0;
};

} // namespace titanus::analysis
