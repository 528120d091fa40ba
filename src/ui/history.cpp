#include "ui/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {
// A source that rises by this share of its range in one frame fires its routes: pulses do, levels
// and phases do not. Chosen by eye on the demo track.
constexpr float kFires = 0.3f;
constexpr double kOneMove = 0.1; // seconds
} // namespace

void History::add(const UiInput& in) {
    Column column{.seconds = in.seconds, .bands = in.features.band};
    for (std::size_t k = 0; k < onsets_.size(); ++k) {
        if (started_ && in.features.onsets[k] > onsets_[k]) column.onsets[k] = std::max(0.15f, in.features.lastStrength[k]);
        onsets_[k] = in.features.onsets[k];
    }
    const double before = std::floor(beat_), now = std::floor(in.frame.beat);
    if (started_ && now > before) {
        column.beat = true;
        const auto meter = std::max(1, in.features.clock.beatsPerBar);
        const auto sinceOne = static_cast<std::int64_t>(now) - in.features.clock.downbeat;
        column.bar = sinceOne % meter == 0;
    }
    beat_ = in.frame.beat;

    const auto& routes = in.store.routes();
    const bool anySolo = std::any_of(routes.begin(), routes.end(), [](const params::Route& r) { return r.solo; });
    for (const params::Route& route : routes) {
        const auto source = static_cast<std::size_t>(route.source);
        const float rise = in.frame.sources[source] - sources_[source];
        if (started_ && !route.mute && (route.solo || !anySolo) && route.depth != 0 && rise > kFires)
            marks_.push_back({in.seconds, false,
                              fmt::format("{} > {}", params::row(route.source).name, params::row(route.target).name), {}});
    }
    sources_ = in.frame.sources;
    for (const LaneEvent& event : in.events) {
        // A fader sends a hundred times a second: ten words of it are enough.
        const auto same = [&](const Mark& mark) { return mark.text == event.text && event.seconds - mark.seconds < kOneMove; };
        if (std::none_of(marks_.rbegin(), marks_.rend(), same)) marks_.push_back({event.seconds, true, event.text, event.origin});
    }

    columns_.push_back(column);
    while (!columns_.empty() && columns_.front().seconds < in.seconds - kSeconds) columns_.pop_front();
    while (!marks_.empty() && (marks_.front().seconds < in.seconds - kSeconds || marks_.size() > 256)) marks_.pop_front();
    started_ = true;
}

} // namespace titanus::ui
