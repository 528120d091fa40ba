// The prompt language: every form of the parity specification, in both grammars (P1), and what a
// line's numbers are at a moment: formulas (P21's way of weights), scenes and their fades (P10, P11).
#include "controls/preset_bank.h"
#include "controls/pytti_import.h"
#include "guidance/prompt_numbers.h"
#include "support/allocations.h"

#include <gtest/gtest.h>

#include <cmath>

namespace titanus::guidance {
namespace {

using MaskKind = PromptMask::Kind;
using Kind = PromptSpec::Kind;

PromptLine lineOf(const std::string& text, PromptGrammar grammar = PromptGrammar::Titanus) {
    const auto parsed = parsePromptLine(text, grammar);
    EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.problem().detail);
    return parsed ? parsed.value() : PromptLine{};
}
PromptSpec only(const std::string& text, PromptGrammar grammar = PromptGrammar::Titanus) {
    const auto line = lineOf(text, grammar);
    EXPECT_EQ(line.prompts.size(), 1u) << text;
    return line.prompts.empty() ? PromptSpec{} : line.prompts[0];
}
std::string errorOf(const std::string& text, PromptGrammar grammar = PromptGrammar::Titanus) {
    const auto parsed = parsePromptLine(text, grammar);
    EXPECT_FALSE(parsed) << text << " should be an error";
    if (parsed) return "";
    EXPECT_EQ(parsed.problem().id, core::ProblemId::PromptInvalid);
    return parsed.problem().detail;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

PromptSpec prompt(std::string text, float weight = 1, float stop = -std::numeric_limits<float>::infinity()) {
    PromptSpec out;
    out.text = std::move(text);
    out.weight = weight;
    out.stop = stop;
    return out;
}
PromptSpec masked(std::string text, float weight, MaskKind kind, float threshold = NAN, std::string maskText = "", bool invert = false) {
    PromptSpec out = prompt(std::move(text), weight);
    out.mask = {kind, std::move(maskText), invert, threshold, ""};
    return out;
}

// ---- P1: both grammars -------------------------------------------------------------------------

TEST(PromptLanguage, P1WeightsAndStopsInBothGrammars) {
    for (const auto grammar : {PromptGrammar::Titanus, PromptGrammar::PyTTI}) {
        EXPECT_EQ(only("a red fox", grammar), prompt("a red fox"));
        EXPECT_EQ(only(" a red fox : 2 ", grammar), prompt("a red fox", 2));
        EXPECT_EQ(only("text:-1:-.95", grammar), prompt("text", -1, -0.95f));
        EXPECT_EQ(only("fog:1:.87", grammar), prompt("fog", 1, 0.87f));
        EXPECT_EQ(only("fog:1:-inf", grammar), prompt("fog"));
        EXPECT_EQ(only("fog:3*sin(t)**2", grammar).weightFormula, "3*sin(t)**2");
        EXPECT_EQ(only("fog:1:-.9+.1*bass", grammar).stopFormula, "-.9+.1*bass");
        const auto two = lineOf("a forest:2 | fog:-.5 | | sun", grammar);
        ASSERT_EQ(two.prompts.size(), 3u);
        EXPECT_EQ(two.prompts[1], prompt("fog", -0.5f));
    }
}

TEST(PromptLanguage, P1MasksAfterAnAtSign) {
    EXPECT_EQ(only("dragon:3@baby"), masked("dragon", 3, MaskKind::Meaning, NAN, "baby"));
    EXPECT_EQ(only("dragon:3@baby@0.6"), masked("dragon", 3, MaskKind::Meaning, 0.6f, "baby"));
    EXPECT_EQ(only("dragon@a small baby"), masked("dragon", 1, MaskKind::Meaning, NAN, "a small baby"));
    EXPECT_EQ(only("dragon@r@.3:3"), masked("dragon", 3, MaskKind::Right, 0.3f));
    const std::pair<const char*, MaskKind> letters[]{{"a", MaskKind::All}, {"r", MaskKind::Right}, {"l", MaskKind::Left}, {"u", MaskKind::Up},
                                                     {"d", MaskKind::Down}, {"n", MaskKind::Near}, {"f", MaskKind::Far}};
    for (const auto& [letter, kind] : letters) {
        EXPECT_EQ(only(std::string("dragon:3@") + letter), masked("dragon", 3, kind));
        EXPECT_EQ(only(std::string("dragon:3@") + letter + "@0.3"), masked("dragon", 3, kind, 0.3f));
    }
    EXPECT_EQ(only("sun:3@[m.png]"), masked("sun", 3, MaskKind::Image, NAN, "m.png"));
    EXPECT_EQ(only("sun:3@[-m.png]"), masked("sun", 3, MaskKind::Image, NAN, "m.png", true));
    EXPECT_EQ(only("sun:3@[m.mp4]"), masked("sun", 3, MaskKind::Video, NAN, "m.mp4"));
    EXPECT_EQ(only("sun:3@[/dev/video0]"), masked("sun", 3, MaskKind::Video, NAN, "/dev/video0"));
    EXPECT_EQ(only("sun:3@[odd: _@|name.png]:.5").mask.text, "odd: _@|name.png");
    EXPECT_EQ(only("dragon:3@baby@.5+.1*kick").mask.thresholdFormula, ".5+.1*kick");
}

TEST(PromptLanguage, P1MasksAfterAnUnderscoreUnderPyttisGrammar) {
    for (const std::string& mark : {std::string(), std::string("#pytti ")}) {
        const auto grammar = mark.empty() ? PromptGrammar::PyTTI : PromptGrammar::Titanus;
        EXPECT_EQ(only(mark + "dragon:3_baby", grammar), masked("dragon", 3, MaskKind::Meaning, NAN, "baby"));
        EXPECT_EQ(only(mark + "dragon:3_baby_0.6", grammar), masked("dragon", 3, MaskKind::Meaning, 0.6f, "baby"));
        EXPECT_EQ(only(mark + "dragon:3_r", grammar), masked("dragon", 3, MaskKind::Right));
        EXPECT_EQ(only(mark + "dragon:3_r_0.3", grammar), masked("dragon", 3, MaskKind::Right, 0.3f));
        EXPECT_EQ(only(mark + "sun:3_[m.png]", grammar), masked("sun", 3, MaskKind::Image, NAN, "m.png"));
        EXPECT_EQ(only(mark + "sun:3_[-my_mask.png]:.5", grammar).mask, (PromptMask{MaskKind::Image, "my_mask.png", true, NAN, ""}));
        EXPECT_EQ(only(mark + "sun:3_[m.mp4]", grammar), masked("sun", 3, MaskKind::Video, NAN, "m.mp4"));
        EXPECT_EQ(only(mark + "neon:3_galactic nebula", grammar).mask.text, "galactic nebula");
        EXPECT_EQ(only(mark + "a @ b \\ c", grammar).text, "a @ b \\ c"); // nothing is special there
        EXPECT_EQ(only(mark + "#pixelart", grammar).text, "#pixelart");
    }
}

TEST(PromptLanguage, P1ImagePrompts) {
    for (const auto grammar : {PromptGrammar::Titanus, PromptGrammar::PyTTI}) {
        PromptSpec image = prompt("img.png", 2);
        image.kind = Kind::Image;
        EXPECT_EQ(only("[img.png]:2", grammar), image);
        EXPECT_EQ(only("[C:\\my_img.png]", grammar).text, "C:\\my_img.png");
        EXPECT_EQ(only("[x.mp4]", grammar).kind, Kind::Video);
    }
    const auto pixels = only("=[img.png]:2@r:.1");
    EXPECT_EQ(pixels.kind, Kind::Pixels);
    EXPECT_EQ(pixels.text, "img.png");
    EXPECT_EQ(pixels.mask.kind, MaskKind::Right);
    EXPECT_FLOAT_EQ(pixels.stop, 0.1f);
    EXPECT_EQ(only("\\=[img.png] in words").text, "=[img.png] in words");
    EXPECT_TRUE(has(errorOf("=[a.mp4]"), "column 3"));
}

TEST(PromptLanguage, P1NativelyAnUnderscoreBelongsToTheName) {
    EXPECT_EQ(only("x:low_mid*2").weightFormula, "low_mid*2");
    EXPECT_TRUE(has(errorOf("x:f_lo*2"), "no such name: f_lo")); // whole, not mask "lo*2"
}

TEST(PromptLanguage, P1PyttisMaskIsOfferedInOurSpelling) {
    EXPECT_TRUE(has(errorOf("dragon:3_r"), "3@r at column 9:\ndragon:3_r\n        ^")) << errorOf("dragon:3_r");
    EXPECT_TRUE(has(errorOf("dragon:3_baby_0.6"), "3@baby@0.6 "));
    EXPECT_TRUE(has(errorOf("sun:2.5_[my_mask.png]_.3"), "2.5@[my_mask.png]@.3 "));
}

TEST(PromptLanguage, P1ABackslashMakesPlain) {
    EXPECT_EQ(only(R"(3\:00 at night)").text, "3:00 at night");
    EXPECT_EQ(only(R"(a \| b \@ c \[ d \\ e \{ f)").text, "a | b @ c [ d \\ e { f");
    EXPECT_EQ(only(R"(\{a\} braces)").text, "{a} braces");
    EXPECT_EQ(only(R"(x@a \@ b:2)").mask.text, "a @ b");
    EXPECT_EQ(only("ends with one\\").text, "ends with one\\");
}

TEST(PromptLanguage, P1EveryErrorStandsOverACaret) {
    const std::pair<const char*, int> cases[]{
        {"fox:two", 5}, {"fox:1:x", 7}, {"fox | :3", 6}, {"a:1:1:1", 7}, {"fox:", 5}, {"fox:1:", 7}, {"fox@", 5}, {"fox:2@", 7},
        {"a:1@r@x", 7}, {"a:1@r@.5@.6", 10}, {"a@r:1@l", 7}, {"a [b", 3}, {"[]", 1}, {"sun@[ ]", 5}, {"a:1/", 5}, {"a:1+fox", 5},
        {"a:inf", 3}, {"a | b:1:1/(", 12}, {"{8 bars a", 1}, {"{8 hours} a", 4}, {"{0 s} a", 2}, {"{fast} a", 2}, {"{8 bars, fade} a", 10}};
    for (const auto& [text, column] : cases) {
        const std::string detail = errorOf(text);
        EXPECT_TRUE(has(detail, "at column " + std::to_string(column) + ":\n" + text + "\n" + std::string(static_cast<std::size_t>(column - 1), ' ') + "^"))
            << text << " gave " << detail;
    }
    EXPECT_TRUE(has(errorOf("#pytti a:1:1:1"), "column 14"));
    EXPECT_TRUE(has(errorOf("dragon:3_r_x", PromptGrammar::PyTTI), "column 12"));
}

TEST(PromptLanguage, RandomTextNeverCrashes) {
    std::uint64_t state = 7;
    const std::string letters = "ab:|@[]\\{}_=.-1t*( ,s";
    for (int i = 0; i < 20000; ++i) {
        std::string text = i % 4 == 0 ? "#pytti " : "";
        for (int n = i % 17; n >= 0; --n) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            text += letters[(state >> 33) % letters.size()];
        }
        const auto parsed = parsePromptLine(text);
        if (parsed) EXPECT_GE(parsed.value().scenes.size(), 1u) << text;
        else EXPECT_TRUE(has(parsed.problem().detail, "^")) << text;
    }
}

TEST(PromptLanguage, EveryShippedPresetAndEveryImportSpeaksIt) {
    const controls::PresetBank bank(std::filesystem::path(TITANUS_SOURCE_DIR) / "presets", "/nowhere");
    ASSERT_GE(bank.entries().size(), 13u);
    int lines = 0;
    const auto check = [&](const controls::Preset& preset) {
        for (int slot = 0; slot < params::kPromptSlots; ++slot)
            if (const std::string& text = preset.show.texts[params::promptText(slot).value]; !text.empty()) {
                ++lines;
                EXPECT_FALSE(lineOf(text).prompts.empty()) << preset.name;
            }
    };
    for (std::size_t i = 0; i < bank.entries().size(); ++i) check(bank.load(i).value());
    check(controls::importPyttiText("scenes: 'dragon:3_baby_0.6 | sun:fLo_[m.png] || neon:3_galactic nebula | text:-1:-.9'\n"
                                    "direct_image_prompts: 'a.png:2_-m.png:.1'\ninput_audio_filters: [{variable_name: fLo}]\n", "x.yaml")
              .value().preset);
    EXPECT_GT(lines, 40);
}

// ---- scenes ------------------------------------------------------------------------------------

TEST(PromptLanguage, P10ScenesAreSplitAtTwoBarsAndTimedInBraces) {
    using Unit = PromptScene::Unit;
    const auto line = lineOf("{8 beats, fade 2 beats} a forest | fog:.5 || || {20 s, fade 1.5 s, slerp} a city || {stay} the end");
    ASSERT_EQ(line.scenes.size(), 3u);
    EXPECT_EQ(line.scenes[0], (PromptScene{8, Unit::Beats, 2, Unit::Beats, PromptScene::Fade::Loss}));
    EXPECT_EQ(line.scenes[1], (PromptScene{20, Unit::Seconds, 1.5, Unit::Seconds, PromptScene::Fade::Slerp}));
    EXPECT_TRUE(std::isinf(line.scenes[2].length));
    ASSERT_EQ(line.prompts.size(), 4u);
    EXPECT_EQ(line.prompts[1].scene, 0);
    EXPECT_EQ(line.prompts[2].scene, 1);
    EXPECT_EQ(line.prompts[3].scene, 2);
    EXPECT_EQ(lineOf("{16 beats} a").scenes[0].fade, 2); // an eighth of it
    EXPECT_EQ(lineOf("a || b").scenes[1], PromptScene{});
    EXPECT_EQ(lineOf("#pytti {1 s} a || {2 s} b").scenes[1].length, 2);
    EXPECT_EQ(parsePrompts("a | b || c").value().size(), 2u);
    EXPECT_EQ(lineOf("").scenes.size(), 1u);
}

struct Clock {
    modulation::FrameState state;
    const modulation::FrameState& at(double seconds) { // 120 BPM, four in a bar
        state.seconds = seconds;
        state.beat = seconds * 2;
        state.sources[static_cast<std::size_t>(params::Source::BarPhase)] = static_cast<float>(std::fmod(state.beat, 4) / 4);
        return state;
    }
};

TEST(PromptLanguage, P11TheFadeMixesLossesExactlyAtItsBeginningMiddleAndEnd) {
    PromptNumbers numbers(lineOf("{4 beats} a:2 || {4 beats, fade 2 beats} b:-3"));
    Clock clock;
    const auto weights = [&](double seconds) {
        const auto now = numbers.at(clock.at(seconds));
        return std::pair{now[0].weight, now[1].weight};
    };
    EXPECT_EQ(weights(0), (std::pair{2.f, 0.f}));
    EXPECT_EQ(weights(1.9), (std::pair{2.f, 0.f}));
    EXPECT_EQ(weights(2.0), (std::pair{2.f, -0.f}));   // k = 0
    EXPECT_EQ(weights(2.5), (std::pair{1.f, -1.5f}));  // k = 1/2
    EXPECT_EQ(weights(3.0), (std::pair{0.f, -3.f}));   // k = 1
    EXPECT_EQ(weights(3.9), (std::pair{0.f, -3.f}));
    EXPECT_EQ(weights(4.0).second, -3.f);              // the ring: a comes back, by an eighth of its length
    EXPECT_NEAR(weights(4.125).first, 1, 1e-6);
    EXPECT_EQ(weights(4.25), (std::pair{2.f, -0.f}));
}

TEST(PromptLanguage, P11SlerpWalksBetweenTheEmbeddings) {
    PromptNumbers numbers(lineOf("{4 beats} a:2 | fog || {4 beats, fade 2 beats, slerp} b:4 || {stay} c"));
    Clock clock;
    numbers.at(clock.at(0));
    const auto half = numbers.at(clock.at(2.5));
    ASSERT_EQ(half.size(), 4u);
    EXPECT_EQ(half[0].weight, 0);
    EXPECT_EQ(half[1].weight, 0.5f); // fog has no partner: it fades as a loss
    EXPECT_EQ(half[2].weight, 3);
    EXPECT_EQ(half[2].slerpFrom, 0);
    EXPECT_EQ(half[2].slerp, 0.5f);
    const auto after = numbers.at(clock.at(3.1));
    EXPECT_EQ(after[2].slerpFrom, -1);
    EXPECT_EQ(after[2].weight, 4);
}

TEST(PromptLanguage, P10ScenesInBarsChangeOnTheOneAndOneThatStaysStays) {
    PromptNumbers numbers(lineOf("{2 bars, fade 0 s} a || {stay, fade 0 s} b"));
    Clock clock;
    numbers.at(clock.at(3.3)); // inside the second bar, which began at 2 s
    double changed = 0;
    for (double t = 3.3; t < 30; t += 0.01) {
        numbers.at(clock.at(t));
        if (changed == 0 && numbers.scene() == 1) changed = t;
    }
    EXPECT_NEAR(changed, 6, 0.011);
    EXPECT_EQ(numbers.scene(), 1);
}

TEST(PromptLanguage, AStalledOrSetBackClockLeavesTheSceneOn) {
    PromptNumbers numbers(lineOf("{1 s} a || {1 s} b || {1 s} c"));
    Clock clock;
    numbers.at(clock.at(0));
    numbers.at(clock.at(100)); // one scene on, not a hundred
    EXPECT_EQ(numbers.scene(), 1);
    numbers.at(clock.at(50));
    EXPECT_EQ(numbers.scene(), 1);
    numbers.at(clock.at(51.5));
    EXPECT_EQ(numbers.scene(), 2);
}

TEST(PromptLanguage, AWordChangedInALineLeavesItsSceneOn) {
    PromptNumbers numbers(lineOf("{1 s} a || {1 s} b"));
    Clock clock;
    numbers.at(clock.at(0));
    numbers.at(clock.at(1.2));
    PromptNumbers edited(lineOf("{1 s} a || {1 s} b and more"));
    edited.goOnFrom(numbers);
    EXPECT_EQ(edited.at(clock.at(1.5))[1].weight, 1);
    EXPECT_EQ(edited.scene(), 1);
}

// ---- formulas ----------------------------------------------------------------------------------

TEST(PromptLanguage, WeightsStopsAndThresholdsFollowTheirFormulas) {
    PromptNumbers numbers(lineOf("flowers:10*bass@baby@.5+.1*kick:-.9*t"));
    Clock clock;
    clock.state.sources[static_cast<std::size_t>(params::Source::Bass)] = 0.25f;
    clock.state.sources[static_cast<std::size_t>(params::Source::Kick)] = 1;
    const auto now = numbers.at(clock.at(2));
    EXPECT_FLOAT_EQ(now[0].weight, 2.5f);
    EXPECT_FLOAT_EQ(now[0].threshold, 0.6f);
    EXPECT_FLOAT_EQ(now[0].stop, -1.8f);
}

TEST(PromptLanguage, AFormulaWithoutAValueKeepsTheLast) {
    PromptNumbers numbers(lineOf("flowers:1/bass"));
    Clock clock;
    EXPECT_EQ(numbers.at(clock.at(0))[0].weight, 1); // never had one: as without a weight
    clock.state.sources[static_cast<std::size_t>(params::Source::Bass)] = 0.5f;
    EXPECT_EQ(numbers.at(clock.at(1))[0].weight, 2);
    clock.state.sources[static_cast<std::size_t>(params::Source::Bass)] = 0;
    EXPECT_EQ(numbers.at(clock.at(2))[0].weight, 2);
}

TEST(PromptLanguage, P31PrevGoesFromStepToStep) {
    PromptNumbers numbers(lineOf("a:t - t_prev"));
    Clock clock;
    EXPECT_EQ(numbers.at(clock.at(1))[0].weight, 0);
    EXPECT_FLOAT_EQ(numbers.at(clock.at(1.25))[0].weight, 0.25f);
    EXPECT_FLOAT_EQ(numbers.at(clock.at(1.35))[0].weight, 0.1f);
}

TEST(PromptLanguage, TheNumbersOfAStepAllocateNothing) {
    PromptNumbers numbers(lineOf("{1 s} a:bass@baby@.5*t:sin(t) | b || {1 s, slerp} c:smooth(kick, .1)"));
    Clock clock;
    numbers.at(clock.at(0));
    const auto before = support::allocations();
    for (int i = 0; i < 500; ++i) numbers.at(clock.at(i * 0.01));
    EXPECT_EQ(support::allocations(), before);
}

} // namespace
} // namespace titanus::guidance
