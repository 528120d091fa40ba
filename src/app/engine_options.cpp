#include "app/engine_options.h"

#include "outputs/video_source.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace titanus::app {
namespace {

// "PATH" or "PATH:WEIGHT".
guidance::GuideChoice guideOf(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    float weight = 1;
    if (colon != std::string::npos && colon + 1 < text.size()) {
        const char* end = text.data() + text.size();
        const auto [last, error] = std::from_chars(text.data() + colon + 1, end, weight);
        if (error == std::errc{} && last == end) return {text.substr(0, colon), weight};
    }
    return {text, 1};
}

// The command line has checked that `name` is among `names`.
template <class Enum, std::size_t N> Enum chosen(const std::array<const char*, N>& names, std::string_view name) {
    return static_cast<Enum>(std::ranges::find(names, name) - names.begin());
}

core::Result<guidance::FrameReader> openFrames(const std::string& path) {
    auto opened = outputs::VideoSource::open(path);
    if (!opened) return opened.problem();
    const std::shared_ptr<outputs::VideoSource> source = std::move(opened).value();
    return guidance::FrameReader([source](double seconds) -> core::Result<guidance::MovingPicture> {
        const auto image = source->at(seconds);
        if (!image) return image.problem();
        return guidance::MovingPicture{image.value(), source->number()};
    });
}

} // namespace

guidance::EngineOptions engineOptions(const CommonOptions& options, float aspect) {
    guidance::EngineOptions engine;
    engine.modelDir = options.model;
    engine.seed = options.seed;
    engine.aspect = aspect;
    for (const std::string& guide : options.guides) engine.more.push_back(guideOf(guide));
    engine.device = chosen<guidance::DeviceChoice>(kDevices, options.device);
    engine.precision = chosen<guidance::Precision>(kPrecisions, options.precision);
    engine.openFrames = openFrames;
    return engine;
}

} // namespace titanus::app
