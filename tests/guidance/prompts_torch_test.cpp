// Prompts in the loss: masks, pictures, scenes, words around them, several guides, presence.
#include "guidance/embedded.h"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

using namespace titanus;
using namespace titanus::guidance;
using params::param;

namespace {

std::filesystem::path whiteOn(double x0, double x1, double y0, double y1, const std::string& name) { // shares of 100 x 60
    core::Image image{100, 60, {}};
    for (int y = 0; y < 60; ++y)
        for (int x = 0; x < 100; ++x) {
            const std::uint8_t v = x >= 100 * x0 && x < 100 * x1 && y >= 60 * y0 && y < 60 * y1 ? 255 : 0;
            image.rgba.insert(image.rgba.end(), {v, v, v, 255});
        }
    return file(image, name);
}

// Embeddings at a given cosine to a text, otherwise towards another.
at::Tensor towards(const std::string& text, float cosine, const std::string& other = "fog") {
    const at::Tensor p = guide().encodeText(text);
    at::Tensor o = guide().encodeText(other);
    o = o - p * (o * p).sum();
    return p * cosine + o / o.norm() * std::sqrt(1 - cosine * cosine);
}

struct Judged {
    float value = 0;
    std::vector<float> pull; // gradient's size for each crop
};

// What a line does to crops at these places, with these embeddings.
struct Court {
    Show show;
    Prompts prompts;
    std::vector<core::Problem> problems;

    explicit Court(const std::string& line, OpenFrames openFrames = {}) : prompts(Guides{&guide()}, std::move(openFrames)) {
        show.text(params::promptText(0), line);
        show.set(param("guide.focus"), 0); // PyTTI's laws are those of whole texts
        update();
    }
    void update(double dt = 1 / 30.0) {
        prompts.update(show.next(dt), dt, [&](const core::Problem& p) { problems.push_back(p); });
    }
    Judged judge(const std::vector<at::Tensor>& rows, const std::vector<Crop>& crops, float aspect = 100.f / 60) {
        at::Tensor e = at::stack(rows).requires_grad_(true);
        const at::Tensor loss = prompts.loss(e, crops, aspect);
        Judged out;
        if (!loss.defined()) return out;
        torch::autograd::backward({loss}, {});
        out.value = loss.item<float>();
        for (std::int64_t i = 0; i < e.size(0); ++i) out.pull.push_back(e.grad()[i].norm().item<float>());
        return out;
    }
};

// Left top, right bottom; small, large.
const std::vector<Crop> kPlaces{{-1, .5f, .3f, 0, false}, {1, -.5f, .3f, 0, false}, {0, 0, 1, 0, false}};

std::vector<bool> pulled(const std::string& mask, float cosine = .2f, const std::string& weight = "1", float aspect = 16.f / 9) {
    Court court("a fox:" + weight + mask);
    EXPECT_TRUE(court.problems.empty()) << court.problems[0].line();
    const at::Tensor e = towards("a fox", cosine);
    const Judged j = court.judge({e, e, e}, kPlaces, aspect);
    std::vector<bool> out;
    for (float p : j.pull) out.push_back(p > 0);
    return out;
}

// Reads letters, and counts how often.
struct CountingGuide final : Guide {
    mutable int encoded = 0;
    std::string name() const override { return "counting"; }
    int inputSize() const override { return 32; }
    int embedDim() const override { return 4; }
    std::vector<std::string> neutralPrompts() const override { return {"a picture"}; }
    at::Tensor encodeImages(const at::Tensor& images) const override { return at::ones({images.size(0), 4}) / 2; }
    std::vector<int> tokenise(const std::string& text, bool*) const override { return {text.begin(), text.end()}; }
    at::Tensor encodeTokens(const std::vector<int>& ids) const override {
        ++encoded;
        float sums[4] = {1, 0, 0, 0};
        for (std::size_t i = 0; i < ids.size(); ++i) sums[i % 4] += static_cast<float>(ids[i]) / 100;
        return at::tensor(at::ArrayRef<float>(sums, 4));
    }
};

// Presence at the drop begins here: its first step pulls towards words that are encoded already.
TEST(PromptLoss, A3_EightPromptsPullEachByItsOwnWeight) {
    static_assert(params::kPromptSlots >= 8);
    constexpr std::array<const char*, 8> kTexts{"a fox", "a castle", "the sea", "a volcano", "a bicycle", "a flower", "a spiral galaxy", "an old book"};
    Show show;
    for (int slot = 0; slot < 8; ++slot) {
        show.text(params::promptText(slot), kTexts[static_cast<std::size_t>(slot)]);
        show.set(params::promptWeight(slot), 0);
    }
    Prompts prompts(Guides{&guide()}, {});
    const at::Tensor fog = guide().encodeText("fog");
    const auto slopes = [&] { // towards each text, of a picture of fog
        prompts.update(show.next(), 1 / 30.0, [](const core::Problem& p) { FAIL() << p.line(); });
        at::Tensor e = fog.unsqueeze(0).clone().requires_grad_(true);
        const at::Tensor loss = prompts.loss(e);
        std::vector<float> out(8, 0);
        if (!loss.defined()) return out;
        torch::autograd::backward({loss}, {});
        for (std::size_t i = 0; i < 8; ++i) out[i] = -(e.grad()[0] * guide().encodeText(kTexts[i])).sum().item<float>();
        return out;
    };
    for (int slot = 0; slot < 8; ++slot) {
        const auto i = static_cast<std::size_t>(slot);
        show.set(params::promptWeight(slot), 1);
        const float whole = slopes()[i];
        show.set(params::promptWeight(slot), .5f);
        const float half = slopes()[i];
        show.set(params::promptWeight(slot), -1);
        const float away = slopes()[i];
        show.set(params::promptWeight(slot), 0);
        EXPECT_GT(whole, .1f) << kTexts[i];
        EXPECT_NEAR(half, whole / 2, .01f * whole) << kTexts[i];
        EXPECT_NEAR(away, -whole, .01f * whole) << kTexts[i];
    }
    for (const float rest : slopes()) EXPECT_EQ(rest, 0);
}

TEST(Prefetch, N5_TheStepThatFirstUsesAQueuedScenesTextsEncodesNothing) {
    CountingGuide guide;
    Prompts prompts(guide);
    Show show;
    const auto report = [](const core::Problem& p) { FAIL() << p.line(); };
    const auto step = [&](const std::shared_ptr<const modulation::Upcoming>& upcoming) {
        modulation::FrameState state = show.next(1 / 30.0);
        state.upcoming = upcoming;
        const int before = guide.encoded;
        prompts.update(state, 1 / 30.0, report);
        return guide.encoded - before;
    };
    show.text(params::promptText(0), "a fox");
    EXPECT_EQ(step(nullptr), 1);
    params::TextTable texts;
    texts.values[params::promptText(0).value] = "a reef:1@coral | fish";
    texts.values[params::promptText(3).value] = "a galaxy";
    texts.values[params::text("prompt.suffix").value] = "at night | stars:.5";
    auto next = std::make_shared<modulation::Upcoming>();
    next->number = 1;
    next->texts = std::make_shared<params::TextTable>(texts);
    int ahead = 0, most = 0;
    for (int i = 0; i < 8; ++i) {
        const int now = step(next);
        ahead += now;
        most = std::max(most, now);
    }
    EXPECT_EQ(ahead, 5); // a reef at night, coral, fish at night, a galaxy at night, stars
    EXPECT_EQ(most, 1) << "no step encodes two";
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved) show.text({static_cast<std::uint16_t>(i)}, texts.values[i]);
    EXPECT_EQ(step(nullptr), 0);
    show.text(params::promptText(1), "not foreseen");
    EXPECT_EQ(step(nullptr), 1);
}

TEST(PromptMasks, P5SidesAndSizesActWhereTheyShouldAndNowhereElse) {
    using B = std::vector<bool>;
    // PyTTI's masks leak where a crop is farther than 1 from the prompt, and for prompts that repel: at a
    // cosine of -.2 the distance is 1.57.
    for (const float cosine : {.2f, -.2f})
        for (const std::string weight : {"1", "-1"}) {
            const auto on = [&](const std::string& mask) { return pulled(mask, cosine, weight); };
            EXPECT_EQ(on(""), (B{true, true, true}));
            EXPECT_EQ(on("@a"), (B{true, true, true}));
            EXPECT_EQ(on("@r"), (B{false, true, true})); // a centre on the line belongs to both sides
            EXPECT_EQ(on("@l"), (B{true, false, true}));
            EXPECT_EQ(on("@d"), (B{false, true, true}));
            EXPECT_EQ(on("@u"), (B{true, false, true}));
            EXPECT_EQ(on("@n"), (B{false, false, true}));
            EXPECT_EQ(on("@f"), (B{true, true, false}));
            EXPECT_EQ(on("@r@.9"), (B{false, false, false})); // centres at .2, .8, .5
            EXPECT_EQ(on("@l@.3"), (B{true, false, false}));
            EXPECT_EQ(on("@u@.2"), (B{false, false, false})); // centres at .25, .75, .5
            EXPECT_EQ(on("@u@.3"), (B{true, false, false}));
            EXPECT_EQ(on("@d@.6"), (B{false, true, false}));
            EXPECT_EQ(on("@n@.2"), (B{true, true, true}));
            EXPECT_EQ(on("@f@.2"), (B{false, false, false}));
        }
}

TEST(PromptMasks, P6MeaningPullsOnlyWhereACropLooksLikeItSoftlyHardOrRepelling) {
    const at::Tensor castle = towards("a castle", .9f, "a fox");
    const std::vector<Crop> two{kPlaces[0], kPlaces[1]};
    // Soft: while a crop is farther from the prompt than from the mask's text.
    Judged j = Court("a fox:1@a castle").judge({castle, towards("a fox", .7f, "fog")}, two);
    EXPECT_GT(j.pull[0], 0);
    EXPECT_EQ(j.pull[1], 0); // much nearer to the fox than to the castle already
    // Threshold c: where d to the mask's text is at most .7 + .3 c.
    j = Court("a fox:1@a castle@.1").judge({castle, towards("a castle", .3f)}, two); // d .11, .80
    EXPECT_GT(j.pull[0], 0);
    EXPECT_EQ(j.pull[1], 0);
    j = Court("a fox:1@a castle@.5").judge({castle, towards("a castle", .3f)}, two); // up to .85
    EXPECT_GT(j.pull[1], 0);
    // Negative without a threshold: as with one half.
    j = Court("a fox:-1@a castle").judge({castle, towards("a castle", -.2f)}, two);
    EXPECT_GT(j.pull[0], 0);
    EXPECT_EQ(j.pull[1], 0);
}

TEST(PromptScenes, P11SlerpGoesThroughTheAngleEvenly) {
    const at::Tensor fox = guide().encodeText("a fox"), snow = guide().encodeText("snow");
    const float whole = std::acos(fox.dot(snow).item<float>());
    for (const float share : {0.f, .25f, .5f, .9f, 1.f}) {
        const at::Tensor between = slerp(fox, snow, share);
        EXPECT_NEAR(between.norm().item<float>(), 1, 1e-4);
        EXPECT_NEAR(between.dot(fox).item<float>(), std::cos(share * whole), 1e-4) << share;
        EXPECT_NEAR(between.dot(snow).item<float>(), std::cos((1 - share) * whole), 1e-4) << share;
    }
}

TEST(PromptMasks, P7APicturesTopIsTheTopAndTurnedRoundItIsTheRest) {
    for (const auto& [height, width] : {std::pair{60, 100}, {100, 60}}) {
        const at::Tensor picture = at::cat({at::ones({1, 3, height / 4, width}), at::zeros({1, 3, height - height / 4, width})}, 2);
        const MaskPicture top(picture), rest(picture, true);
        const float aspect = static_cast<float>(width) / static_cast<float>(height);
        for (const auto& [y, share] : {std::pair{.75f, 1.f}, {.5f, .5f}, {0.f, 0.f}, {-.75f, 0.f}}) {
            const Crop crop{0, y, .1f, 0, false};
            EXPECT_NEAR(top.coverage(crop, aspect), share, 1e-3) << y;
            EXPECT_NEAR(rest.coverage(crop, aspect), 1 - share, 1e-3) << y;
        }
    }
}

TEST(PromptMasks, P7PicturesWeighCropsByTheirCoverageOverTheRootOfTheMean) {
    const MaskPicture half(at::cat({at::zeros({1, 3, 60, 50}), at::ones({1, 3, 60, 50})}, 3));
    const float aspect = 100.f / 60;
    EXPECT_NEAR(half.mean(), .5f, 1e-6);
    EXPECT_NEAR(half.coverage({1, 0, .3f, 0, false}, aspect), 1, 1e-3);
    EXPECT_NEAR(half.coverage({-1, 0, .3f, 0, false}, aspect), 0, 1e-3);
    EXPECT_NEAR(half.coverage({0, 0, .5f, 0, false}, aspect), .5f, 1e-3);
    EXPECT_NEAR(half.coverage({.1f, .2f, .4f, 0, false}, aspect), .625f, 1e-3);
    EXPECT_NEAR(half.coverage({1.5f, 0, .4f, 0, false}, aspect), 1, 1e-3); // half of it beyond the edge
    EXPECT_NEAR(half.weight({0, 0, .5f, 0, false}, aspect), .5f / std::sqrt(.5f), 1e-3);
    EXPECT_EQ(MaskPicture(at::zeros({1, 3, 8, 8})).weight({0, 0, 1, 0, false}, 1), 0);
    // In a line: white = on, a minus before the name turns it round.
    const std::string file = whiteOn(.5, 1, 0, 1, "right").string();
    const at::Tensor e = towards("a fox", .2f);
    Judged j = Court("a fox:1@[" + file + "]").judge({e, e, e}, kPlaces);
    EXPECT_EQ(j.pull[0], 0);
    EXPECT_NEAR(j.pull[1] / j.pull[2], 2, 1e-3);
    j = Court("a fox:1@[-" + file + "]").judge({e, e, e}, kPlaces);
    EXPECT_GT(j.pull[0], 0);
    EXPECT_EQ(j.pull[1], 0);
    Court missing("a fox:1@[/nowhere/mask.png] | fog");
    ASSERT_EQ(missing.problems.size(), 1u); // said once; the other prompt goes on
    EXPECT_EQ(missing.problems[0].id, core::ProblemId::PictureUnreadable);
    EXPECT_NEAR(missing.prompts.totalWeight(), 1, 1e-6);
}

TEST(PromptMasks, P7AMovingMaskIsLookedAtAgain) {
    auto black = std::make_shared<core::Image>(core::Image{2, 2, std::vector<std::uint8_t>(16, 0)}), white = std::make_shared<core::Image>(core::Image{2, 2, std::vector<std::uint8_t>(16, 255)});
    for (std::size_t i = 3; i < 16; i += 4) black->rgba[i] = 255;
    Court court("a fox:1@[m.mp4]", [=](const std::string&) -> core::Result<FrameReader> {
        return FrameReader([=](double seconds) -> core::Result<MovingPicture> {
            return MovingPicture{seconds < 1 ? white.get() : black.get(), seconds < 1 ? 1u : 2u};
        });
    });
    const at::Tensor e = towards("a fox", .2f);
    EXPECT_GT(court.judge({e}, {kPlaces[2]}).pull[0], 0);
    court.update(1.5);
    EXPECT_EQ(court.judge({e}, {kPlaces[2]}).pull[0], 0);
}

TEST(PromptLoss, P3ThePastOfAStopStillShowsInTheValue) {
    const at::Tensor near = towards("a fox", .5f);
    const float d = sphericalDistance(at::tensor({.5f})).item<float>();
    const Judged j = Court("a fox:2:.7").judge({near}, {kPlaces[2]});
    EXPECT_EQ(j.pull[0], 0);
    EXPECT_NEAR(j.value, 2 * d, 1e-3);
}

TEST(PromptLoss, FocusTakesOutOfATextWhatAllTextsShare) {
    at::Tensor common;
    for (const std::string& text : guide().neutralPrompts()) {
        const at::Tensor e = guide().encodeText(text) / static_cast<double>(guide().neutralPrompts().size());
        common = common.defined() ? common + e : e;
    }
    const at::Tensor whole = guide().encodeText("a fox");
    at::Tensor own = whole - common * 0.8;
    own = own / own.norm();
    const auto lossAt = [&](const std::string& line, float focus, const at::Tensor& e) {
        Court court(line);
        court.show.set(param("guide.focus"), focus);
        court.update();
        return court.judge({e}, {kPlaces[2]}).value;
    };
    EXPECT_NEAR(lossAt("a fox", 0, whole), 0, 1e-4); // PyTTI's law
    EXPECT_GT(lossAt("a fox", 0, own), .02f);
    EXPECT_NEAR(lossAt("a fox", .8f, own), 0, 1e-4);
    EXPECT_GT(lossAt("a fox", .8f, whole), .02f);
    EXPECT_LT(at::dot(own, common).item<float>(), at::dot(whole, common).item<float>());
    // Distances that a line names are those to whole texts, whatever the focus.
    EXPECT_NEAR(lossAt("a fox:1:.9", .8f, whole), lossAt("a fox:1:.9", 0, whole), 1e-6);
}

TEST(PromptLoss, StopsAreWrittenForClipAndMeanTheSamePlaceForEveryGuide) {
    EXPECT_NEAR(inGuidesUnit(.87f, {}), .87f, 1e-6);
    const GuideAnchors narrow{.3f, .5f};
    EXPECT_NEAR(inGuidesUnit(.70f, narrow), .3f, 1e-6);
    EXPECT_NEAR(inGuidesUnit(.95f, narrow), .5f, 1e-6);
    EXPECT_NEAR(inGuidesUnit(-.825f, narrow), -.4f, 1e-6);
}

TEST(PromptPictures, P8APicturePullsTowardsWhatTheGuideSeesInItAtTheSamePlace) {
    const std::string file = whiteOn(.3, .7, .2, .8, "box").string();
    Court court("[" + file + "]:1.5");
    ASSERT_TRUE(court.problems.empty()) << court.problems[0].line();
    EXPECT_NEAR(court.prompts.totalWeight(), 1.5f, 1e-6);
    const at::Tensor same = readPicture(file).value(), other = at::rand({1, 3, 60, 100});
    const std::vector<Crop> crops{{0, 0, .9f, 0, false}, {.4f, .2f, .6f, 0, false}};
    const auto lossOf = [&](const at::Tensor& picture) { return court.prompts.loss(guide().encodeImages(cut(picture, crops, guide().inputSize())), crops, 100.f / 60).item<float>(); };
    EXPECT_LT(lossOf(same), lossOf(other) - .3f);
    EXPECT_GT(lossOf(same), 1.5f * kPictureOffset - 1e-4f);
    at::Tensor leaf = other.clone().requires_grad_(true);
    torch::autograd::backward({court.prompts.loss(guide().encodeImages(cut(leaf, crops, guide().inputSize())), crops, 100.f / 60)}, {});
    EXPECT_GT(leaf.grad().abs().max().item<float>(), 0);
}

TEST(PromptPictures, P8AMovingPictureIsLookedAtAgain) {
    const auto box = [](int from, int to) {
        auto image = std::make_shared<core::Image>(core::Image{100, 60, {}});
        for (int i = 0; i < 60 * 100; ++i) {
            const std::uint8_t v = i % 100 >= from && i % 100 < to ? 255 : 0;
            image->rgba.insert(image->rgba.end(), {v, v, v, 255});
        }
        return image;
    };
    const auto first = box(10, 30), second = box(0, 100);
    Court court("[film.mp4]:1", [=](const std::string&) -> core::Result<FrameReader> {
        return FrameReader([=](double seconds) -> core::Result<MovingPicture> {
            return MovingPicture{seconds < 1 ? first.get() : second.get(), seconds < 1 ? 1u : 2u};
        });
    });
    ASSERT_TRUE(court.problems.empty()) << court.problems[0].line();
    const std::vector<Crop> crops{{0, 0, .9f, 0, false}};
    const auto lossOfWhite = [&] {
        return court.prompts.loss(guide().encodeImages(cut(at::ones({1, 3, 60, 100}), crops, guide().inputSize())), crops, 100.f / 60).item<float>();
    };
    const float before = lossOfWhite();
    court.update(1.5);
    EXPECT_LT(lossOfWhite(), before - .05f); // white is what is on now
    EXPECT_NEAR(lossOfWhite(), kPictureOffset, .01f);
}

TEST(PromptPictures, P9PixelsPullWithinTheirMaskAndUpToTheirStop) {
    const std::string file = whiteOn(0, 1, 0, 1, "white").string();
    const auto gradientOf = [&](const std::string& line) {
        Court court(line);
        at::Tensor leaf = at::full({1, 3, 60, 100}, .5f).requires_grad_(true);
        torch::autograd::backward({court.prompts.pixelLoss(leaf)}, {});
        return leaf.grad().abs().sum(1)[0].clone(); // [60,100]
    };
    const at::Tensor all = gradientOf("=[" + file + "]:1"), right = gradientOf("=[" + file + "]:1@r");
    EXPECT_GT(all.min().item<float>(), 0);
    EXPECT_EQ(right.slice(1, 0, 49).max().item<float>(), 0);
    EXPECT_GT(right.slice(1, 51).min().item<float>(), 0);
    EXPECT_EQ(gradientOf("=[" + file + "]:1:.9").max().item<float>(), 0); // the difference is .2 already
    EXPECT_FALSE(Court("a fox").prompts.pixelLoss(at::full({1, 3, 6, 10}, .5f)).defined());
}

TEST(PromptScenes, P11TheFadeIsTheMixOfTheLossesAndSlerpWalksBetweenTheEmbeddings) {
    const at::Tensor e = towards("a fox", .4f, "a castle");
    const auto d = [&](const char* text) { return sphericalDistance((e * guide().encodeText(text)).sum()).item<float>(); };
    Court court("{1 s, fade 1 s} a fox || {8 s, fade 1 s} a castle");
    ASSERT_TRUE(court.problems.empty()) << court.problems[0].line();
    const auto value = [&] { return court.judge({e}, {kPlaces[2]}).value; };
    EXPECT_NEAR(value(), d("a fox"), 1e-4);
    court.update(1);
    EXPECT_NEAR(value(), d("a fox"), 1e-3); // k = 0
    court.update(.5);
    EXPECT_NEAR(value(), .5f * d("a fox") + .5f * d("a castle"), 1e-3);
    court.update(.5);
    EXPECT_NEAR(value(), d("a castle"), 1e-3);
    Court walk("{1 s, fade 1 s} a fox || {8 s, fade 1 s, slerp} a castle");
    walk.update(1);
    walk.update(.5);
    const at::Tensor middle = guide().encodeText("a fox") + guide().encodeText("a castle");
    EXPECT_NEAR(walk.judge({e}, {kPlaces[2]}).value, sphericalDistance((e * middle / middle.norm()).sum()).item<float>(), 1e-3);
    EXPECT_NEAR(walk.prompts.totalWeight(), 1, 1e-4);
}

TEST(PromptScenes, P10WordsAroundEveryPromptAndPromptsBehindABarOnce) {
    Court court("a fox | fog:.5");
    court.show.text(params::text("prompt.prefix"), "an oil painting of");
    court.show.text(params::text("prompt.suffix"), "at night | text:-1:-.9");
    court.update();
    ASSERT_TRUE(court.problems.empty());
    EXPECT_NEAR(court.prompts.totalWeight(), 2.5f, 1e-6);
    EXPECT_TRUE(at::equal(court.prompts.slotEmbeddings()[0], guide().encodeText("an oil painting of a fox at night")));
    court.show.set(params::promptWeight(0), 0); // nothing to put it around
    court.update();
    EXPECT_EQ(court.prompts.totalWeight(), 0);
    court.show.text(params::text("prompt.prefix"), "");
    court.show.text(params::text("prompt.suffix"), "");
    court.show.set(params::promptWeight(0), 1);
    court.update();
    EXPECT_TRUE(at::equal(court.prompts.slotEmbeddings()[0], guide().encodeText("a fox")));
}

TEST(PromptFormulas, WeightsFollowTheirFormulaStepByStep) {
    Court court("a fox:2*t");
    ASSERT_TRUE(court.problems.empty()) << court.problems[0].line();
    for (int i = 0; i < 3; ++i) {
        court.update(.5);
        EXPECT_NEAR(court.prompts.totalWeight(), 2 * court.show.state.seconds, 1e-4);
    }
}

// A guide that sees only the mean colour: cheap, and another size than the embedded one.
class ColourGuide final : public Guide {
  public:
    ColourGuide(int side, std::string name) : side_(side), name_(std::move(name)) {}
    std::string name() const override { return name_; }
    int inputSize() const override { return side_; }
    int embedDim() const override { return 3; }
    std::vector<std::string> neutralPrompts() const override { return {"grey"}; }
    at::Tensor encodeImages(const at::Tensor& images) const override {
        ++looks;
        EXPECT_EQ(images.size(2), side_);
        const at::Tensor mean = images.mean({2, 3});
        return mean / (mean.norm(2, {1}, true) + 1e-6);
    }
    std::vector<int> tokenise(const std::string& text, bool* truncated) const override {
        if (truncated) *truncated = false;
        return {text == "red" ? 0 : text == "blue" ? 2 : text == "green" ? 1 : 3};
    }
    mutable int looks = 0;

  protected:
    at::Tensor encodeTokens(const std::vector<int>& ids) const override { return ids[0] < 3 ? at::eye(3)[ids[0]] : at::ones({3}); }

  private:
    int side_;
    std::string name_;
};

struct Paint {
    std::array<double, 3> mean{};
    std::vector<int> looks;
    EngineInfo info;
};
Paint paint(std::vector<int> sides, std::vector<float> weights, bool alternate, int steps) {
    at::set_num_threads(1);
    std::vector<const ColourGuide*> seen;
    std::vector<Judge> judges;
    for (std::size_t i = 0; i < sides.size(); ++i) {
        auto made = std::make_unique<ColourGuide>(sides[i], "colour" + std::to_string(i));
        seen.push_back(made.get());
        judges.push_back({std::move(made), weights[i]});
    }
    auto first = std::move(judges.front().guide);
    judges.erase(judges.begin());
    ClipEngine engine(std::move(first), EngineOptions{.modelDir = {}, .alternate = alternate}, std::move(judges));
    Show show("red");
    Canvas out;
    for (int i = 0; i < steps; ++i) engine.step(show.next(), out);
    Paint result;
    result.info = engine.info();
    for (const ColourGuide* g : seen) result.looks.push_back(g->looks);
    for (std::size_t i = 0; i < out.rgba.size(); ++i)
        if (i % 4 < 3) result.mean[i % 4] += out.rgba[i] / (out.width * out.height);
    return result;
}

TEST(Jury, P16SeveralGuidesOfTheirOwnSizesJudgeTogetherOrInTurn) {
    const Paint together = paint({16, 24}, {1, 1}, false, 12);
    EXPECT_EQ(together.looks, (std::vector<int>{12, 12}));
    EXPECT_EQ(together.info.guide, "colour0 + colour1");
    EXPECT_GT(together.mean[0], together.mean[2] + .1);
    const Paint turns = paint({16, 24}, {1, 2}, true, 12);
    EXPECT_EQ(turns.looks, (std::vector<int>{4, 8}));
    EXPECT_GT(turns.mean[0], turns.mean[2] + .1);
}

TEST(Jury, TwoEqualGuidesPaintWhatOneDoes) {
    const Paint one = paint({16}, {1}, false, 8), two = paint({16, 16}, {1, 1}, false, 8);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(one.mean[c], two.mean[c], 2e-3);
}

TEST(Averaging, ShowsTheMeanOfWhatWasAndNeverMovesWhileFrozen) {
    Averager averager;
    const at::Tensor dark = at::zeros({1, 3, 4, 4}), light = at::ones({1, 3, 4, 4});
    EXPECT_TRUE(at::equal(averager.add(dark, .5f), dark)); // begins with the first picture
    EXPECT_NEAR(averager.add(light, .5f).mean().item<float>(), .5f, 1e-6);
    EXPECT_NEAR(averager.add(light, .5f).mean().item<float>(), .75f, 1e-6);
    EXPECT_NEAR(averager.shown(dark).mean().item<float>(), .75f, 1e-6);
    EXPECT_TRUE(at::equal(averager.add(light, 0), light));
    EXPECT_TRUE(at::equal(averager.shown(dark), dark));
    const auto travel = [](float average) { // how far one step goes on the screen
        const auto e = engine();
        Show show("a photo of a jellyfish");
        show.set(param("canvas.average"), average);
        Canvas before, after, frozen;
        for (int i = 0; i < 6; ++i) e->step(show.next(), before);
        e->step(show.next(), after);
        show.state.frozen = true;
        e->step(show.next(), frozen);
        EXPECT_EQ(frozen.rgba, after.rgba);
        return distance(before, after);
    };
    EXPECT_LT(travel(.9f), .7 * travel(0)); // the picture still grows: its mean grows along
}

TEST(Presence, APromptHoldsItsPresenceWhileAnotherSweeps) {
    for (const char* held : {"a photo of a jellyfish", "a photo of a starfish"}) {
        const auto e = engine();
        Show show(held);
        show.set(param("guide.crops"), 4);
        show.set(params::promptTarget(0), .6f);
        show.text(params::promptText(1), "a photo of a castle");
        Canvas out;
        double squares = 0, sum = 0;
        int outside = 0, count = 0;
        for (int i = 0; i < 330; ++i) { // eleven seconds: three to come up, a whole sweep of eight
            const double t = i / 30.0;
            show.set(params::promptWeight(1), t < 3 ? 0.f : static_cast<float>(.5 - .5 * std::cos((t - 3) * 2 * M_PI / 8)));
            e->step(show.next(), out);
            if (t < 3) continue;
            const double error = out.prompts[0].presence - .6;
            ++count;
            sum += error;
            squares += error * error;
            outside += std::abs(error) > .05;
        }
        EXPECT_LT(std::abs(sum / count), .02) << held;
        EXPECT_LT(std::sqrt(squares / count), .04) << held;
        EXPECT_LT(outside, count / 10) << held; // crops are drawn at random: single readings stray
        EXPECT_TRUE(out.prompts[0].active);
    }
}

} // namespace
