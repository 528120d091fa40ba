#include "ui/learn.h"

#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>

namespace titanus::ui {

void LearnGuide::follow(const UiInput& in) {
    const auto none = [](const Target& t) { return std::holds_alternative<std::monostate>(t); };
    const Target before = std::exchange(armed_, in.learnTarget);
    if (!none(armed_)) done_.clear();
    if (!none(armed_) || none(before)) return;
    // Disarmed: bound, if there is a binding; the newest is the last.
    const auto bound = std::find_if(in.bindings.rbegin(), in.bindings.rend(), [&](const BindingView& b) { return b.target == before; });
    if (bound == in.bindings.rend()) return;
    done_ = fmt::format("{} moves {} now.", bound->control, nameOf(before));
    doneSeconds_ = in.seconds;
}

LearnGuide::Words LearnGuide::words(const UiInput& in) const {
    constexpr double kReadSeconds = 4;
    const bool done = !done_.empty() && (in.learning || in.seconds - doneSeconds_ < kReadSeconds);
    if (done) return {done_, in.learning ? "Click another one, or L to end." : ""};
    if (!in.learning) return {};
    const std::string what = nameOf(in.learnTarget);
    Words out{what.empty() ? "Click a control on the screen." : fmt::format("{}: now move a fader or press a pad.", what), ""};
    if (in.midiInputs.empty()) out.second = "No MIDI device is there: plug one in, it is found by itself.";
    else if (what.empty()) out.second = "Then move what shall move it.";
    return out;
}

} // namespace titanus::ui
