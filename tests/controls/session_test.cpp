#include "controls/session.h"

#include "core/files.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace titanus::controls {
namespace {
using params::Origin;
using params::param;

params::Store playedStore(float zoom = 0.5f) {
    params::Store store;
    store.apply({param("camera.zoom"), zoom, Origin::Ui, 0});
    store.apply({param("audio.gain_db"), 6, Origin::Ui, 0});
    store.apply({param("output.fit"), 1, Origin::Ui, 0});
    store.setText(params::promptText(1), "a whale");
    store.setText(params::text("audio.input"), "device:Scarlett \"2i2\"");
    store.setRoutes({{.source = params::Source::Hat, .target = param("look.bloom"), .depth = -0.25f}});
    store.setFormulas({{param("look.hue"), "90*sin(t)"}});
    store.setText(params::text("prompt.prefix"), "an oil painting of");
    return store;
}

TEST(Session, BringsBackShowAndMachine) {
    TempFolder folder;
    const auto file = folder.path / "state" / "session.toml";
    const params::Store before = playedStore();
    Preset current;
    current.name = "Coral reef";
    ASSERT_TRUE(saveSession(file, captureSession(before, current)));
    std::vector<core::Problem> problems;
    const auto session = loadSession(file, &problems);
    ASSERT_TRUE(session);
    EXPECT_TRUE(problems.empty());
    params::Store after;
    restoreSession(*session, after);
    EXPECT_EQ(after.snapshot().values, before.snapshot().values);
    EXPECT_EQ(after.texts()->values, before.texts()->values);
    EXPECT_EQ(after.routes(), before.routes());
    EXPECT_EQ(after.formulas(), before.formulas());
    EXPECT_EQ(session->preset.name, "Coral reef");
    EXPECT_FALSE(after.undo()); // restoring is no step
}

TEST(Session, KeepsThreeOlderCopies) {
    TempFolder folder;
    const auto file = folder.path / "session.toml";
    for (int i = 1; i <= 6; ++i)
        ASSERT_TRUE(saveSession(file, captureSession(playedStore(static_cast<float>(i) / 10), {})));
    for (int n = 0; n <= 3; ++n) {
        const auto path = n ? std::filesystem::path(file.string() + "." + std::to_string(n)) : file;
        const auto session = parseSession(core::readFile(path).value(), "x");
        ASSERT_TRUE(session);
        EXPECT_EQ(session.value().preset.show.values[param("camera.zoom").value], static_cast<float>(6 - n) / 10);
    }
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".4"));
}

TEST(Session, ABrokenFileFallsBackToTheNewestCopyThatReads) {
    TempFolder folder;
    const auto file = folder.path / "session.toml";
    for (int i = 1; i <= 3; ++i) ASSERT_TRUE(saveSession(file, captureSession(playedStore(static_cast<float>(i) / 10), {})));
    ASSERT_TRUE(core::writeFileAtomic(file, ""));                        // a full disk
    ASSERT_TRUE(core::writeFileAtomic(file.string() + ".1", "schema = ")); // a torn file
    std::vector<core::Problem> problems;
    const auto session = loadSession(file, &problems);
    ASSERT_TRUE(session);
    EXPECT_EQ(session->preset.show.values[param("camera.zoom").value], 0.1f);
    EXPECT_EQ(problems.size(), 2u);
}

TEST(Session, NoFileIsNoSession) {
    TempFolder folder;
    std::vector<core::Problem> problems;
    EXPECT_FALSE(loadSession(folder.path / "session.toml", &problems));
    EXPECT_TRUE(problems.empty());
}

TEST(Session, UnknownMachineKeysWarn) {
    std::vector<core::Problem> warnings;
    ASSERT_TRUE(parseSession("schema = 1\n[machine]\naudio.gain_db = 99\nnope = 1\n", "s.toml", &warnings));
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_TRUE(warnings[0].detail.starts_with("s.toml:3:"));
    EXPECT_EQ(warnings[1].id, core::ProblemId::PresetUnknownKey);
}

} // namespace
} // namespace titanus::controls
