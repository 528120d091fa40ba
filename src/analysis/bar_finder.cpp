#include "analysis/bar_finder.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {

BarFinder::BarFinder(BarTuning tuning) : tuning_(tuning) { reset(); }

void BarFinder::reset() {
    newest_ = one_ = 0;
    leading_ = 0;
    told_ = false;
    meter_ = wanted_ > 0 ? wanted_ : 4;
    spread();
}

void BarFinder::setMeter(int beats) {
    if (beats == wanted_) return;
    wanted_ = beats;
    if (beats > 0) meter_ = std::min(beats, 8);
    told_ = false;
    leading_ = 0;
    spread();
}

void BarFinder::spread() {
    rows_ = {};
    rowCount_ = wanted_ > 0 ? 1 : 2;
    rows_[0].meter = wanted_ > 0 ? meter_ : 4;
    rows_[1].meter = 3;
    for (std::size_t r = 0; r < rowCount_; ++r) {
        const float share = rowCount_ == 1 ? 1 : r == 0 ? tuning_.four : 1 - tuning_.four;
        std::fill_n(rows_[r].at.begin(), rows_[r].meter, share / static_cast<float>(rows_[r].meter));
    }
}

void BarFinder::forget() {
    spread();
    leading_ = 0;
    told_ = false;
}

void BarFinder::tell(std::int64_t one, std::int64_t newest) {
    spread();
    one_ = one;
    newest_ = newest;
    leading_ = 0;
    told_ = true;
}

float BarFinder::share() const {
    for (std::size_t r = 0; r < rowCount_; ++r)
        if (rows_[r].meter == meter_)
            return rows_[r].at[static_cast<std::size_t>(((newest_ - one_) % meter_ + meter_) % meter_)];
    return 0;
}

void BarFinder::beat(std::int64_t beat, float beatProbability, float oneProbability) {
    const std::int64_t steps = std::clamp<std::int64_t>(beat - newest_, 0, 24);
    if (steps == 0) return;
    newest_ = beat;
    const float beatP = std::max(beatProbability, oneProbability);
    const float chance = std::clamp((oneProbability + tuning_.usual * tuning_.doubt) / (beatP + tuning_.doubt), 0.02f, 0.98f);
    const float is = std::pow(chance / tuning_.usual, tuning_.trust);
    const float isNot = std::pow((1 - chance) / (1 - tuning_.usual), tuning_.trust);
    float total = 0, fresh = 0;
    for (std::size_t r = 0; r < rowCount_; ++r) {
        Row& row = rows_[r];
        for (std::int64_t s = 0; s < steps; ++s)
            std::rotate(row.at.begin(), row.at.begin() + row.meter - 1, row.at.begin() + row.meter);
        for (int i = 0; i < row.meter; ++i) {
            float& p = row.at[static_cast<std::size_t>(i)];
            p *= i == 0 ? is : isNot;
            total += p;
        }
    }
    for (std::size_t r = 0; r < rowCount_; ++r) {
        fresh = tuning_.slip * (rowCount_ == 1 ? 1 : r == 0 ? tuning_.four : 1 - tuning_.four) / static_cast<float>(rows_[r].meter);
        for (int i = 0; i < rows_[r].meter; ++i) {
            float& p = rows_[r].at[static_cast<std::size_t>(i)];
            p = p / total * (1 - tuning_.slip) + fresh;
        }
    }
    decide();
}

void BarFinder::beat(std::int64_t beat, const std::array<float, 8>& places) {
    if (beat <= newest_) return;
    const std::int64_t steps = std::min<std::int64_t>(beat - newest_, 24);
    newest_ = beat;
    float total = 0;
    for (std::size_t r = 0; r < rowCount_; ++r) {
        Row& row = rows_[r];
        for (std::int64_t s = 0; s < steps; ++s)
            std::rotate(row.at.begin(), row.at.begin() + row.meter - 1, row.at.begin() + row.meter);
        const bool threes = row.meter == 3 || row.meter == 6;
        const std::size_t base = threes ? 3 : 4, first = threes ? 4 : 0;
        for (int i = 0; i < row.meter; ++i) {
            float& p = row.at[static_cast<std::size_t>(i)];
            float share = 0;
            if (row.meter == 2) share = places[static_cast<std::size_t>(i)] + places[static_cast<std::size_t>(i) + 2];
            else share = places[first + static_cast<std::size_t>(i) % base];
            p = share + 1e-6f;
            total += p;
        }
    }
    for (std::size_t r = 0; r < rowCount_; ++r)
        for (float& p : rows_[r].at) p /= total;
    decide();
}

void BarFinder::decide() {
    float best = 0;
    int bestMeter = meter_, bestAt = 0;
    for (std::size_t r = 0; r < rowCount_; ++r)
        for (int i = 0; i < rows_[r].meter; ++i)
            if (rows_[r].at[static_cast<std::size_t>(i)] > best) {
                best = rows_[r].at[static_cast<std::size_t>(i)];
                bestMeter = rows_[r].meter;
                bestAt = i;
            }
    const bool same = bestMeter == meter_ && ((newest_ - one_ - bestAt) % meter_) == 0;
    if (same) {
        told_ = told_ || best > tuning_.sure;
        leading_ = 0;
        return;
    }
    leading_ = best > tuning_.sure && best > tuning_.lead * share() ? leading_ + 1 : 0;
    if (leading_ <= (told_ ? tuning_.patience * static_cast<float>(meter_) : 0.f)) return;
    meter_ = bestMeter;
    one_ = newest_ - bestAt;
    leading_ = 0;
    told_ = true;
}

} // namespace titanus::analysis
