#include "controls/event.h"

#include "controls/pads.h"
#include "params/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace titanus::controls {
using params::Action;

bool ControlEvent::setString(std::string_view value) {
    std::size_t n = std::min(value.size(), chars.size() - 1);
    if (n < value.size())
        while (n > 0 && (static_cast<unsigned char>(value[n]) & 0xC0) == 0x80) --n;
    std::copy_n(value.begin(), n, chars.begin());
    chars[n] = 0;
    return n == value.size();
}

ControlEvent paramEvent(params::ParamIndex param, float value, params::Origin origin, double time) {
    ControlEvent event;
    event.kind = ControlEvent::Kind::Param;
    event.param = {param, value, origin, time};
    return event;
}

ControlEvent actionEvent(Action action, int argument, params::Origin origin, double time) {
    ControlEvent event;
    event.kind = ControlEvent::Kind::Act;
    event.action = {action, argument, origin, time};
    return event;
}

ControlEvent resolve(const ControlEvent& event, const params::Store& store) {
    ControlEvent out = event;
    out.relative = ControlEvent::Relative::No;
    if (event.kind != ControlEvent::Kind::Param || event.relative == ControlEvent::Relative::No) return out;
    const auto& row = params::row(event.param.param);
    const float here = store[event.param.param];
    if (event.relative == ControlEvent::Relative::Travel)
        out.param.value = params::fromTravel(row, std::clamp(params::toTravel(row, here) + event.param.value, 0.f, 1.f));
    else
        out.param.value = params::clamped(row, here + event.param.value);
    return out;
}

std::string toldAs(const ControlEvent& event) {
    using Kind = ControlEvent::Kind;
    switch (event.kind) {
    case Kind::Param:
    case Kind::Query: return std::string(params::row(event.param.param).name);
    case Kind::Text:
    case Kind::TextQuery: return std::string(params::kTexts[event.text.value].name);
    case Kind::PresetName: return std::string(event.string());
    case Kind::Act: break;
    }
    const auto& [action, argument, origin, time] = event.action;
    const std::string name(params::row(action).name);
    if (action == Action::SceneRecall && argument == kBlendEnd) return "Blend ends";
    if (const auto pads = action == Action::SceneRecall ? blendOf(argument) : std::nullopt)
        return fmt::format("Blend {} and {}", pads->first + 1, pads->second + 1);
    if (argument < 0) return name;
    if (isSwitch(action)) return name + (argument ? " on" : " off");
    const bool numbered = params::isPadAction(action) || action == Action::PresetRecall;
    return numbered ? fmt::format("{} {}", name, argument + 1) : name;
}

bool isSwitch(Action action) {
    switch (action) {
    case Action::Blackout:
    case Action::Freeze:
    case Action::ToggleUi:
    case Action::ToggleHelp:
    case Action::ToggleFullScreen:
    case Action::MidiLearn:
    case Action::TestCard:
    case Action::Autopilot:
    case Action::FreezeStrip:
    case Action::Record: return true;
    default: return false;
    }
}

int defaultArgument(Action action) {
    const bool armsPads = params::isPadAction(action) && action != Action::SceneRecall;
    return isSwitch(action) || armsPads ? -1 : 0;
}

} // namespace titanus::controls
