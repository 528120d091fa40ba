// Eight hours of a show in seconds: the clock of the show goes on two seconds with each step, and what
// only time can break is looked at: phases and poses of long travels, the guard's own clocks, memory.
// The engine without a model paints, in waves smoother than the guard wants of a painting: so fineness
// is held to its upper limit and to staying what it was. The real painter's long run is
// tools/endurance.py.
#include "guidance/collapse_guard.h"
#include "guidance/null_engine.h"
#include "modulation/modulator.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace titanus::guidance {
namespace {
using params::param;

double residentMb() {
    std::ifstream statm("/proc/self/statm");
    double all = 0, resident = 0;
    statm >> all >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

TEST(EightHours, ThePictureStaysInBandPosesStayFiniteAndMemoryStaysFlat) {
    constexpr int kEnd = 8 * 3600, kHour = 3600, kStep = 2;
    params::Store store;
    const auto set = [&](params::ParamIndex index, float value) { store.apply({index, value, params::Origin::Midi, 0}); };
    set(param("canvas.side"), 64);
    set(param("camera.zoom"), 0.05f);
    set(param("camera.roll"), 3);
    set(param("camera.pan_x"), 0.02f); // one way for hours
    store.setRoutes({{.source = params::Source::Lfo1, .target = param("camera.pan_y"), .depth = 0.1f}});
    store.setFormulas({{.target = param("look.trails"), .text = "0.5 + 0.4 * sin(t / 7)"}});
    constexpr std::array<const char*, 6> kPrompts{"a coral reef", "fog over water", "a castle of glass", "neon rain", "dunes", "a forest"};

    auto engine = makeNullEngine({.modelDir = {}, .seed = 5, .aspect = 1});
    modulation::Modulator modulator(5);
    analysis::Features features;
    CollapseGuard guard;
    Canvas canvas;
    modulation::FrameState told;
    int inBand = 0, looked = 0, longestOut = 0, out = 0;
    float trailsLeast = 1, trailsMost = 0;
    double memory = 0;
    struct Means { double contrast = 0, fineness = 0; } second, last; // sums over the second and the eighth hour
    for (int i = 0; i < kEnd; i += kStep) {
        const double now = i;
        if (i % 600 == 0) store.setText(params::promptText(0), kPrompts[static_cast<std::size_t>(i / 600) % kPrompts.size()]);
        if (i % 1800 == 0) set(param("camera.zoom"), i / 1800 % 2 ? -0.05f : 0.05f);
        features.seconds = now;
        features.level = 0.5f + 0.5f * static_cast<float>(std::sin(now * 0.7));
        const modulation::FrameState& state = modulator.update({.store = store, .features = features, .seconds = now, .dtSeconds = kStep, .soundSeconds = now, .aspect = 1});
        trailsLeast = std::min(trailsLeast, state[param("look.trails")]);
        trailsMost = std::max(trailsMost, state[param("look.trails")]);
        told = state;
        guard.nudge(told);
        engine->step(told, canvas);
        guard.look(canvas, now);
        ASSERT_TRUE(std::all_of(canvas.rgba.begin(), canvas.rgba.end(), [](float v) { return std::isfinite(v); })) << "second " << i;
        const auto& view = state.pose.view;
        ASSERT_TRUE(std::isfinite(view.tx) && std::isfinite(view.ty) && std::isfinite(view.a) && std::isfinite(view.d)) << "second " << i;
        if (i < kHour) continue;
        if (i == kHour) memory = residentMb();
        ++looked;
        const PictureHealth& h = guard.health();
        const bool good = h.contrast >= 0.06f && h.extremes <= 0.6f && h.fineness <= 0.35f;
        if (Means* hour = i < 2 * kHour ? &second : i >= 7 * kHour ? &last : nullptr) {
            hour->contrast += h.contrast;
            hour->fineness += h.fineness;
        }
        inBand += good;
        out = good ? 0 : out + kStep;
        longestOut = std::max(longestOut, out);
    }
    EXPECT_GT(inBand, looked * 95 / 100);
    EXPECT_LT(longestOut, 120) << "seconds on end outside the band";
    EXPECT_NEAR(last.contrast / second.contrast, 1, 0.3); // the same six texts in each
    EXPECT_NEAR(last.fineness / second.fineness, 1, 0.5);
    EXPECT_LT(residentMb() - memory, 2) << "MB more after seven hours";
    RecordProperty("contrast", std::to_string(last.contrast / second.contrast));
    RecordProperty("fineness", std::to_string(last.fineness / second.fineness));
    EXPECT_LT(trailsLeast, 0.2f); // the formula's clock still runs
    EXPECT_GT(trailsMost, 0.8f);
    EXPECT_LT(guard.interventions(), 200u);
}

} // namespace
} // namespace titanus::guidance
