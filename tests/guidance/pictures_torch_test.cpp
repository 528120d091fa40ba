// Pictures from outside: opening pictures, scenes, videos, what holds the canvas, and the star map.
#include "guidance/embedded.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

using namespace titanus;
using namespace titanus::guidance;
using params::param;

namespace {

void ignore(const core::Problem& p) { ADD_FAILURE() << p.line(); }

core::Image flat(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    core::Image image{width, height, {}};
    for (int i = 0; i < width * height; ++i) image.rgba.insert(image.rgba.end(), {r, g, b, 255});
    return image;
}

std::array<double, 3> meanColour(const Canvas& c) {
    std::array<double, 3> sum{};
    for (std::size_t i = 0; i < c.rgba.size(); ++i)
        if (i % 4 < 3) sum[i % 4] += c.rgba[i];
    for (double& v : sum) v /= c.width * c.height;
    return sum;
}

at::Tensor colour(float r, float g, float b, int height = 8, int width = 8) {
    return at::tensor({r, g, b}).view({1, 3, 1, 1}).expand({1, 3, height, width}).contiguous();
}

TEST(Pictures, P20DirectDifferenceIsTheMeanSquareOverRedGreenBlueSaturationAndValue) {
    // Grey .5 against red .5: G and B differ by .5, saturation by 1, value not at all.
    EXPECT_NEAR(colourDifference(colour(.5f, .5f, .5f), colour(.5f, 0, 0)).item<float>(), (.25 + .25 + 1) / 5, 3e-3);
    EXPECT_EQ(colourDifference(colour(.2f, .4f, .6f), colour(.2f, .4f, .6f)).item<float>(), 0);
    // Turned around the wheel: the three channels differ, saturation and value do not.
    EXPECT_NEAR(colourDifference(colour(1, 0, 0), colour(0, 1, 0)).item<float>(), 2.0 / 5, 1e-4);
    const at::Tensor left = at::cat({at::ones({1, 1, 8, 4}), at::zeros({1, 1, 8, 4})}, 3);
    EXPECT_NEAR(colourDifference(colour(1, 0, 0), colour(0, 1, 0), left).item<float>(), 1.0 / 5, 1e-4);
}

TEST(Pictures, P20EdgesAreSobelOfGreyOverEight) {
    const at::Tensor ramp = at::arange(8, at::kFloat).view({1, 1, 1, 8}).expand({1, 3, 8, 8}) * 0.1;
    const at::Tensor e = edges(ramp);
    // A slope of 0.1 a pixel: (2 * 0.1) * (1 + 2 + 1) / 8 inside, half at the repeated border.
    EXPECT_NEAR(e[0][0][4][4].item<float>(), 0.1, 1e-6);
    EXPECT_NEAR(e[0][0][4][0].item<float>(), 0.05, 1e-6);
    EXPECT_NEAR(e[0][1].abs().max().item<float>(), 0, 1e-6);
    EXPECT_NEAR(edges(ramp.transpose(2, 3))[0][1][4][4].item<float>(), 0.1, 1e-6);
    EXPECT_NEAR(edgeDifference(colour(.2f, .2f, .2f), colour(.9f, .1f, .4f)).item<float>(), 0, 1e-9); // flat is flat
    EXPECT_NEAR(edgeDifference(ramp, ramp * 0).item<float>(), e.square().mean().item<float>(), 1e-7);
}

TEST(Pictures, P20SmoothingIsTheMeanAbsoluteDifferenceOfNeighboursOnBothAxes) {
    at::Tensor halves = colour(0, 0, 0);
    halves.slice(3, 4).fill_(1);     // one step of 1 among the seven of each row, none down the columns
    halves.select(1, 2).slice(1, 6).fill_(.5f); // and in blue .5 from row 6 on
    const double across = (2 * 8 + 6) / (3. * 8 * 7), down = (4 * .5 + 4 * .5) / (3. * 7 * 8);
    EXPECT_NEAR(look(halves, {{0, 0, 1, 0, false}}, 8, 0, 1).variation.item<float>(), across + down, 1e-6);
    EXPECT_NEAR(variationByTorch(halves).item<float>(), across + down, 1e-6);
}

TEST(Pictures, CoveringKeepsTheShapeAndCutsWhatJutsOut) {
    at::Tensor wide = colour(0, 0, 0, 20, 60);
    wide.slice(3, 20, 40).fill_(1);
    const at::Tensor middle = covering(wide, {20, 20});
    EXPECT_EQ(middle.sizes(), (at::IntArrayRef{1, 3, 20, 20}));
    EXPECT_EQ(middle.min().item<float>(), 1);
    EXPECT_EQ(covering(wide, {9, 16}).sizes(), (at::IntArrayRef{1, 3, 16, 9}));
}

TEST(Openings, TheOpeningPictureIsPaintedOnFromTheFirstStepAndWhenItsTextChanges) {
    auto e = engine();
    Show show; // no prompt: nothing but the picture may act
    show.set(param("canvas.forget"), 0);
    show.text(params::text("canvas.init"), file(flat(30, 10, 204, 51, 102), "red").string());
    Canvas out;
    e->step(show.next(), out);
    auto mean = meanColour(out);
    EXPECT_NEAR(mean[0], .8, .02);
    EXPECT_NEAR(mean[1], .2, .02);
    EXPECT_NEAR(mean[2], .4, .02);
    show.text(params::text("canvas.init"), file(flat(8, 8, 51, 204, 51), "green").string());
    e->step(show.next(), out);
    EXPECT_NEAR(meanColour(out)[1], .8, .02);
    std::vector<core::Problem> found;
    e->report = [&](const core::Problem& p) { found.push_back(p); };
    show.text(params::text("canvas.init"), "/nowhere/x.png");
    for (int i = 0; i < 3; ++i) e->step(show.next(), out);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].id, core::ProblemId::PictureUnreadable);
    EXPECT_NEAR(meanColour(out)[1], .8, .02);
}

TEST(Openings, ALoadedPictureIsTakenOnceAndNotAgainByAnEngineThatTookOver) {
    auto e = engine();
    Show show;
    show.set(param("canvas.forget"), 0);
    Canvas out;
    e->step(show.next(), out);
    show.state.loads = 1;
    show.state.picture = std::make_shared<core::Image>(flat(64, 64, 51, 51, 230));
    e->step(show.next(), out);
    EXPECT_NEAR(meanColour(out)[2], .9, .02);
    Canvas other = out;
    for (std::size_t i = 0; i < other.rgba.size(); ++i) other.rgba[i] = i % 4 == 0 ? .7f : .5f;
    auto second = engine();
    second->adopt(other);
    second->step(show.next(), out);
    EXPECT_NEAR(meanColour(out)[0], .7, .02);
    EXPECT_NEAR(meanColour(out)[2], .5, .02);
    show.state.loads = 2;
    second->step(show.next(), out);
    EXPECT_NEAR(meanColour(out)[2], .9, .02);
}

// Loss and gradient of the holds on a canvas, without an engine.
struct Held {
    Show show;
    Holds holds{guide()};
    std::vector<Crop> crops{{0, 0, 1, 0, false}};
    Held() { show.set(param("hold.age"), 0.1f); }

    void remember(const at::Tensor& picture, double dt = 1 / 30.0) {
        holds.configure(show.next(dt), {static_cast<int>(picture.size(3)), static_cast<int>(picture.size(2))}, ignore);
        holds.remember(picture, dt);
    }
    float loss(const at::Tensor& picture) {
        const at::Tensor l = holds.loss(picture, guide().encodeImages(cut(picture, crops, guide().inputSize())), crops);
        return l.defined() ? l.item<float>() : 0;
    }
};

TEST(Holds, P21TheReferenceIsOlderThanAStepAndAsOldAsAsked) {
    Held h;
    h.show.set(param("hold.direct"), 1);
    h.remember(colour(.5f, .5f, .5f));
    EXPECT_EQ(h.loss(colour(.9f, .1f, .1f)), 0); // nothing older than this step yet
    for (int i = 1; i <= 60; ++i) {
        const float v = .5f + .005f * static_cast<float>(i);
        h.remember(colour(v, v, v));
        const double age = h.holds.ageSeconds();
        EXPECT_GT(age, 0);
        if (i > 6) {
            EXPECT_GE(age, 0.1 - 1e-6);
            EXPECT_LE(age, 0.1 * 1.25 + 1.01 / 30);
            EXPECT_GT(h.loss(colour(v, v, v)), 0); // the canvas has moved on meanwhile
            // It is least where the canvas is as it was.
            const float was = v - .005f * static_cast<float>(std::lround(age * 30));
            EXPECT_NEAR(h.loss(colour(was, was, was)), 0, 1e-7);
        }
    }
    h.show.set(param("hold.direct"), 0);
    h.remember(colour(.1f, .1f, .1f));
    EXPECT_EQ(h.holds.ageSeconds(), 0);
    EXPECT_EQ(h.loss(colour(.9f, .1f, .1f)), 0);
}

TEST(Holds, P21TheReferenceMovesWithTheCamera) {
    Held h;
    h.show.set(param("hold.direct"), 1);
    at::Tensor bar = colour(.2f, .2f, .2f, 32, 32);
    bar.slice(3, 8, 12).fill_(.9f);
    for (int i = 0; i < 8; ++i) h.remember(bar);
    const float before = h.loss(bar);
    modulation::CameraMotion motion;
    motion.view.tx = 2.0 / 32 * 6; // six pixels to the right
    h.holds.warp(motion, {.border = modulation::Border::Smear, .aspect = 1});
    at::Tensor moved = colour(.2f, .2f, .2f, 32, 32);
    moved.slice(3, 14, 18).fill_(.9f);
    EXPECT_NEAR(before, 0, 1e-7);
    EXPECT_NEAR(h.loss(moved), 0, 1e-5);
    EXPECT_GT(h.loss(bar), .05f);
}

TEST(Holds, EdgeHoldsOutlinesWhateverTheirColour) {
    Held h;
    h.show.set(param("hold.edge"), 1);
    at::Tensor bar = colour(.2f, .2f, .2f, 32, 32);
    bar.slice(3, 8, 12).fill_(.6f);
    for (int i = 0; i < 8; ++i) h.remember(bar);
    EXPECT_NEAR(h.loss(bar + .3), 0, 1e-6); // brighter all over: the same outlines
    EXPECT_GT(h.loss(bar.roll({8}, {3})), .1f);
}

TEST(Holds, P22MeaningIsHeldByTheGuidesEyes) {
    Held h;
    h.show.set(param("hold.semantic"), 1);
    const at::Tensor y = at::linspace(-1, 1, 64).view({64, 1}), x = at::linspace(-1, 1, 64).view({1, 64});
    const at::Tensor disc = (x * x + y * y < .4).to(at::kFloat).view({1, 1, 64, 64});
    const at::Tensor sun = disc * colour(1, .8f, .1f, 64, 64) + (1 - disc) * colour(.1f, .3f, .8f, 64, 64);
    const at::Tensor stripes = ((x * 20).sin() * .5 + .5 + y * 0).view({1, 1, 64, 64}).expand({1, 3, 64, 64}).contiguous();
    for (int i = 0; i < 20; ++i) h.remember(sun);
    EXPECT_LT(h.loss(sun), .35f);
    EXPECT_GT(h.loss(stripes), h.loss(sun) + .2f);
    at::Tensor leaf = stripes.clone().requires_grad_(true);
    torch::autograd::backward({h.holds.loss(leaf, guide().encodeImages(cut(leaf, h.crops, guide().inputSize())), h.crops)}, {});
    EXPECT_GT(leaf.grad().abs().max().item<float>(), 0);
}

TEST(Holds, P9AnImageDrawsTheCanvasToItsColoursEvenWithoutPromptsAndBelowZeroRepels) {
    const auto paint = [&](float weight) {
        auto e = engine();
        Show show;
        show.set(param("canvas.forget"), 0);
        show.text(params::text("canvas.init"), file(flat(8, 8, 128, 128, 128), "grey").string());
        show.text(params::text("hold.image"), file(flat(40, 20, 204, 77, 77), "target").string());
        show.set(param("hold.image_weight"), weight);
        show.set(param("guide.crops"), 1); // nothing asks the guide here
        Canvas out;
        for (int i = 0; i < 45; ++i) e->step(show.next(), out);
        return meanColour(out);
    };
    const auto none = paint(0), drawn = paint(1), repelled = paint(-1);
    EXPECT_NEAR(none[0], .5, .01);
    EXPECT_GT(drawn[0], .68);
    EXPECT_LT(drawn[1], .38);
    const auto from = [](const std::array<double, 3>& c) { return std::hypot(c[0] - .8, c[1] - .3, c[2] - .3); };
    EXPECT_GT(from(repelled), from(none) + .1);
}

TEST(Holds, HoldingThePictureSlowsWhatAPromptDoesToIt) {
    const auto travel = [&](float hold) {
        auto e = engine();
        Show show("a photo of a jellyfish");
        show.set(param("guide.crops"), 1);
        show.set(param("hold.direct"), hold);
        show.set(param("hold.age"), 5);
        show.text(params::text("canvas.init"), file(flat(8, 8, 160, 120, 60), "brown").string());
        Canvas first, out;
        e->step(show.next(), first);
        for (int i = 0; i < 14; ++i) e->step(show.next(), out);
        return distance(first, out);
    };
    const double free = travel(0), held = travel(1), tight = travel(2);
    EXPECT_LT(held, .8 * free);
    EXPECT_LT(tight, held);
}

// A video of flat pictures: red for a second, then blue.
OpenFrames redThenBlue(std::vector<double>* asked = nullptr) {
    return [asked](const std::string& path) -> core::Result<FrameReader> {
        if (path != "film") return core::Problem{core::ProblemId::PictureUnreadable, path + ": no such film"};
        auto red = std::make_shared<core::Image>(flat(16, 9, 200, 60, 60)), blue = std::make_shared<core::Image>(flat(16, 9, 20, 20, 200));
        return FrameReader([=](double seconds) -> core::Result<MovingPicture> {
            if (asked) asked->push_back(seconds);
            const bool second = std::fmod(seconds, 2) >= 1;
            return MovingPicture{second ? blue.get() : red.get(), static_cast<std::uint64_t>(seconds) + 1};
        });
    };
}

EngineOptions playing(OpenFrames films) {
    EngineOptions options;
    options.openFrames = std::move(films);
    return options;
}

TEST(VideoFeed, P27HoldStartsFromAVideoFollowsItsCutsAndRunsAtItsSpeed) {
    std::vector<double> asked;
    auto e = engine(playing(redThenBlue(&asked)));
    Show show;
    show.set(param("canvas.forget"), 0);
    show.text(params::text("source.file"), "film");
    show.set(param("guide.crops"), 1);
    show.set(param("source.mode"), 1);
    show.set(param("source.speed"), 2);
    Canvas out;
    for (int i = 0; i < 5; ++i) e->step(show.next(), out);
    EXPECT_NEAR(meanColour(out)[0], 200 / 255., .05);
    for (int i = 0; i < 12; ++i) e->step(show.next(), out); // 16/30 s at double speed: past the cut
    EXPECT_NEAR(meanColour(out)[2], 200 / 255., .05);
    EXPECT_LT(meanColour(out)[0], .2);
    EXPECT_NEAR(asked.back() - asked.front(), 2 * 16 / 30., 1e-5);
}

TEST(VideoFeed, P27PaintOverBeginsEachPictureAnewByItsWeightAndProblemsAreSaidOnce) {
    auto e = engine(playing(redThenBlue()));
    Show show;
    show.set(param("canvas.forget"), 0);
    show.text(params::text("canvas.init"), file(flat(8, 8, 128, 128, 128), "start").string());
    show.text(params::text("source.file"), "film");
    show.set(param("guide.crops"), 1);
    show.set(param("source.mode"), 2);
    show.set(param("source.weight"), .5f);
    Canvas out;
    e->step(show.next(), out);
    EXPECT_NEAR(meanColour(out)[0], (128 + 200) / 2 / 255., .03);
    for (int i = 0; i < 10; ++i) e->step(show.next(), out); // the same picture all the while
    EXPECT_NEAR(meanColour(out)[0], (128 + 200) / 2 / 255., .03);
    std::vector<core::Problem> found;
    e->report = [&](const core::Problem& p) { found.push_back(p); };
    show.text(params::text("source.file"), "other");
    for (int i = 0; i < 20; ++i) e->step(show.next(.3), out);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(found[0].line().find("no such film"), std::string::npos);
}

Stars::Slots slotsOf(const std::vector<std::string>& texts) {
    Stars::Slots slots;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (!texts[i].empty()) slots[i] = guide().encodeText(texts[i]);
    return slots;
}

TEST(Stars, LikeTextsStandTogetherAndThePlaceOfAnEmbeddingEqualToATextIsItsStar) {
    Stars stars;
    const auto slots = slotsOf({"a photo of a fox", "a photo of a red fox", "a castle by a lake", "", "jellyfish in the sea"});
    stars.place(slots);
    const auto& map = stars.map();
    EXPECT_EQ(map.generation, 1u);
    EXPECT_FALSE(map.shown[3]);
    const auto apart = [&](std::size_t a, std::size_t b) { return std::hypot(map.star[a].x - map.star[b].x, map.star[a].y - map.star[b].y); };
    EXPECT_LT(apart(0, 1), .5f * apart(0, 2));
    EXPECT_LT(apart(0, 1), .5f * apart(0, 4));
    double farthest = 0;
    for (std::size_t i : {0, 1, 2, 4}) farthest = std::max(farthest, std::hypot<double>(map.star[i].x, map.star[i].y));
    EXPECT_NEAR(farthest, .85, 1e-4);
    // Equally like all: in the middle. Three axes of their own: exactly on a star.
    Stars three;
    Stars::Slots own;
    for (std::int64_t i = 0; i < 3; ++i) own[static_cast<std::size_t>(i)] = at::eye(8)[i];
    three.place(own);
    three.follow(at::ones({8}) / std::sqrt(8.), .45f, 1);
    EXPECT_NEAR(three.map().picture.x, 0, 1e-5);
    EXPECT_NEAR(three.map().picture.y, 0, 1e-5);
    for (std::int64_t i = 0; i < 3; ++i) {
        at::Tensor e = at::full({8}, .1f); // whatever is common to all
        e[i] += .45f;                      // as near as pictures get
        three.follow(e, .45f, 1);
        EXPECT_NEAR(three.map().picture.x, three.map().star[static_cast<std::size_t>(i)].x, 1e-4);
        EXPECT_NEAR(three.map().picture.y, three.map().star[static_cast<std::size_t>(i)].y, 1e-4);
    }
}

TEST(Stars, TheMapIsStillWhileTextsAreAndTurnsAsLittleAsItCanWhenOneChanges) {
    Stars stars;
    std::vector<std::string> texts{"a photo of a fox", "a castle by a lake", "jellyfish in the sea", "a steam train", "sunflowers"};
    stars.place(slotsOf(texts));
    const auto before = stars.map();
    stars.place(slotsOf(texts));
    EXPECT_EQ(stars.map().generation, before.generation);
    texts[4] = "a field of sunflowers"; // nearly the same
    stars.place(slotsOf(texts));
    EXPECT_EQ(stars.map().generation, before.generation + 1);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(stars.map().star[i].x, before.star[i].x, .25f);
        EXPECT_NEAR(stars.map().star[i].y, before.star[i].y, .25f);
    }
    Stars two;
    two.place(slotsOf({"a fox", "fog"}));
    EXPECT_NEAR(two.map().star[0].x, .85f, 1e-4);
    EXPECT_NEAR(two.map().star[1].x, -.85f, 1e-4);
    EXPECT_NEAR(two.map().star[0].y, 0, 1e-4);
    Stars one;
    one.place(slotsOf({"a fox"}));
    EXPECT_EQ(one.map().star[0].x, 0);
    EXPECT_TRUE(one.map().shown[0]);
    EXPECT_EQ(one.map().generation, 1u);
}

TEST(Stars, ThePictureTravelsToTheStarThatIsPainted) {
    auto e = engine();
    Show show("a photo of a jellyfish");
    show.set(param("guide.crops"), 2);
    show.text(params::promptText(1), "a photo of a castle");
    Canvas out;
    for (int i = 0; i < 32; ++i) e->step(show.next(), out);
    EXPECT_EQ(out.stars.generation, 1u);
    EXPECT_GT(out.stars.picture.x, .2f); // star 1 is the one to the right
    EXPECT_GT(out.stars.star[0].x, .5f);
}

// A palette canvas of so many palettes and levels, as the rows say.
struct PaletteRig {
    Show show;
    at::Generator random = at::detail::createCPUGenerator(4);
    std::unique_ptr<CanvasModel> canvas = makeCanvas(CanvasKind::Palette, {24, 16}, random);
    PaletteRig(int palettes, int levels) {
        show.set(param("palette.count"), static_cast<float>(palettes));
        show.set(param("palette.size"), static_cast<float>(levels));
        canvas->configure(show.now());
    }
    at::Tensor colours() { return (canvas->leaves()[2].value / 2).flatten(0, 1); } // [L*P,3]
};

TEST(Palette, P13ShowsOnlyItsColoursAndLearnsByHalfTheSoftGradient) {
    PaletteRig rig(3, 4);
    auto& leaves = rig.canvas->leaves();
    const at::Tensor picture = rig.canvas->decode()[0].permute({1, 2, 0}).flatten(0, 1);
    EXPECT_LT(at::cdist(picture, rig.colours()).amin(1).max().item<float>(), 1e-5);
    // The hard picture is a stair in the brightness: the slope is half of that of the mixture
    // between neighbouring levels, here of one palette alone.
    PaletteRig one(1, 3);
    auto& l = one.canvas->leaves();
    l[0].value.fill_(.3f);
    l[0].value.requires_grad_(true);
    torch::autograd::backward({one.canvas->decode().sum()}, {});
    const at::Tensor sorted = one.colours();
    const at::Tensor light = (sorted.square() * at::tensor({.299f, .587f, .114f})).sum(1);
    const at::Tensor order = light.argsort();
    const float slope = ((sorted[order[1].item<std::int64_t>()] - sorted[order[0].item<std::int64_t>()]).sum() * 2).item<float>(); // levels - 1 = 2
    EXPECT_NEAR(l[0].value.grad()[0][0][3][3].item<float>(), .5f * slope, 1e-4);
    EXPECT_EQ(leaves.size(), 3u);
}

// Two palettes of three levels, set by hand, sorted by brightness as they are used.
const float kHand[3][2][3] = {{{0, 0, 0}, {0, 0, .2f}}, {{.5f, .4f, .3f}, {.2f, .3f, .6f}}, {{1, .9f, .8f}, {.7f, .9f, 1}}};
void paintByHand(PaletteRig& rig, float value, float voteOfFirst) {
    auto& l = rig.canvas->leaves();
    l[0].value.fill_(value);
    l[1].value.select(1, 0).fill_(voteOfFirst);
    l[1].value.select(1, 1).fill_(0);
    l[2].value.copy_(at::from_blob(const_cast<float*>(&kHand[0][0][0]), {3, 2, 3}, at::kFloat) * 2);
}

TEST(Palette, P13ThePixelIsTheNearestLevelOfTheChosenPalette) {
    PaletteRig rig(2, 3);
    for (const auto& [value, level] : {std::pair{.2f, 0}, {.3f, 1}, {.7f, 1}, {.8f, 2}}) // levels change at .25 and .75
        for (const auto& [vote, palette] : {std::pair{1.f, 0}, {-1.f, 1}}) {
            paintByHand(rig, value, vote);
            const at::Tensor picture = rig.canvas->decode();
            for (int c = 0; c < 3; ++c) {
                EXPECT_NEAR(picture[0][c].min().item<float>(), kHand[level][palette][c], 1e-6) << value << " " << vote;
                EXPECT_NEAR(picture[0][c].max().item<float>(), kHand[level][palette][c], 1e-6);
            }
        }
}

TEST(Palette, P13VotesLearnByHalfTheSoftMixtureAndColoursByBoth) {
    PaletteRig rig(2, 3);
    constexpr float kValue = .3f, kVote = .4f, kPart = .6f; // .3 * 2 levels: six tenths from level 0 to level 1; nearest 1
    paintByHand(rig, kValue, kVote);
    auto& l = rig.canvas->leaves();
    for (auto& leaf : l) leaf.value.requires_grad_(true);
    torch::autograd::backward({rig.canvas->decode().sum()}, {});
    const float share[2] = {1 / (1 + std::exp(-kVote)), 1 / (1 + std::exp(kVote))};
    float between[2] = {0, 0};
    for (int p = 0; p < 2; ++p)
        for (int c = 0; c < 3; ++c) between[p] += kHand[0][p][c] * (1 - kPart) + kHand[1][p][c] * kPart;
    const float slope = share[0] * share[1] * (between[0] - between[1]); // of the soft picture by the first vote
    EXPECT_NEAR(l[1].value.grad()[0][0][5][7].item<float>(), .5f * slope, 1e-5);
    EXPECT_NEAR(l[1].value.grad()[0][1][5][7].item<float>(), -.5f * slope, 1e-5);
    const float pixels = 24 * 16;
    for (int p = 0; p < 2; ++p) {
        const float hard = p == 0 ? 1.f : 0.f; // the first palette has the vote, level 1 is the nearest
        EXPECT_NEAR(l[2].value.grad()[1][p][0].item<float>(), pixels * (hard + share[p] * kPart) / 2 / 2, 1e-2) << p; // a leaf holds colours doubled
        EXPECT_NEAR(l[2].value.grad()[0][p][0].item<float>(), pixels * share[p] * (1 - kPart) / 2 / 2, 1e-2) << p;
    }
}

TEST(Palette, P13RangeIsTheDistanceToTheRampAndNormalisationWantsAllPalettesInUseAndUnlike) {
    PaletteRig rig(2, 3);
    const auto extra = [&](float hdr, float use) {
        rig.show.set(param("palette.hdr"), hdr);
        rig.show.set(param("palette.normalise"), use);
        rig.canvas->configure(rig.show.now());
        return rig.canvas->extraLoss().item<float>();
    };
    auto& l = rig.canvas->leaves();
    l[2].value.zero_();
    EXPECT_NEAR(extra(1, 0), (0 + .25f + 1) / 3, 2e-3) << "black against the ramp 0, 1/2, 1";
    const auto vote = [&](float second) { // palette 0 is wanted on the left; the other there (1) or on the right (-1)
        const at::Tensor side = at::cat({at::ones({16, 12}), -at::ones({16, 12})}, 1);
        l[1].value[0][0].copy_(side);
        l[1].value[0][1].copy_(side * second);
        return extra(0, 1);
    };
    // Two shares that add up to 1 are each other's opposite: correlation -1, twice, over four places.
    const float high = 1 / (1 + std::exp(-2.f)), sigma = high - .5f;
    EXPECT_NEAR(vote(-1), -2.f / 4 + 1 / (24 * 16 * sigma), 1e-3);
    EXPECT_GT(vote(.9f), vote(-1)) << "a palette that is hardly told apart is idle";
    PaletteRig three(3, 3);
    three.show.set(param("palette.hdr"), 0);
    three.show.set(param("palette.normalise"), 1);
    three.canvas->configure(three.show.now());
    at::Tensor votes = three.canvas->leaves()[1].value;
    const at::Tensor left = at::cat({at::ones({16, 12}), at::zeros({16, 12})}, 1), top = at::cat({at::ones({8, 24}), at::zeros({8, 24})}, 0);
    votes.zero_();
    votes[0][0].copy_(left * 2);
    votes[0][1].copy_(left * 2);
    const float alike = three.canvas->extraLoss().item<float>();
    votes[0][1].copy_(top * 2);
    EXPECT_LT(three.canvas->extraLoss().item<float>(), alike) << "two palettes over the same places";
}

TEST(Palette, P13RangeAndSpreadWeighAsTheirRowsSayAndGammaBendsTheRamp) {
    PaletteRig rig(3, 4);
    const auto extra = [&](float hdr, float spread, float gamma) {
        rig.show.set(param("palette.hdr"), hdr);
        rig.show.set(param("palette.normalise"), spread);
        rig.show.set(param("palette.gamma"), gamma);
        rig.canvas->configure(rig.show.now());
        return rig.canvas->extraLoss().item<float>();
    };
    EXPECT_EQ(extra(0, 0, 1), 0);
    const float hdr = extra(.5f, 0, 1), spread = extra(0, .5f, 1);
    EXPECT_NEAR(extra(1, 0, 1), 2 * hdr, 1e-5);
    EXPECT_NEAR(extra(0, 1, 1), 2 * spread, 1e-5);
    EXPECT_NEAR(extra(.5f, .5f, 1), hdr + spread, 1e-5);
    EXPECT_GT(std::abs(extra(.5f, 0, 2) - hdr), 1e-3);
    // The range is met exactly by the ramp of greys.
    for (std::int64_t level = 0; level < 4; ++level) rig.canvas->leaves()[2].value.select(0, level).fill_(2 * std::pow(static_cast<float>(level) / 3, 2.f));
    EXPECT_NEAR(extra(1, 0, 2), 0, 1e-5);
}

TEST(Palette, P14ANewPaletteBeginsWithRandomColoursOfItsSeed) {
    const auto colours = [](std::uint64_t seed) {
        at::Generator random = at::detail::createCPUGenerator(seed);
        return makeCanvas(CanvasKind::Palette, {24, 16}, random)->leaves()[2].value.clone();
    };
    const at::Tensor first = colours(1);
    EXPECT_TRUE(at::equal(first, colours(1)));
    EXPECT_GT((first - colours(2)).abs().mean().item<float>(), .05f);
    EXPECT_GT((first.amax(-1) - first.amin(-1)).mean().item<float>(), .2f); // not a ramp of greys
}

TEST(Palette, P14TheLockKeepsTheColoursAndATargetBringsItsOwn) {
    PaletteRig rig(2, 3);
    rig.show.set(param("palette.lock"), 1);
    rig.canvas->configure(rig.show.now());
    const at::Tensor before = rig.colours().clone();
    rig.canvas->encode(at::rand({1, 3, 16, 24}));
    EXPECT_TRUE(at::equal(rig.colours(), before));
    EXPECT_EQ(rig.canvas->leaves()[2].rate, 0);
    rig.show.set(param("palette.lock"), 0);
    rig.canvas->configure(rig.show.now());
    EXPECT_GT(rig.canvas->leaves()[2].rate, 0);
    core::Image duotone{40, 40, {}}; // orange and teal
    for (int i = 0; i < 1600; ++i) duotone.rgba.insert(duotone.rgba.end(), {std::uint8_t(i % 40 < 20 ? 230 : 20), std::uint8_t(i % 40 < 20 ? 120 : 110), std::uint8_t(i % 40 < 20 ? 30 : 120), 255});
    rig.show.text(params::text("palette.target"), file(duotone, "duotone").string());
    rig.canvas->configure(rig.show.now());
    const at::Tensor orange = at::tensor({230 / 255.f, 120 / 255.f, 30 / 255.f}).unsqueeze(0), teal = at::tensor({20 / 255.f, 110 / 255.f, 120 / 255.f}).unsqueeze(0);
    EXPECT_LT(at::cdist(orange, rig.colours()).min().item<float>(), .05f);
    EXPECT_LT(at::cdist(teal, rig.colours()).min().item<float>(), .05f);
    EXPECT_EQ(rig.canvas->leaves()[2].rate, 0); // and keeps them
    rig.canvas->encode(at::zeros({1, 3, 16, 24}));
    EXPECT_LT(at::cdist(orange, rig.colours()).min().item<float>(), .05f);
    rig.show.text(params::text("palette.target"), "/nowhere/colours.png");
    rig.canvas->configure(rig.show.now());
    const auto problem = rig.canvas->problem();
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->id, core::ProblemId::PictureUnreadable);
    EXPECT_FALSE(rig.canvas->problem()); // said once
    EXPECT_GT(rig.canvas->leaves()[2].rate, 0);
}

TEST(Pictures, AMaskThatShipsWithAPresetIsFoundFromAnyFolder) {
    const auto gate = readPicture("masks/gate.png");
    ASSERT_TRUE(gate) << gate.problem().line();
    EXPECT_GT(gate.value()[0][0][72][128].item<float>(), 0.9f);
    EXPECT_LT(gate.value()[0][0][2][2].item<float>(), 0.1f);
    const auto missing = readPicture("masks/no such.png");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.problem().detail.find("no such.png"), std::string::npos);
}

} // namespace
