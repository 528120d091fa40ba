// The desk under hands, and the same set played again from its log.
#include "app/replay.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace titanus::app {
namespace {
using params::Action;
using params::Origin;
using params::param;

constexpr double kFrame = 1.0 / 60;

controls::ControlLogHeader headerOf(const Desk& desk) {
    controls::ControlLogHeader header;
    header.program = "test";
    header.start = desk.store().show();
    return header;
}

TEST(DeskTest, L29_APresetAskedForAtTheStartLeavesTheRoomsSettings) {
    ProblemBoard problems;
    controls::Session session;
    {
        params::Store last;
        last.apply({param("output.gamma"), 1.4f, Origin::Ui, 0});
        last.apply({param("output.top_left_x"), 0.1f, Origin::Ui, 0});
        last.apply({param("look.hue"), 77, Origin::Ui, 0});
        last.setText(params::text("output.display"), "HDMI-1");
        session = controls::captureSession(last, {});
    }
    Desk desk(problems, true);
    CommonOptions options;
    options.preset = "2";
    ASSERT_TRUE(desk.begin(options, session));
    EXPECT_EQ(desk.presetIndex(), 1);
    EXPECT_EQ(desk.store()[param("output.gamma")], 1.4f);
    EXPECT_EQ(desk.store()[param("output.top_left_x")], 0.1f);
    EXPECT_EQ(desk.store()[params::text("output.display")], "HDMI-1");
    EXPECT_EQ(desk.store()[param("look.hue")], desk.preset().show.values[param("look.hue").value]) << "of the last show";
    Desk again(problems, true);
    ASSERT_TRUE(again.begin({}, session));
    EXPECT_EQ(again.store()[param("look.hue")], 77);
    EXPECT_EQ(again.store()[param("output.gamma")], 1.4f);
}

// The fader of a blend is part of the blend, on the screen as well; a log that is played again must say so too.
TEST(DeskTest, L15_L20_OneUndoTakesABlendOnScreenBackInTheSetAndInItsReplay) {
    TempFolder folder;
    const std::string file = folder.path / "set.tlog";
    ProblemBoard problems;
    Desk live(problems, true);
    live.store().forgetHistory();
    auto log = controls::ControlLogWriter::create(file, headerOf(live));
    ASSERT_TRUE(log);
    live.setLog(log.value().get());
    double now = 0;
    const auto frame = [&] {
        log.value()->frame(now, 0, {});
        live.step(now);
        log.value()->check(controls::hashOf(live.store()));
        now += kFrame;
    };
    live.change({param("look.hue"), 100, Origin::Ui, now});
    frame();
    controls::Preset second;
    second.show = live.store().show();
    second.show.values[param("look.hue").value] = 40;
    live.blend(second, Origin::Preset, now);
    for (const float x : {0.2f, 0.9f, 0.5f}) {
        live.change({controls::kBlendFader, x, Origin::Ui, now});
        frame();
        now += 2; // no drag: each would be a step of its own
    }
    EXPECT_NEAR(live.store()[param("look.hue")], 70, 1e-3);
    live.act({Action::Undo, 0, Origin::Key, now});
    frame();
    EXPECT_EQ(live.store()[param("look.hue")], 100);
    live.act({Action::Undo, 0, Origin::Key, now});
    frame();
    EXPECT_EQ(live.store()[param("look.hue")], params::row(param("look.hue")).def);
    live.setLog(nullptr);
    const std::uint64_t hash = controls::hashOf(live.store());
    log.value().reset();

    Desk again(problems, true);
    auto replay = Replay::open(file);
    ASSERT_TRUE(replay);
    replay.value()->begin(again, problems);
    replay.value()->advance(1e9, again);
    EXPECT_EQ(again.store()[param("look.hue")], params::row(param("look.hue")).def);
    EXPECT_EQ(controls::hashOf(again.store()), hash);
}

} // namespace
} // namespace titanus::app
