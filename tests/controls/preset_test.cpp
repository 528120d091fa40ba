#include "controls/preset.h"

#include "params/text.h"

#include <gtest/gtest.h>

#include <random>

namespace titanus::controls {
namespace {
using core::ProblemId;
using params::param;

const std::string kSmall = R"(schema = 1
name = "Small"
about = "Two \"words\"."

[prompts]
1 = { text = "a cat", weight = 0.8 }
3 = { text = "a dog", weight = -0.5, target = 0.25 }

[values]
camera.dolly = 0.3
camera.depth = "plane"
look.kaleidoscope = 6
lfo.1.sync = false

[[route]]
source = "kick"
target = "camera.bump"
depth = 0.2
curve = "smooth"
attack = 0.01
release = 0.25
mute = true
)";

Preset parsed(const std::string& toml, std::vector<core::Problem>* warnings = nullptr) {
    auto preset = parsePreset(toml, "p.toml", warnings);
    EXPECT_TRUE(preset) << preset.problem().line();
    return preset ? std::move(preset).value() : Preset{};
}

TEST(Preset, N12_WhatTheAutopilotKnowsIsReadAndWritten) {
    std::vector<core::Problem> warnings;
    const Preset p = parsed("schema = 1\nname = \"Storm\"\ntags = [\"drop\", \"my own\"]\nenergy = 0.9\n", &warnings);
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(p.tags, (std::vector<std::string>{"drop", "my own"}));
    EXPECT_EQ(p.energy, 0.9f);
    EXPECT_EQ(writePreset(p), "schema = 1\nname = \"Storm\"\ntags = [\"drop\", \"my own\"]\nenergy = 0.9\n");
    EXPECT_EQ(parsed("schema = 1\nenergy = 7\n", &warnings).energy, 0.5f);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].line().find("p.toml:2"), std::string::npos) << warnings[0].line();
    EXPECT_TRUE(parsed("schema = 1\nenergy = \"wild\"\ntags = 3\n", &warnings).tags.empty());
    EXPECT_EQ(warnings.size(), 3u);
}

TEST(Preset, ReadsValuesPromptsAndRoutes) {
    std::vector<core::Problem> warnings;
    const Preset p = parsed(kSmall, &warnings);
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(p.name, "Small");
    EXPECT_EQ(p.about, "Two \"words\".");
    EXPECT_EQ(p.show.texts[0], "a cat");
    EXPECT_EQ(p.show.values[params::promptWeight(0).value], 0.8f);
    EXPECT_EQ(p.show.values[params::promptWeight(2).value], -0.5f);
    EXPECT_EQ(p.show.values[params::promptTarget(2).value], 0.25f);
    EXPECT_EQ(p.show.values[param("camera.depth").value], 1.f);
    EXPECT_EQ(p.show.values[param("camera.dolly").value], 0.3f);
    EXPECT_EQ(p.show.values[param("look.kaleidoscope").value], 6.f);
    EXPECT_EQ(p.show.values[param("lfo.1.sync").value], 0.f);
    EXPECT_EQ(p.show.values[param("look.bloom").value], 0.2f); // not named: the default
    ASSERT_EQ(p.show.routes.size(), 1u);
    const params::Route expected{params::Source::Kick, param("camera.bump"), 0.2f, params::RouteCurve::Smooth, 0.01f, 0.25f, true};
    EXPECT_EQ(p.show.routes[0], expected);
}

TEST(Preset, L14_LoadingAndSavingGivesTheSameBytes) { EXPECT_EQ(writePreset(parsed(kSmall)), kSmall); }

TEST(Preset, AnyShowSurvivesSavingAndLoadingBitForBit) {
    std::mt19937 random(7);
    std::uniform_real_distribution<float> unit(0, 1);
    for (int round = 0; round < 50; ++round) {
        Preset p;
        p.name = "Random\t\"quoted\" \\ ünï";
        for (std::size_t i = 0; i < params::kParamCount; ++i)
            if (params::kCatalogue[i].saved() && unit(random) < 0.7f)
                p.show.values[i] = params::fromTravel(params::kCatalogue[i], unit(random));
        for (int slot = 0; slot < params::kPromptSlots; ++slot)
            if (unit(random) < 0.6f) p.show.texts[params::promptText(slot).value] = "line\nbreak " + std::to_string(slot) + " \x01 \"";
        for (int i = 0; i < 5; ++i) {
            params::Route r;
            r.source = static_cast<params::Source>(random() % params::kSourceCount);
            do r.target.value = static_cast<std::uint16_t>(random() % params::kParamCount);
            while (!params::row(r.target).modulatable());
            r.depth = unit(random) * 2 - 1;
            r.curve = static_cast<params::RouteCurve>(random() % params::kRouteCurves.size());
            r.attackSeconds = unit(random);
            r.releaseSeconds = unit(random) * 3;
            r.mute = random() & 1;
            r.solo = random() & 1;
            r.holdSeconds = unit(random);
            r.quantise = static_cast<params::RouteQuantise>(random() % params::kRouteQuantise.size());
            p.show.routes.push_back(r);
        }
        for (std::size_t i = 0; i < params::kParamCount; ++i)
            if (params::takesFormula(params::kCatalogue[i]) && unit(random) < 0.1f)
                p.show.formulas.push_back({{static_cast<std::uint16_t>(i)}, "sin(t)*\"" + std::to_string(random()) + "\n\""});
        for (std::size_t i = params::kPromptSlots; i < params::kTextCount; ++i)
            if (params::kTexts[i].saved && unit(random) < 0.5f) p.show.texts[i] = "a \"b\" " + std::to_string(random());
        std::vector<core::Problem> warnings;
        const std::string text = writePreset(p);
        const Preset back = parsed(text, &warnings);
        ASSERT_TRUE(warnings.empty()) << warnings[0].line() << "\n" << text;
        EXPECT_EQ(back.show.values, p.show.values);
        EXPECT_EQ(back.show.texts, p.show.texts);
        EXPECT_EQ(back.show.routes, p.show.routes);
        EXPECT_EQ(back.show.formulas, p.show.formulas);
        EXPECT_EQ(back.name, p.name);
        EXPECT_EQ(writePreset(back), text);
    }
}

TEST(Preset, L14_UnknownKeysWarnWithTheirLineAndAreKept) {
    const std::string text = R"(schema = 1
name = "Future"
colour_of_the_day = "red"

[prompts]
1 = { text = "a cat", weight = 1, stop = 0.4 }
9 = "too many"

[values]
camera.zom = 0.5
flux.capacitor.level = [1, 2]

[[route]]
source = "theremin"
target = "camera.zoom"
depth = 0.5

[timeline]
length = 3

[timeline.deep]
x = "y"
)";
    std::vector<core::Problem> warnings;
    const Preset p = parsed(text, &warnings);
    std::string all;
    for (const auto& w : warnings) {
        EXPECT_EQ(w.id, ProblemId::PresetUnknownKey) << w.line();
        all += w.detail + "\n";
    }
    for (const char* expected : {"p.toml:3: colour_of_the_day", "p.toml:6: prompts.1.stop", "p.toml:7: prompts.9",
                                 "p.toml:10: camera.zom; did you mean camera.zoom?", "p.toml:11: flux.capacitor.level",
                                 "theremin", "p.toml:18: timeline"})
        EXPECT_NE(all.find(expected), std::string::npos) << expected << " not in\n" << all;
    const std::string saved = writePreset(p);
    for (const char* kept : {"colour_of_the_day", "stop = 0.4", "9 = ", "camera.zom = 0.5", "flux.capacitor.level", "theremin", "[timeline]", "x = "})
        EXPECT_NE(saved.find(kept), std::string::npos) << kept << " not in\n" << saved;
    EXPECT_EQ(writePreset(parsed(saved)), saved);
}

TEST(Preset, ValuesOutOfRangeAreClampedAndNamed) {
    std::vector<core::Problem> warnings;
    const Preset p = parsed("schema = 1\n[values]\ncamera.zoom = 17\nlook.kaleidoscope = 2.5\ncamera.border = \"round\"\n"
                            "look.bloom = true\nlfo.1.sync = 3\nlook.hue = nan\naudio.gain_db = 3\n", &warnings);
    EXPECT_EQ(p.show.values[param("camera.zoom").value], 2.f);
    EXPECT_EQ(p.show.values[param("camera.border").value], 0.f); // left out: the default
    EXPECT_EQ(p.show.values[param("look.hue").value], 0.f);
    EXPECT_EQ(p.show.values[param("audio.gain_db").value], 0.f);
    ASSERT_EQ(warnings.size(), 7u);
    for (std::size_t i = 0; i < warnings.size(); ++i) {
        EXPECT_EQ(warnings[i].id, ProblemId::PresetValueInvalid);
        EXPECT_TRUE(warnings[i].detail.starts_with("p.toml:" + std::to_string(i + 3) + ":")) << warnings[i].detail;
    }
    EXPECT_NE(warnings[0].detail.find("camera.zoom = 17 became 2 (range -2 to 2)"), std::string::npos) << warnings[0].detail;
}

TEST(Preset, BrokenTomlNamesTheLine) {
    const auto broken = parsePreset("schema = 1\nname = \"x\"\n[values\n", "show.toml");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.problem().id, ProblemId::FileSyntax);
    EXPECT_TRUE(broken.problem().detail.starts_with("show.toml:3:")) << broken.problem().detail;
    for (const char* text : {"a", "=", "[[", "x = \"", "\xff\xfe", "a = 1\na = 2\n", "x = {", "[a]\n[a]\n"})
        EXPECT_FALSE(parsePreset(text, "x")) << text;
}

TEST(Preset, WrongShapesWarnAndNeverThrow) {
    for (const char* text : {"schema = \"one\"", "values = 3", "route = [1, 2]", "prompts = []", "[prompts]\n1 = 5", "[[values]]\nx=1",
                             "[[route]]\ndepth = \"deep\"", "name = 5", "[values.camera]\nzoom = {}", "[values]\ncamera = 5",
                             "[[route]]\nsource=1\ntarget=2", "schema = 99"}) {
        std::vector<core::Problem> warnings;
        const auto preset = parsePreset(text, "x", &warnings);
        ASSERT_TRUE(preset) << text;
        EXPECT_FALSE(warnings.empty()) << text;
        const std::string saved = writePreset(preset.value());
        EXPECT_TRUE(parsePreset(saved, "y")) << text << "\n->\n" << saved;
    }
}

// A preset once taken is never saved as a file that is not taken: what is set goes before what
// stood in its place and was not understood.
TEST(Preset, WhatWasNotUnderstoodNeverMakesTheSavedFileUnreadable) {
    Preset p = parsed("schema = 1\n[prompts]\n1 = { text = 5 }\n[values]\ncamera.zoom = { x = 1 }\nlook = 3\n"
                      "[formulas]\ncamera.dolly = 4\n[scene]\npad = 2\n[machine]\nx = 1\n");
    p.show.texts[params::promptText(0).value] = "a cat";
    p.show.values[param("camera.zoom").value] = 0.5f;
    p.show.values[param("look.kaleidoscope").value] = 6;
    p.show.formulas.push_back({param("camera.dolly"), "bass"});
    const std::string saved = writePreset(p) + "\n[scene]\npad = 1\n\n[machine]\n";
    const Preset again = parsed(saved);
    EXPECT_EQ(again.show.values, p.show.values);
    EXPECT_EQ(again.show.texts, p.show.texts);
    EXPECT_EQ(again.show.formulas, p.show.formulas);
}

// Prompts come over OSC from any program.
TEST(Preset, ATextThatIsNotUtf8IsSavedReadable) {
    Preset p;
    p.name = "caf\xE9 \x7F\x01";
    p.show.texts[params::promptText(0).value] = "\xC3";
    const Preset again = parsed(writePreset(p));
    EXPECT_EQ(again.name, "caf\xEF\xBF\xBD \x7F\x01");
    EXPECT_EQ(again.show.texts[params::promptText(0).value], "\xEF\xBF\xBD");
}

TEST(Preset, ARouteOutOfRangeIsClamped) {
    std::vector<core::Problem> warnings;
    const Preset p = parsed("schema = 1\n[[route]]\nsource = \"kick\"\ntarget = \"camera.zoom\"\ndepth = 4\nrelease = -1\ncurve = \"wavy\"\n", &warnings);
    ASSERT_EQ(p.show.routes.size(), 1u);
    EXPECT_EQ(p.show.routes[0].depth, 1.f);
    EXPECT_EQ(p.show.routes[0].releaseSeconds, 0.f);
    EXPECT_EQ(warnings.size(), 3u);
}

TEST(Preset, FormulasStandInForValuesAndComeBack) {
    const std::string text = "schema = 1\nname = \"F\"\n\n[values]\ncamera.zoom = 0.5\n\n[formulas]\ncamera.zoom = \"0.1*bass\"\n"
                             "look.hue = \"90*sin(t)\"\n";
    std::vector<core::Problem> warnings;
    const Preset p = parsed(text, &warnings);
    EXPECT_TRUE(warnings.empty());
    ASSERT_EQ(p.show.formulas.size(), 2u);
    EXPECT_EQ(p.show.formulas[0], (params::Formula{param("camera.zoom"), "0.1*bass"}));
    EXPECT_EQ(p.show.values[param("camera.zoom").value], 0.5f);
    EXPECT_EQ(writePreset(p), text);
}

TEST(Preset, AFormulaForWhatTakesNoneIsNamedAndKept) {
    std::vector<core::Problem> warnings;
    const Preset p = parsed("schema = 1\n[formulas]\ncamera.zom = \"1\"\naudio.gain_db = \"t\"\ncamera.zoom = 3\n", &warnings);
    EXPECT_TRUE(p.show.formulas.empty());
    ASSERT_EQ(warnings.size(), 3u);
    EXPECT_EQ(warnings[0].detail, "p.toml:3: formulas.camera.zom; did you mean camera.zoom?");
    EXPECT_EQ(warnings[1].detail, "p.toml:4: audio.gain_db takes no formula");
    EXPECT_EQ(warnings[2].detail, "p.toml:5: camera.zoom: a formula is a text");
    const std::string saved = writePreset(p);
    for (const char* kept : {"camera.zom = ", "audio.gain_db = ", "camera.zoom = 3"}) EXPECT_NE(saved.find(kept), std::string::npos) << saved;
    EXPECT_EQ(writePreset(parsed(saved)), saved);
}

TEST(Preset, RoutesKeepHoldQuantiseAndSolo) {
    const std::string text = "schema = 1\nname = \"R\"\n\n[[route]]\nsource = \"kick\"\ntarget = \"look.bloom\"\ndepth = 0.5\nhold = 0.25\n"
                             "quantise = \"1/2 beat\"\nsolo = true\n";
    std::vector<core::Problem> warnings;
    const Preset p = parsed(text, &warnings);
    EXPECT_TRUE(warnings.empty());
    ASSERT_EQ(p.show.routes.size(), 1u);
    EXPECT_EQ(p.show.routes[0].holdSeconds, 0.25f);
    EXPECT_EQ(p.show.routes[0].quantise, params::RouteQuantise::HalfBeat);
    EXPECT_TRUE(p.show.routes[0].solo);
    EXPECT_EQ(writePreset(p), text);
    parsed("schema = 1\n[[route]]\nsource = \"kick\"\ntarget = \"look.bloom\"\nquantise = \"now and then\"\n", &warnings);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_EQ(warnings[0].detail, "p.toml:5: route quantise: one of off, beat, 1/2 beat, 1/4 beat, bar");
}

TEST(Preset, APlainTextIsAPromptOfWeightOne) {
    const Preset p = parsed("schema = 1\n[prompts]\n2 = \"a fox\"\n3 = { text = \"a hen\" }\n");
    EXPECT_EQ(p.show.texts[1], "a fox");
    EXPECT_EQ(p.show.values[params::promptWeight(1).value], 1.f);
    EXPECT_EQ(p.show.values[params::promptWeight(2).value], 1.f);
}

TEST(Preset, AMissingFileIsOneLine) {
    const auto missing = readPreset("/nowhere/x.toml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.problem().id, ProblemId::FileUnreadable);
    EXPECT_NE(missing.problem().line().find("/nowhere/x.toml"), std::string::npos);
}

} // namespace
} // namespace titanus::controls
