// PyTTI's settings as presets (P35), its published recipe and demo (P33, P34), and its camera in
// our units (P24).
#include "analysis/sounds.h"
#include "controls/preset_bank.h"
#include "controls/pytti_import.h"
#include "modulation/modulator.h"
#include "params/text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace titanus::controls {
namespace {
using params::param;
using params::ParamIndex;

PyttiImport imported(const std::string& yaml) {
    auto result = importPyttiText(yaml, "settings.yaml");
    EXPECT_TRUE(result) << (result ? "" : result.problem().line());
    return result ? std::move(result).value() : PyttiImport{};
}
float value(const PyttiImport& import, ParamIndex index) { return import.preset.show.values[index.value]; }
std::string formula(const PyttiImport& import, ParamIndex index) {
    for (const auto& f : import.preset.show.formulas)
        if (f.target == index) return f.text;
    return "";
}
std::string notes(const PyttiImport& import) {
    std::string all;
    for (const auto& note : import.notes) all += note + "\n";
    return all;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The recipe of the guide to audio (parity specification, section 10).
const char* const kRecipe = R"yaml(
# @package _global_
scenes: "flowers blooming:10*fHi | a forest:fLo/(fLo+fHi)"
scene_suffix: "| text:-1:-.9"
animation_mode: 3D
frames_per_second: 15
field_of_view: 42
near_plane: 20
far_plane: 12000
lock_camera: false
translate_z_3d: max(fKick-.25,0)*150+55
translate_x: max(fKick-.25,0)*150*sin(t/4)+.5
translate_y: max(fKick-.25,0)*150*cos(t/3)-.3
rotate_3d: "[.9999, .002*sin(t/5), 0, -.001*cos(t/4)]"
input_audio: song.mp3
input_audio_filters:
  - {variable_name: fKick, f_center: 91, f_width: 42, order: 5}
  - {variable_name: fLo, f_center: 105, f_width: 65, order: 5}
  - {variable_name: fHi, f_center: 900, f_width: 600, order: 5}
)yaml";

// The space habitat (section 13).
const char* const kDemo = R"yaml(
scenes: a space habitat
image_model: Limited Palette
width: 512
height: 256
steps_per_frame: 3
animation_mode: 3D
translate_x: -1700*sin(radians(1.5))
translate_z_3d: (50+10*t)*sin(t*pi/10)**2
rotate_3d: [cos(radians(1.5)), 0, -sin(radians(1.5))/sqrt(2), sin(radians(1.5))/sqrt(2)]
)yaml";

TEST(PyttiImport, P35MotionPerFrameBecomesMotionPerSecond) {
    const auto drift = imported("scenes: x\nanimation_mode: 2D\nwidth: 256\nheight: 128\ntranslate_x: -1\ntranslate_y: 2\nzoom_x_2d: 3\n"
                                "zoom_y_2d: 3\nrotate_2d: 0.5\ninfill_mode: smear\n");
    EXPECT_NEAR(value(drift, param("camera.pan_x")), -12.0 / 128, 1e-5);
    EXPECT_NEAR(value(drift, param("camera.pan_y")), 24.0 / 128, 1e-5);
    EXPECT_NEAR(value(drift, param("camera.roll")), 6, 1e-5);
    // A second of frames and a second of our rate enlarge alike.
    EXPECT_NEAR(std::exp(value(drift, param("camera.zoom"))), std::pow(256.0 / 253, 12), 1e-4);
    EXPECT_EQ(value(drift, param("camera.border")), 3);
    const auto vqgan = imported("scenes: x\nimage_model: VQGAN\npixel_size: 4\nanimation_mode: 2D\nwidth: 180\nheight: 112\ntranslate_x: 4\n"
                                "frames_per_second: 10\n");
    EXPECT_NEAR(value(vqgan, param("camera.pan_x")), 40.0 / 448, 1e-5); // output pixels there
    EXPECT_NEAR(value(imported("scenes: x\ntranslate_x: 5\n"), param("camera.pan_x")), 0, 0); // animation off
}

TEST(PyttiImport, P35FormulasStayFormulasWithTheBandsRenamed) {
    const auto import = imported(kRecipe);
    EXPECT_EQ(value(import, param("band.1.hz")), 91);
    EXPECT_EQ(value(import, param("band.1.width")), 42);
    EXPECT_EQ(value(import, param("band.3.hz")), 900);
    EXPECT_TRUE(has(formula(import, param("camera.dolly")), "*(max(band1-.25,0)*150+55)")) << formula(import, param("camera.dolly"));
    EXPECT_TRUE(has(formula(import, param("camera.truck_x")), "*(max(band1-.25,0)*150*sin(t/4)+.5)"));
    EXPECT_TRUE(has(formula(import, param("camera.roll")), "-.001*cos(t/4)"));
    EXPECT_EQ(formula(import, param("camera.pan_x")), ""); // not locked
    const auto& texts = import.preset.show.texts;
    EXPECT_EQ(texts[0], "#pytti flowers blooming:10*band3");
    EXPECT_EQ(texts[1], "#pytti a forest:band2/(band2+band3)");
    EXPECT_EQ(texts[2], "#pytti text:-1:-.9");
    EXPECT_EQ(value(import, params::promptWeight(2)), 1);
    EXPECT_TRUE(import.unknown.empty());
    EXPECT_TRUE(has(notes(import), "input_audio: give it with --input or --track"));
}

TEST(PyttiImport, P35UnknownKeysAreListed) {
    const auto import = imported("scenes: x\nsave_every: 50\nscenez: y\nflux_capacitor: 1.21\nViTB32: true\nseed: 12345\ndepth_stabilization_weight: 3\n");
    EXPECT_EQ(import.unknown, (std::vector<std::string>{"scenez", "flux_capacitor"}));
    EXPECT_TRUE(has(notes(import), "seed:"));
    EXPECT_TRUE(has(notes(import), "depth_stabilization_weight:"));
    EXPECT_FALSE(has(notes(import), "save_every"));
}

TEST(PyttiImport, P35WhatHasNoPlaceHereIsSaidWhateverItsValue) {
    for (const std::string key : {"depth_stabilization_weight", "flow_stabilization_weight", "direct_init_weight", "semantic_init_weight"}) {
        EXPECT_TRUE(has(notes(imported("scenes: x\n" + key + ": 1\n")), key + ":")) << "1 is a weight that somebody set";
        EXPECT_FALSE(has(notes(imported("scenes: x\n" + key + ": 0\n")), key));
        EXPECT_FALSE(has(notes(imported("scenes: x\n" + key + ": ''\n")), key));
    }
    EXPECT_FALSE(has(notes(imported("scenes: x\nframe_stride: 1\nflow_long_term_samples: 1\n")), "frame_stride")) << "PyTTI's own values";
    const std::string filter = "scenes: x\ninput_audio_filters:\n- variable_name: fLo\n  f_center: 105\n  f_width: 65\n";
    EXPECT_TRUE(has(notes(imported(filter + "  order: 5\n")), "no order"));
    EXPECT_FALSE(has(notes(imported(filter)), "no order"));
    const std::string wide = "scenes: x\nanimation_mode: 2D\nwidth: 256\nheight: 128\n";
    EXPECT_TRUE(has(notes(imported(wide + "zoom_x_2d: 3\nzoom_y_2d: 3\n")), "zoom_y_2d")) << "pixels of sides of two lengths";
    EXPECT_FALSE(has(notes(imported(wide + "zoom_x_2d: 0\nzoom_y_2d: 0\n")), "zoom_y_2d"));
}

TEST(PyttiImport, P35ScenesAreTimedInFilmSeconds) {
    const auto import = imported("scenes: a fox | snow:.5 || a hen || an owl\nscene_prefix: 'painting of '\nsteps_per_scene: 6000\n"
                                 "interpolation_steps: 600\nsteps_per_frame: 50\nframes_per_second: 12\n");
    EXPECT_EQ(import.preset.show.texts[0], "#pytti {10 s, fade 1 s} painting of a fox | snow:.5 || {10 s, fade 1 s} painting of a hen || "
                                           "{stay, fade 1 s} painting of an owl");
}

TEST(PyttiImport, P35PicturesHoldsAndPalettes) {
    const auto import = imported("scenes: x\nimage_model: Limited Palette\npalettes: 12\npalette_size: 7\ngamma: 1.5\nhdr_weight: 0.1\n"
                                 "lock_palette: true\ntarget_palette: colours.png\ninit_image: start.png\ndirect_stabilization_weight: 1*t\n"
                                 "edge_stabilization_weight: '.5_mask.png:.02'\ndirect_image_prompts: 'a.png:2_-m.png:.1 | b.png'\n"
                                 "animation_mode: Video Source\nvideo_path: film.mp4\nreencode_each_frame: false\ncutouts: 40\n");
    EXPECT_EQ(value(import, param("canvas.model")), 2);
    EXPECT_EQ(value(import, param("palette.count")), 12);
    EXPECT_EQ(value(import, param("palette.size")), 7);
    EXPECT_EQ(value(import, param("palette.gamma")), 1.5f);
    EXPECT_EQ(value(import, param("palette.hdr")), 0.1f);
    EXPECT_EQ(value(import, param("palette.lock")), 1);
    EXPECT_EQ(import.preset.show.texts[params::text("palette.target").value], "colours.png");
    EXPECT_EQ(import.preset.show.texts[params::text("canvas.init").value], "start.png");
    EXPECT_EQ(formula(import, param("hold.direct")), "1*(1*t)");
    EXPECT_EQ(value(import, param("hold.edge")), 0.5f);
    EXPECT_EQ(import.preset.show.texts[params::text("hold.edge_mask").value], "mask.png");
    EXPECT_EQ(value(import, param("hold.edge_stop")), 0.02f);
    EXPECT_EQ(import.preset.show.texts[params::text("hold.direct_mask").value], "");
    EXPECT_EQ(import.preset.show.texts[1], "=[a.png]:2@[-m.png]:.1");
    EXPECT_EQ(import.preset.show.texts[2], "=[b.png]");
    EXPECT_EQ(value(import, param("source.mode")), 1);
    EXPECT_EQ(import.preset.show.texts[params::text("source.file").value], "film.mp4");
    EXPECT_EQ(value(import, param("guide.crops")), 8);
}

TEST(PyttiImport, P35CropsSamplingPixelsAndLens) {
    const auto import = imported("scenes: x\nimage_model: Unlimited Palette\nwidth: 128\nheight: 72\npixel_size: 4\ncut_pow: 1.5\ncutout_border: .3\n"
                                 "border_mode: clamp\nsampling_mode: nearest\nanimation_mode: 3D\ntranslate_x: 3\n");
    EXPECT_EQ(value(import, param("guide.crop_law")), 1);
    EXPECT_EQ(value(import, param("guide.crop_power")), 1.5f);
    EXPECT_EQ(value(import, param("guide.crop_max")), 1);
    EXPECT_EQ(value(import, param("guide.crop_min")), .35f); // 224 of 72 would be full crops only
    EXPECT_EQ(value(import, param("guide.crop_reach")), .3f);
    EXPECT_EQ(value(import, param("guide.crop_border")), 0);
    EXPECT_EQ(value(import, param("camera.sampling")), 0);
    EXPECT_EQ(value(import, param("look.painting")), 5);
    EXPECT_EQ(value(import, param("camera.lock")), 1);
    EXPECT_EQ(value(import, param("camera.perspective")), 1);
    EXPECT_EQ(value(import, param("camera.pan_x")), 0); // the lock does it
    EXPECT_EQ(notes(import), "");
    const auto smear = imported("scenes: x\nborder_mode: smear\nsampling_mode: bicubic\nheight: 1024\nwidth: 2048\ncut_pow: 1\nlock_camera: false\n");
    EXPECT_EQ(value(smear, param("guide.crop_border")), 4);
    EXPECT_EQ(value(smear, param("camera.sampling")), 2);
    EXPECT_NEAR(value(smear, param("guide.crop_min")), 224.f / 1024, 1e-6);
    EXPECT_EQ(value(smear, param("camera.lock")), 0);
    EXPECT_TRUE(has(notes(imported("scenes: x\nborder_mode: teapot\n")), "border_mode: \"teapot\" is not known here"));
}

TEST(PyttiImport, ManyPromptsFillTheLastSlot) {
    std::string scenes = "p0";
    for (int i = 1; i < 11; ++i) scenes += " | p" + std::to_string(i);
    const auto import = imported("scenes: '" + scenes + "'\n");
    EXPECT_EQ(import.preset.show.texts[0], "#pytti p0");
    EXPECT_EQ(import.preset.show.texts[7], "#pytti p7 | p8 | p9 | p10");
}

TEST(PyttiImport, BrokenFilesAreOneLineAndBrokenFormulasANote) {
    const auto broken = importPyttiText("scenes: [x\n", "a.yaml");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.problem().id, core::ProblemId::FileSyntax);
    EXPECT_TRUE(has(broken.problem().detail, "a.yaml:"));
    EXPECT_FALSE(importPyttiText("just words", "a.yaml"));
    EXPECT_FALSE(importPytti("/nowhere/settings.yaml"));
    const auto import = imported("scenes: x\nanimation_mode: 2D\ntranslate_x: 3*fox\nzoom_x_2d: __import__('os')\n");
    EXPECT_TRUE(has(notes(import), "no such name: fox"));
    EXPECT_TRUE(has(notes(import), "no such function: __import__"));
    EXPECT_TRUE(import.preset.show.formulas.empty());
}

TEST(PyttiImport, WhatIsImportedSavesLoadsAndEveryFormulaCompiles) {
    for (const char* yaml : {kRecipe, kDemo}) {
        const auto import = imported(yaml);
        std::vector<core::Problem> warnings;
        const auto back = parsePreset(writePreset(import.preset), "p", &warnings);
        ASSERT_TRUE(back);
        EXPECT_TRUE(warnings.empty()) << warnings[0].line();
        EXPECT_EQ(back.value().show.texts, import.preset.show.texts);
        params::Store store;
        store.recall(import.preset.show, params::Origin::Preset);
        modulation::Modulator modulator{1};
        modulator.update({.store = store, .features = {}, .dtSeconds = 0.01});
        EXPECT_TRUE(modulator.formulas().problems().empty()) << modulator.formulas().problems()[0].why;
    }
}

// ---- P24: the numbers of PyTTI's 3D camera -----------------------------------------------------

modulation::CameraMotion motionOf(const PyttiImport& import, double seconds) {
    params::Store store;
    store.recall(import.preset.show, params::Origin::Preset);
    modulation::Modulator modulator{1};
    const analysis::Features features;
    const auto first = modulator.update({.store = store, .features = features}).pose;
    modulation::CameraPose last;
    for (int i = 0; i < 100; ++i)
        last = modulator.update({.store = store, .features = features, .dtSeconds = seconds / 100}).pose;
    return modulation::between(first, last);
}

TEST(PyttiImport, P24OneUnitIsPoint148PixelsAndFiftyForwardAQuarterPercent) {
    const std::string lens = "scenes: x\nanimation_mode: 3D\nheight: 512\nwidth: 512\nlock_camera: false\nfield_of_view: 60\nnear_plane: 0\n"
                             "far_plane: 10000\nframes_per_second: 10\n";
    const modulation::CameraSpace flat; // the middle distance everywhere
    const auto shift = motionOf(imported(lens + "translate_x: 10\n"), 0.1); // one frame
    const double pixels = (0 - modulation::sourceOf(shift, flat, {0, 0}, 0).x) * 256; // content to the right
    EXPECT_NEAR(pixels, 1.48, 0.01);
    const auto forward = motionOf(imported(lens + "translate_z_3d: 50\n"), 0.1);
    EXPECT_NEAR(1 / modulation::sourceOf(forward, flat, {0.5, 0}, 0).x * 0.5, 1.0025, 0.0001);
}

TEST(PyttiImport, P24ALockedCameraMovesNothingOnTheWhole) {
    const auto free = motionOf(imported("scenes: x\nanimation_mode: 3D\nlock_camera: false\ntranslate_x: 50\n"), 0.1);
    const auto locked = motionOf(imported("scenes: x\nanimation_mode: 3D\ntranslate_x: 50\n"), 0.1);
    modulation::CameraSpace plane;
    plane.depth = modulation::DepthField::Plane;
    plane.perspective = 1;
    const auto mean = [&](const modulation::CameraMotion& motion) {
        double sum = 0;
        for (int row = 0; row < 101; ++row) {
            const modulation::Vec2 p{0.3, row / 50.0 - 1};
            sum += p.x - modulation::sourceOf(motion, plane, p, 0).x;
        }
        return sum / 101;
    };
    EXPECT_GT(mean(free), 0.01);
    EXPECT_LT(std::abs(mean(locked)), 0.02 * mean(free));
}

// ---- P33, P34: shipped presets -----------------------------------------------------------------

Preset shipped(const std::string& name) {
    const PresetBank bank(std::filesystem::path(TITANUS_SOURCE_DIR) / "presets", "/nowhere");
    auto preset = bank.find(name);
    EXPECT_TRUE(preset) << name;
    return preset ? std::move(preset).value() : Preset{};
}

TEST(PyttiPresets, P33TheRecipeMovesOnEveryKick) {
    params::Store store;
    store.recall(shipped("Kick bloom").show, params::Origin::Preset);
    modulation::Modulator modulator{1};
    analysis::Features features;
    double seconds = 0, still = 0;
    for (int kick = 0; kick < 8; ++kick) {
        float most = 0, least = 9;
        for (int i = 0; i < 30; ++i) { // half a second: a hit in the band of the kick, then rest
            features.user[0] = i < 6 ? 0.9f : 0.05f;
            seconds += 1.0 / 60;
            const auto& state = modulator.update({.store = store, .features = features, .seconds = seconds, .dtSeconds = 1.0 / 60,
                                                  .soundSeconds = seconds});
            most = std::max(most, state[param("camera.dolly")]);
            least = std::min(least, state[param("camera.dolly")]);
        }
        EXPECT_GT(most, 2.5f * least) << kick;
        still = least;
    }
    EXPECT_GT(still, 0);
    EXPECT_TRUE(modulator.formulas().problems().empty());
    EXPECT_EQ(store[param("band.1.hz")], 91);
}

// A parameter of a show at an instant, its formula at work.
float at(const params::Show& show, ParamIndex index, double seconds, float band = 0) {
    params::Store store;
    store.recall(show, params::Origin::Preset);
    modulation::Modulator modulator{1};
    analysis::Features features;
    features.user[0] = band;
    return modulator.update({.store = store, .features = features, .seconds = seconds, .dtSeconds = 1.0 / 60, .soundSeconds = seconds})[index];
}

TEST(PyttiPresets, P33TheRecipeIsTheImportSlowed) {
    const auto import = imported(kRecipe);
    const Preset preset = shipped("Kick bloom");
    EXPECT_EQ(preset.show.values[param("band.1.hz").value], value(import, param("band.1.hz")));
    EXPECT_EQ(preset.show.values[param("band.1.width").value], value(import, param("band.1.width")));
    for (const float band : {0.05f, 0.9f})
        for (const double t : {1.0, 5.0, 9.0})
            for (const auto& [index, share] : {std::pair{param("camera.dolly"), 0.4f}, {param("camera.truck_x"), 0.8f}, {param("camera.truck_y"), 0.8f},
                                               {param("camera.pitch"), 0.8f}, {param("camera.roll"), 0.8f}}) {
                const float wanted = share * at(import.preset.show, index, t, band);
                EXPECT_NEAR(at(preset.show, index, t, band), wanted, 0.03f * std::abs(wanted) + 1e-4f) << params::row(index).id << " " << t << " " << band;
            }
}

// From the drum to the camera: the own band of the preset hears the kick.
TEST(PyttiPresets, P33AKickThatIsHeardPushesTheCamera) {
    using namespace analysis::test;
    params::Store store;
    store.recall(shipped("Kick bloom").show, params::Origin::Preset);
    const Groove groove = sequence(100, 4, "x...x...x...x...", "................", "................", "bd_haus", "sn_dub", "hat_snap");
    analysis::Analyzer analyzer({44100, 1});
    analyzer.setParams(store.snapshot());
    modulation::Modulator modulator{1};
    constexpr double kFrame = 1.0 / 60;
    const auto block = static_cast<std::size_t>(44100 * kFrame);
    std::vector<std::pair<double, float>> dolly;
    float left = 9, right = -9;
    for (std::size_t i = 0; i + block <= groove.sound.size(); i += block) {
        analyzer.process(groove.sound.data() + i, block);
        const double t = static_cast<double>(i + block) / 44100;
        const auto& state = modulator.update({.store = store, .features = analyzer.features(), .seconds = t, .dtSeconds = kFrame, .soundSeconds = t});
        dolly.emplace_back(t, state[param("camera.dolly")]);
        left = std::min(left, state[param("camera.truck_x")]);
        right = std::max(right, state[param("camera.truck_x")]);
    }
    const auto within = [&](double from, double to) {
        float most = 0;
        for (const auto& [t, value] : dolly)
            if (t >= from && t < to) most = std::max(most, value);
        return most;
    };
    ASSERT_EQ(groove.kicks.size(), 16u);
    for (std::size_t k = 4; k < 15; ++k) { // once the band knows how loud the track is
        const double kick = groove.kicks[k];
        EXPECT_GT(within(kick, kick + 0.2), 1.5f * within(kick + 0.45, kick + 0.59)) << "kick " << k;
    }
    EXPECT_GT(right - left, 0.05f) << "and sideways";
}

TEST(PyttiPresets, P34TheDemoIsTheImportSlowedFourTimes) {
    const auto import = imported(kDemo);
    const Preset preset = shipped("Space habitat");
    EXPECT_EQ(preset.show.values[param("canvas.model").value], 2);
    for (const ParamIndex index : {param("camera.truck_x"), param("camera.yaw"), param("camera.roll")})
        EXPECT_NEAR(preset.show.values[index.value], value(import, index) / 4, 0.02f / 4 * std::abs(value(import, index))) << params::row(index).id;
    for (const double t : {2.0, 5.0, 7.0, 30.0, 55.0}) // after a minute the preset's swing grows no more
        EXPECT_NEAR(at(preset.show, param("camera.dolly"), t), at(import.preset.show, param("camera.dolly"), t) / 4,
                    0.02f / 4 * std::abs(at(import.preset.show, param("camera.dolly"), t)) + 1e-6f) << t;
    // The import locks the camera; the preset pans back what its truck moves on the whole, and keeps its turn.
    EXPECT_EQ(value(import, param("camera.lock")), 1);
    const float truck = preset.show.values[param("camera.truck_x").value];
    EXPECT_NEAR(preset.show.values[param("camera.pan_x").value], truck / 2 * 1.0525f, 0.02f * std::abs(truck));
    ASSERT_EQ(preset.show.formulas.size(), 1u);
    EXPECT_TRUE(has(formula(import, param("camera.dolly")), "*((50+10*t)*sin(t*pi/10)**2)"));
}

TEST(PyttiPresets, P34TheDriftIsTheImportSlowedFourTimes) {
    const auto import = imported("scenes: x\nanimation_mode: 2D\nwidth: 256\nheight: 128\ntranslate_x: -1\nzoom_x_2d: 3\nzoom_y_2d: 3\n");
    const Preset preset = shipped("Four seasons");
    for (const ParamIndex index : {param("camera.zoom"), param("camera.pan_x")})
        EXPECT_NEAR(preset.show.values[index.value], value(import, index) / 4, 0.02f / 4 * std::abs(value(import, index))) << params::row(index).id;
}

} // namespace
} // namespace titanus::controls
