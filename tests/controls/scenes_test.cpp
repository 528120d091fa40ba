// The bank of scenes: in memory, on disk, and when the program is killed.
#include "controls/scenes.h"

#include "core/files.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace titanus::controls {
namespace {
namespace fs = std::filesystem;
using core::Image;
using params::Origin;
using params::param;

std::shared_ptr<const Image> plain(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    auto image = std::make_shared<Image>();
    image->width = width;
    image->height = height;
    for (int i = 0; i < width * height; ++i) image->rgba.insert(image->rgba.end(), {r, g, b, 255});
    return image;
}

Preset named(std::string name, float bloom = 0.3f) {
    Preset preset;
    preset.name = std::move(name);
    preset.show.values[param("look.bloom").value] = bloom;
    preset.show.texts[params::promptText(0).value] = "a reef";
    return preset;
}

// A bank that has read everything and had nothing to complain about.
struct Bank {
    explicit Bank(const fs::path& folder) : bank(folder) { bank.finishLoading(problems); }
    SceneBank bank;
    std::vector<core::Problem> problems;
};

std::size_t filesIn(const fs::path& folder, const char* extension) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) count += entry.path().extension() == extension;
    return count;
}

TEST(Scenes, WhatIsStoredComesBackAfterARestart) {
    TempFolder folder;
    const fs::path place = folder.path / "scenes";
    {
        Bank b(place);
        EXPECT_TRUE(b.bank.firstUse());
        b.bank.store(0, named("Reef", 0.25f), plain(64, 36, 200, 40, 20));
        b.bank.store(63, named("Cave", 0.75f), nullptr, 0x123456);
        b.bank.setTags(63, {"drop", "any \"odd\" tag"}, 0.9f);
    }
    Bank b(place);
    EXPECT_TRUE(b.problems.empty()) << b.problems[0].line();
    EXPECT_FALSE(b.bank.firstUse());
    ASSERT_NE(b.bank.at(0), nullptr);
    const Scene& reef = *b.bank.at(0);
    EXPECT_EQ(reef.preset.name, "Reef");
    EXPECT_EQ(reef.preset.show.values[param("look.bloom").value], 0.25f);
    EXPECT_EQ(reef.preset.show.texts[0], "a reef");
    ASSERT_TRUE(reef.canvas);
    EXPECT_EQ(reef.canvas->rgba, plain(64, 36, 200, 40, 20)->rgba);
    ASSERT_TRUE(reef.thumbnail);
    EXPECT_GT(reef.colour >> 16, reef.colour & 0xFF); // a red picture, a red pad
    ASSERT_NE(b.bank.at(63), nullptr);
    EXPECT_EQ(b.bank.at(63)->colour, 0x123456u);
    EXPECT_EQ(b.bank.at(63)->preset.tags, (std::vector<std::string>{"drop", "any \"odd\" tag"}));
    EXPECT_EQ(b.bank.at(63)->preset.energy, 0.9f);
    EXPECT_FALSE(b.bank.at(63)->canvas);
    EXPECT_EQ(b.bank.at(1), nullptr);
    EXPECT_EQ(b.bank.at(-1), nullptr);
    EXPECT_EQ(b.bank.at(64), nullptr);
    EXPECT_EQ(b.bank.find("reef"), 0);
    EXPECT_EQ(b.bank.firstEmpty(), 1);
}

TEST(Scenes, N6_ARecallComesBackToTheCanvasThatWasLeft) {
    Bank b({});
    b.bank.store(5, named("Reef"), plain(32, 18, 10, 20, 30));
    auto recall = b.bank.recall(5, 2, true);
    ASSERT_TRUE(recall);
    EXPECT_EQ(recall->pad, 5);
    EXPECT_EQ(recall->seconds, 2);
    ASSERT_TRUE(recall->canvas);
    EXPECT_EQ(recall->canvas->rgba[2], 30);
    const auto left = plain(32, 18, 90, 80, 70); // it was painted on since
    b.bank.keepCanvas(5, left);
    EXPECT_EQ(b.bank.recall(5, 0, true)->canvas, left);
    EXPECT_EQ(b.bank.at(5)->thumbnail->rgba[0], 90);
    EXPECT_FALSE(b.bank.recall(5, 0, false)->canvas); // scene.warm off
    EXPECT_FALSE(b.bank.recall(6, 0, true));
    EXPECT_FALSE(b.bank.recall(-1, 0, true));
}

TEST(Scenes, PadsAreRenamedMovedSwappedAndClearedOnDiskToo) {
    TempFolder folder;
    {
        Bank b(folder.path);
        b.bank.store(0, named("A"), plain(16, 9, 1, 0, 0));
        b.bank.store(1, named("B"), plain(16, 9, 2, 0, 0));
        b.bank.store(2, named("C"), plain(16, 9, 3, 0, 0));
        b.bank.store(3, named("D"), plain(16, 9, 4, 0, 0));
        b.bank.rename(0, "Alpha");
        b.bank.move(0, 1);  // swap
        b.bank.move(2, 40); // to an empty pad
        b.bank.clear(3);
        b.bank.move(9, 10); // nothing there
    }
    {
        Bank b(folder.path);
        EXPECT_TRUE(b.problems.empty());
        EXPECT_EQ(b.bank.at(0)->preset.name, "B");
        EXPECT_EQ(b.bank.at(0)->canvas->rgba[0], 2);
        EXPECT_EQ(b.bank.at(1)->preset.name, "Alpha");
        EXPECT_EQ(b.bank.at(1)->canvas->rgba[0], 1);
        EXPECT_EQ(b.bank.at(2), nullptr);
        EXPECT_EQ(b.bank.at(40)->preset.name, "C");
        EXPECT_EQ(b.bank.at(3), nullptr);
        EXPECT_FALSE(b.bank.restoreCleared()); // not over a restart
    }
    EXPECT_EQ(filesIn(folder.path, ".toml"), 3u);
    EXPECT_EQ(filesIn(folder.path, ".png"), 3u);
}

TEST(Scenes, AClearedSceneCanBeFetchedBack) {
    TempFolder folder;
    {
        Bank b(folder.path);
        b.bank.store(7, named("Precious"), plain(16, 9, 7, 7, 7));
        b.bank.flush();
        b.bank.clear(7);
        b.bank.flush();
        EXPECT_TRUE(b.bank.restoreCleared());
        EXPECT_FALSE(b.bank.restoreCleared());
    }
    Bank b(folder.path);
    ASSERT_NE(b.bank.at(7), nullptr);
    EXPECT_EQ(b.bank.at(7)->canvas->rgba[0], 7);
}

TEST(Scenes, ASwapThatWasCutShortIsFinished) {
    TempFolder folder;
    {
        Bank b(folder.path);
        b.bank.store(10, named("A"), nullptr);
        b.bank.store(20, named("B"), nullptr);
    }
    const auto oldB = core::readFile(folder.path / "scene-2.toml").value();
    {
        Bank b(folder.path);
        b.bank.move(10, 20);
    }
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "scene-2.toml", oldB)); // as if its write never happened
    for (int restart = 0; restart < 2; ++restart) {
        Bank b(folder.path);
        ASSERT_NE(b.bank.at(20), nullptr);
        ASSERT_NE(b.bank.at(10), nullptr);
        EXPECT_EQ(b.bank.at(20)->preset.name, "A");
        EXPECT_EQ(b.bank.at(10)->preset.name, "B");
    }
}

TEST(Scenes, BrokenFilesAreNamedAndTheOthersLoad) {
    TempFolder folder;
    {
        Bank b(folder.path);
        b.bank.store(0, named("Good"), plain(16, 9, 1, 2, 3));
        b.bank.store(1, named("Bad picture"), plain(16, 9, 4, 5, 6));
        b.bank.store(2, named("Bad file"), plain(16, 9, 4, 5, 6));
    }
    for (const auto& entry : fs::directory_iterator(folder.path)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("scene-2-")) { ASSERT_TRUE(core::writeFileAtomic(entry.path(), "not a picture")); }
    }
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "scene-3.toml", "pad = = 3"));
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "scene-4.toml", "schema = 1\n[scene]\npad = 65\n"));
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "scene-5.toml", "schema = 1\n[scene]\npad = 9\ncanvas = \"../../etc/x.png\"\n"));
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "readme.toml", "not ours"));
    Bank b(folder.path);
    ASSERT_EQ(b.problems.size(), 4u);
    EXPECT_EQ(b.bank.at(0)->preset.name, "Good");
    ASSERT_NE(b.bank.at(1), nullptr); // whole but for its picture
    EXPECT_FALSE(b.bank.at(1)->canvas);
    EXPECT_EQ(b.bank.at(2), nullptr);
    ASSERT_NE(b.bank.at(8), nullptr);
    EXPECT_FALSE(b.bank.at(8)->canvas);
    int named = 0;
    for (const auto& problem : b.problems)
        for (const char* file : {"scene-2-", "scene-3.toml:1", "scene-4.toml:2", "scene-5.toml:4"})
            named += problem.detail.find(file) != std::string::npos;
    EXPECT_EQ(named, 4);
    // The file that does not read is not overwritten by the next scene that is stored.
    b.bank.store(2, Preset{}, nullptr);
    b.bank.flush();
    EXPECT_EQ(core::readFile(folder.path / "scene-3.toml").value(), "pad = = 3");
}

TEST(Scenes, AReadOnlyFolderIsAProblemAndTheBankGoesOn) {
    TempFolder folder;
    const fs::path file = folder.path / "file"; // a file where the folder should be
    ASSERT_TRUE(core::writeFileAtomic(file, "x"));
    SceneBank bank(file / "scenes");
    bank.store(0, named("A"), plain(16, 9, 1, 1, 1));
    bank.flush();
    std::vector<core::Problem> problems;
    bank.poll(problems);
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(problems[0].id, core::ProblemId::OutputWriteFailed);
    EXPECT_TRUE(bank.recall(0, 0, true));
}

TEST(Scenes, StoringBeforeEverythingIsReadLosesNothing) {
    TempFolder folder;
    {
        Bank b(folder.path);
        for (int pad = 0; pad < 60; ++pad) b.bank.store(pad, named("old " + std::to_string(pad)), plain(160, 90, 1, 2, 3));
    }
    {
        SceneBank bank(folder.path); // still reading
        bank.store(0, named("new"), nullptr);
        std::vector<core::Problem> problems;
        bank.finishLoading(problems);
        EXPECT_EQ(bank.at(0)->preset.name, "new");
        EXPECT_NE(bank.find("old 0"), -1); // moved aside
    }
    Bank b(folder.path);
    EXPECT_EQ(b.bank.at(0)->preset.name, "new");
    for (int pad = 0; pad < 60; ++pad) EXPECT_NE(b.bank.find("old " + std::to_string(pad)), -1) << pad;
}

// ---- states ------------------------------------------------------------------------------------

TEST(Scenes, L12_PadStatesFollowWhoeverCausedThem) {
    Bank b({});
    params::Store store;
    store.recall(named("A").show, Origin::Preset);
    const auto state = [&](int pad, bool blending = false, int pending = -1) {
        return b.bank.states(store, blending, pending)[static_cast<std::size_t>(pad)];
    };
    EXPECT_EQ(state(0), PadState::Empty);
    b.bank.store(0, named("A"), nullptr);
    b.bank.store(1, named("B"), nullptr);
    EXPECT_EQ(state(0), PadState::Stored);
    b.bank.setActive(0);
    EXPECT_EQ(state(0), PadState::Active);
    EXPECT_EQ(state(1), PadState::Stored);
    store.apply({param("look.bloom"), 0.9f, Origin::Midi, 0});
    EXPECT_EQ(state(0), PadState::Modified);
    store.apply({param("look.bloom"), 0.3f, Origin::Osc, 0});
    EXPECT_EQ(state(0), PadState::Active);
    store.setText(params::promptText(0), "other");
    EXPECT_EQ(state(0), PadState::Modified);
    EXPECT_EQ(state(0, true), PadState::Blending);
    EXPECT_EQ(state(1, false, 1), PadState::Blending); // waits for its line
    EXPECT_EQ(state(2, false, 2), PadState::Empty);
    b.bank.store(0, named("A"), nullptr); // differs from the store in its text
    EXPECT_EQ(state(0), PadState::Modified);
    store.setText(params::promptText(0), "a reef");
    EXPECT_EQ(state(0), PadState::Active);
    b.bank.move(0, 9);
    EXPECT_EQ(state(9), PadState::Active);
    b.bank.clear(9);
    EXPECT_EQ(state(9), PadState::Empty);
    EXPECT_EQ(b.bank.active(), -1);
    b.bank.setActive(30); // empty
    EXPECT_EQ(b.bank.active(), -1);
}

TEST(Scenes, MachineSettingsDoNotMakeASceneModified) {
    Bank b({});
    params::Store store;
    b.bank.store(0, Preset{}, nullptr);
    b.bank.setActive(0);
    store.apply({param("output.brightness"), 0.2f, Origin::Ui, 0});
    EXPECT_EQ(b.bank.states(store, false)[0], PadState::Active);
}

TEST(Scenes, ThumbnailsAverageAndKeepTheShape) {
    auto image = std::make_shared<Image>();
    image->width = 512;
    image->height = 288;
    image->rgba.assign(512 * 288 * 4, 0);
    for (int y = 0; y < 288; ++y)
        for (int x = 0; x < 512; ++x) image->at(x, y)[0] = (x + y) % 2 ? 255 : 0;
    const auto small = thumbnailOf(*image);
    ASSERT_TRUE(small);
    EXPECT_EQ(small->width, kThumbnailWidth);
    EXPECT_EQ(small->height, 72);
    for (int x = 0; x < small->width; ++x) {
        EXPECT_NEAR(small->at(x, 30)[0], 128, 1);
        EXPECT_EQ(small->at(x, 30)[3], 255);
    }
    EXPECT_EQ(thumbnailOf(*plain(40, 10, 1, 2, 3))->width, 40); // never enlarged
    EXPECT_FALSE(thumbnailOf(Image{}));
    const auto eight = imageOf({0, 0.5f, 1, 0, -1, 2, std::nanf(""), 0.5f}, 2, 1);
    EXPECT_EQ(eight->rgba, (std::vector<std::uint8_t>{0, 128, 255, 255, 0, 255, 0, 255}));
    EXPECT_FALSE(imageOf({0, 0}, 2, 2));
}

TEST(PadHands, AStoreButtonThenAPadStoresOnce) {
    using params::Action;
    PadHands hands;
    const auto press = [&](Action action, int argument) { return hands.press({action, argument, Origin::Midi, 0}); };
    using Kind = PadHands::Act::Kind;
    EXPECT_EQ(press(Action::SceneRecall, 4).kind, Kind::Recall);
    EXPECT_EQ(press(Action::SceneStore, -1).kind, Kind::None);
    EXPECT_TRUE(hands.storing());
    const auto act = press(Action::SceneRecall, 4);
    EXPECT_EQ(act.kind, Kind::Store);
    EXPECT_EQ(act.pad, 4);
    EXPECT_EQ(press(Action::SceneRecall, 4).kind, Kind::Recall); // once
    press(Action::SceneClear, -1);
    EXPECT_TRUE(hands.clearing());
    press(Action::SceneStore, -1); // changed one's mind
    EXPECT_TRUE(hands.storing());
    press(Action::SceneStore, -1);
    EXPECT_FALSE(hands.storing());
    EXPECT_EQ(press(Action::SceneClear, 9).kind, Kind::Clear);
    EXPECT_EQ(press(Action::SceneStore, 9).kind, Kind::Store);
    EXPECT_EQ(press(Action::SceneRecall, 64).kind, Kind::None);
    EXPECT_EQ(press(Action::Blackout, 1).kind, Kind::None);
}

// ---- killed ------------------------------------------------------------------------------------

// A program that stores, swaps and clears as fast as it can is killed at a random moment. What it
// had reported as written must be there or newer, and every scene must be whole: name, number and
// picture of one and the same version.
TEST(Scenes, L29_KilledInTheMiddleEveryPadIsTheOldOrTheNewScene) {
    std::mt19937 random(11);
    for (int round = 0; round < 12; ++round) {
        TempFolder folder;
        int pipe[2];
        ASSERT_EQ(::pipe(pipe), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(pipe[0]);
            SceneBank bank(folder.path);
            for (int version = 1; version < 250; ++version) {
                for (int pad = 0; pad < 3; ++pad) {
                    const auto v = static_cast<std::uint8_t>(version);
                    bank.store(pad, named(std::to_string(pad) + " " + std::to_string(version), static_cast<float>(version) / 256),
                               plain(48, 27, v, static_cast<std::uint8_t>(pad), 9));
                }
                if (version % 3 == 0) bank.flush();
                const auto written = static_cast<unsigned char>(version);
                if (version % 3 == 0 && ::write(pipe[1], &written, 1) != 1) ::_exit(1);
            }
            ::_exit(0);
        }
        ::close(pipe[1]);
        unsigned char first = 0;
        ASSERT_EQ(::read(pipe[0], &first, 1), 1); // it runs
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 60000));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        int known = first;
        for (unsigned char last = 0; ::read(pipe[0], &last, 1) == 1;) known = last;
        ::close(pipe[0]);

        Bank b(folder.path);
        for (const auto& problem : b.problems) ADD_FAILURE() << problem.line();
        for (int pad = 0; pad < 3; ++pad) {
            const Scene* scene = b.bank.at(pad);
            ASSERT_NE(scene, nullptr) << "pad " << pad << " lost after version " << known;
            const int version = std::stoi(scene->preset.name.substr(2));
            EXPECT_GE(version, known);
            EXPECT_EQ(scene->preset.name[0] - '0', pad);
            EXPECT_EQ(scene->preset.show.values[param("look.bloom").value], static_cast<float>(version) / 256);
            ASSERT_TRUE(scene->canvas);
            EXPECT_EQ(scene->canvas->rgba, plain(48, 27, static_cast<std::uint8_t>(version), static_cast<std::uint8_t>(pad), 9)->rgba);
        }
        b.bank.flush();
        EXPECT_EQ(filesIn(folder.path, ".toml"), 3u);
        EXPECT_EQ(filesIn(folder.path, ".png"), 3u) << "pictures that no scene names stayed behind";
    }
}

} // namespace
} // namespace titanus::controls
