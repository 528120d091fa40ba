#include "analysis/beat_filter.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace titanus::analysis {
namespace {

constexpr std::size_t kPlaces = BeatFilter::kPlaces, kFours = 4, kThrees = 3;
constexpr std::size_t kLastOfFour = 3, kLastOfThree = 6;

template <class P> float massOf(const P& p) { return ((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7])); }

// All places at once: left alone, compilers take the loops about them the other way round, at twice the cost.
using Lanes [[gnu::vector_size(sizeof(BeatFilter::Places))]] = float;
inline void load(Lanes& to, const BeatFilter::Places& from) { std::memcpy(&to, from.data(), sizeof to); }
inline void store(BeatFilter::Places& to, const Lanes& from) { std::memcpy(to.data(), &from, sizeof from); }

// Where the next beat stands, and where the one before stood.
BeatFilter::Places after(const BeatFilter::Places& p, float otherBar) {
    const float endFour = p[kLastOfFour], endThree = p[kLastOfThree];
    return {endFour + otherBar * (endThree - endFour), p[0], p[1], p[2], endThree + otherBar * (endFour - endThree), p[4], p[5], 0};
}
BeatFilter::Places before(const BeatFilter::Places& p) { return {p[1], p[2], p[3], p[0], p[5], p[6], p[4], 0}; }

// A new bar pointer anywhere in the bar.
BeatFilter::Places anywhere(float share, float four) {
    BeatFilter::Places p{};
    for (std::size_t i = 0; i < kFours; ++i) p[i] = share * four / kFours;
    for (std::size_t i = 0; i < kThrees; ++i) p[kFours + i] = share * (1 - four) / kThrees;
    return p;
}

// What is heard at the start of a beat favours the states that expect it. What speaks for a "one" moves belief between
// places alone, not to another tempo. Returns the mass before.
float listen(BeatFilter::Places* states, std::size_t n, float beat, float one, float other) {
    const Lanes bar{one, other, other, other, one, other, other, 1};
    float sum = 0;
    for (std::size_t k = 0; k < n; ++k) {
        const auto& s = states[k];
        const float ones = s[0] + s[4], others = ((s[1] + s[2]) + (s[3] + s[5])) + s[6];
        const float all = ones + others, weighed = one * ones + other * others;
        Lanes now;
        load(now, s);
        now *= bar * (weighed > 1e-25f ? beat * all / weighed : beat);
        store(states[k], now);
        sum += all;
    }
    return sum;
}

// Calls visit(i, sum) with the sum of `values` over the periods within 4 % of that of i.
template <class Values, class Visit> void forEachNeighbourhood(std::size_t shortest, const Values& values, Visit visit) {
    double sum = 0;
    std::size_t low = 0, high = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double period = static_cast<double>(shortest + i);
        while (high < values.size() && static_cast<double>(shortest + high) <= period * 1.04) sum += static_cast<double>(values[high++]);
        while (low < i && static_cast<double>(shortest + low) < period * 0.96) sum -= static_cast<double>(values[low++]);
        visit(i, sum);
    }
}

} // namespace

BeatFilter::BeatFilter(double framesPerSecond, BeatFilterTuning tuning) : fps_(framesPerSecond), tuning_(tuning) {
    shortest_ = static_cast<std::size_t>(std::floor(fps_ * 60 / kFastestBpm));
    count_ = static_cast<std::size_t>(std::ceil(fps_ * 60 / kSlowestBpm)) - shortest_ + 1;
    std::size_t at = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t period = shortest_ + i;
        start_.push_back(at);
        at += period;
        const double wide = std::min(tuning_.beatSeconds * fps_, tuning_.beatShare * static_cast<double>(period));
        region_.push_back(std::max<std::size_t>(2, static_cast<std::size_t>(std::lround(wide))));
    }
    state_.resize(at);
    head_.resize(count_);
    mass_.resize(count_);
    prior_.resize(count_);
    favour_.resize(count_);
    weighed_.resize(count_);
    scores_.assign(count_, 1.f);
    leaving_.resize(count_);
    entering_.resize(count_);
    for (std::size_t from = 0; from < count_; ++from) {
        const double period = static_cast<double>(shortest_ + from);
        std::size_t first = count_;
        std::vector<float> weights;
        double sum = 0;
        for (std::size_t to = 0; to < count_; ++to) {
            const double ratio = static_cast<double>(shortest_ + to) / period;
            const double weight = std::exp(-static_cast<double>(tuning_.lambda) * std::abs(ratio - 1));
            if (weight < 1e-3 && to != from) continue;
            first = std::min(first, to);
            weights.push_back(static_cast<float>(weight));
            sum += weight;
        }
        reachFirst_.push_back(first);
        reachStart_.push_back(reach_.size());
        for (float w : weights) reach_.push_back(static_cast<float>(static_cast<double>(w) / sum));
    }
    reachStart_.push_back(reach_.size());
    setPriorBpm(tuning_.priorBpm, tuning_.priorOctaves);
    reset();
}

void BeatFilter::setPriorBpm(double bpm, double octaves) {
    double sum = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const double distance = std::log2(fps_ * 60 / static_cast<double>(shortest_ + i) / bpm) / octaves;
        prior_[i] = static_cast<float>(std::exp(-0.5 * distance * distance));
        sum += static_cast<double>(prior_[i]);
    }
    for (float& p : prior_) p = static_cast<float>(static_cast<double>(p) / sum);
    // By time, not by beat: charged at each beat, a fast tempo would pay more often than its half.
    const float top = *std::max_element(prior_.begin(), prior_.end());
    for (std::size_t i = 0; i < count_; ++i) {
        const float halfSeconds = static_cast<float>(static_cast<double>(shortest_ + i) / fps_ / 0.5);
        favour_[i] = std::exp2(tuning_.priorWeight * std::log2(std::max(prior_[i] / top, 1e-6f)) * halfSeconds);
    }
}

void BeatFilter::setScores(std::span<const float> scores) {
    for (std::size_t i = 0; i < count_; ++i) scores_[i] = std::exp2(tuning_.scoreWeight * std::max(scores[i], tuning_.scoreLeast));
}

void BeatFilter::reset() {
    std::fill(scores_.begin(), scores_.end(), 1.f);
    std::fill(head_.begin(), head_.end(), 0);
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t period = shortest_ + i;
        std::fill_n(state_.begin() + static_cast<std::ptrdiff_t>(start_[i]), period,
                    anywhere(prior_[i] / static_cast<float>(period), tuning_.four));
        mass_[i] = prior_[i];
    }
    sinceNormal_ = 0;
}

std::size_t BeatFilter::slot(std::size_t tempo, std::size_t position) const {
    const std::size_t period = shortest_ + tempo, at = head_[tempo] + position;
    return start_[tempo] + (at >= period ? at - period : at);
}

void BeatFilter::step(float onBeat, float onOne, float onOther, bool blind) {
    // Turn every ring by one; who comes round chooses its next tempo.
    float out = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        head_[i] = head_[i] == 0 ? shortest_ + i - 1 : head_[i] - 1;
        leaving_[i] = state_[start_[i] + head_[i]];
        const float mass = massOf(leaving_[i]);
        mass_[i] -= mass;
        out += mass;
        entering_[i] = {};
    }
    for (std::size_t i = 0; i < count_; ++i) {
        const float* w = &reach_[reachStart_[i]];
        const std::size_t n = reachStart_[i + 1] - reachStart_[i];
        Lanes from, to;
        load(from, leaving_[i]);
        for (std::size_t k = 0; k < n; ++k) {
            Places& there = entering_[reachFirst_[i] + k];
            load(to, there);
            to += w[k] * from;
            store(there, to);
        }
    }
    const Places fresh = anywhere(blind ? 0.f : tuning_.jump * out, tuning_.four);
    for (std::size_t i = 0; i < count_; ++i) {
        const float stays = blind ? 1.f : (1 - tuning_.jump) * favour_[i];
        Places in = after(entering_[i], tuning_.otherBar);
        for (std::size_t p = 0; p < kPlaces; ++p) {
            in[p] = in[p] * stays + fresh[p] * prior_[i];
            in[p] = in[p] < 1e-25f ? 0.f : in[p];
        }
        mass_[i] += massOf(in);
        state_[start_[i] + head_[i]] = in;
    }
    if (!blind) {
        const float beat = std::exp(onBeat), one = std::exp(onOne), other = std::exp(onOther);
        for (std::size_t i = 0; i < count_; ++i) {
            Places* ring = &state_[start_[i]];
            const std::size_t end = std::min(shortest_ + i - head_[i], region_[i]); // the ring comes round there
            mass_[i] += (beat - 1) * (listen(ring + head_[i], end, beat, one, other) + listen(ring, region_[i] - end, beat, one, other));
        }
    }
    if (++sinceNormal_ >= 16) renormalise();
    weigh();
}

void BeatFilter::renormalise() {
    sinceNormal_ = 0;
    double total = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const Places* s = &state_[start_[i]];
        Places all{};
        for (std::size_t k = 0; k < shortest_ + i; ++k)
            for (std::size_t p = 0; p < kPlaces; ++p) all[p] += s[k][p];
        mass_[i] = massOf(all);
        total += static_cast<double>(mass_[i]);
    }
    if (!(total > 1e-30) || !std::isfinite(total)) {
        reset();
        return;
    }
    const auto scale = static_cast<float>(1 / total);
    for (Places& s : state_)
        for (float& v : s) {
            v *= scale;
            v = v < 1e-25f ? 0.f : v;
        }
    for (float& m : mass_) m *= scale;
}

// As if a tempo's mass (within 4 % of it) were raised to `temper`.
void BeatFilter::weigh() {
    const double total = std::accumulate(mass_.begin(), mass_.end(), 0.0);
    forEachNeighbourhood(shortest_, mass_, [&](std::size_t i, double near) {
        const double mass = static_cast<double>(mass_[i]);
        const float share = total > 0 ? static_cast<float>(std::max(near, mass) / total) : 1;
        weighed_[i] = mass * static_cast<double>(std::pow(std::max(share, 1e-12f), tuning_.temper - 1) * scores_[i]);
    });
}

float BeatFilter::shareAt(double periodSeconds) const {
    const double period = periodSeconds * fps_;
    double sum = 0, total = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        total += weighed_[i];
        if (std::abs(static_cast<double>(shortest_ + i) / period - 1) <= 0.04) sum += weighed_[i];
    }
    return total > 0 ? static_cast<float>(sum / total) : 0;
}

BeatFilter::Estimate BeatFilter::estimate(double periodHint) const {
    // Mass in a sliding window of +-4 % picks the tempo.
    const double total = std::accumulate(weighed_.begin(), weighed_.end(), 0.0);
    const auto allowed = [&](std::size_t i) {
        return periodHint <= 0 || std::abs(static_cast<double>(shortest_ + i) / (periodHint * fps_) - 1) < 0.08;
    };
    double best = -1;
    std::size_t bestAt = count_ / 2;
    forEachNeighbourhood(shortest_, weighed_, [&](std::size_t i, double near) {
        const double score = near + 1e-3 * weighed_[i];
        if (allowed(i) && score > best) {
            best = score;
            bestAt = i;
        }
    });
    Estimate e;
    // Mean period and mean direction of the phase over that window, about its strongest phase.
    const double centre = static_cast<double>(shortest_ + bestAt);
    double mass = 0, moment = 0, judged = 0;
    std::array<float, 64> histogram{};
    std::size_t first = count_, last = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const double period = static_cast<double>(shortest_ + i);
        if (period < centre * 0.96 || period > centre * 1.04) continue;
        first = std::min(first, i);
        last = i;
        mass += static_cast<double>(mass_[i]);
        judged += weighed_[i];
        moment += static_cast<double>(mass_[i]) * period;
        const float bins = 64.f / static_cast<float>(shortest_ + i);
        for (std::size_t k = 0; k < shortest_ + i; ++k)
            histogram[static_cast<std::size_t>(static_cast<float>(k) * bins)] += massOf(state_[slot(i, k)]);
    }
    e.period = (mass > 0 ? moment / mass : centre) / fps_;
    e.tempoShare = total > 0 ? static_cast<float>(judged / total) : 0;
    std::size_t peak = 0;
    float top = -1;
    for (std::size_t b = 0; b < 64; ++b) {
        const float v = histogram[b] + 0.5f * (histogram[(b + 63) % 64] + histogram[(b + 1) % 64]);
        if (v > top) {
            top = v;
            peak = b;
        }
    }
    const double around = (static_cast<double>(peak) + 0.5) / 64;
    double near = 0, offset = 0;
    for (std::size_t i = first; i <= last && i < count_; ++i)
        for (std::size_t k = 0; k < shortest_ + i; ++k) {
            double d = static_cast<double>(k) / static_cast<double>(shortest_ + i) - around;
            const double turns = std::round(d); // 1: still in the beat before, -1: in the next already
            d -= turns;
            if (std::abs(d) > 0.12) continue;
            const Places& there = state_[slot(i, k)];
            const double s = static_cast<double>(massOf(there));
            near += s;
            offset += s * d;
            const Places here = turns > 0.5 ? after(there, 0) : turns < -0.5 ? before(there) : there;
            for (std::size_t p = 0; p < kPlaces; ++p) e.places[p] += here[p];
        }
    for (float& p : e.places) p = near > 0 ? static_cast<float>(static_cast<double>(p) / near) : 0.f;
    e.phase = around + (near > 0 ? offset / near : 0);
    // States that expect an attack for longer agree with one for longer: on average they believe the beat
    // began earlier by half of what they wait more than the shortest do.
    e.phase -= 0.5 * static_cast<double>(region_[bestAt] - 2) / centre;
    if (e.phase < 0) e.places = before(e.places);
    if (e.phase >= 1) e.places = after(e.places, 0);
    e.phase -= std::floor(e.phase);
    e.phaseShare = mass > 0 ? static_cast<float>(near / mass) : 0;
    return e;
}

} // namespace titanus::analysis
