// The program as a process: exit codes, one clear line for bad input, data on stdout.
#include "core/files.h"
#include "core/image.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using nlohmann::json;
using titanus::core::readFile;
using titanus::core::writeFileAtomic;
using titanus::scratch;

namespace {

struct Finished { int code = -1; std::string out, err; };

// With a home of its own and no display, so that nothing of the tester's machine shows through.
Finished run(const std::string& arguments, const std::string& environment = "") {
    const std::string home = scratch().string();
    const std::string line = "cd " + home + " && env -u DISPLAY -u WAYLAND_DISPLAY HOME=" + home + " XDG_CONFIG_HOME=" + home +
                             "/config XDG_STATE_HOME=" + home + "/state " + environment + " timeout 240 " TITANUS_PROGRAM " " + arguments +
                             " > out.txt 2> err.txt < /dev/null";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, readFile(scratch() / "out.txt").value(), readFile(scratch() / "err.txt").value()};
}

// Exactly one line, of ours, that names the thing and has a remedy in brackets.
void expectOneLine(const Finished& r, int code, const std::string& thing) {
    EXPECT_EQ(r.code, code) << r.err;
    EXPECT_NE(r.err.find(thing), std::string::npos) << r.err;
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
    EXPECT_EQ(r.err.rfind("titanus: error: ", 0), 0u) << r.err;
    EXPECT_NE(r.err.find('('), std::string::npos) << r.err;
}

TEST(Program, UnknownArgumentIsUsage) { expectOneLine(run("--nonsense"), 2, "--nonsense"); }
TEST(Program, MissingDeviceIsOneLine) { expectOneLine(run("play --headless --input \"device:No Such Card\""), 1, "No Such Card"); }
TEST(Program, UnreadableSoundIsOneLine) {
    ASSERT_TRUE(writeFileAtomic(scratch() / "not.wav", "this is no sound"));
    expectOneLine(run("analyse not.wav"), 1, "not.wav");
    expectOneLine(run("play --headless --input not.wav"), 1, "not.wav");
    expectOneLine(run("render --track not.wav -o x.mp4"), 1, "not.wav");
    expectOneLine(run("analyse missing.wav"), 1, "missing.wav");
}
TEST(Program, ZeroLengthSoundIsOneLine) {
    // A WAV header and no samples.
    const unsigned char header[] = {'R', 'I', 'F', 'F', 36, 0, 0, 0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0, 1, 0,
                                    0x44, 0xAC, 0, 0, 0x88, 0x58, 1, 0, 2, 0, 16, 0, 'd', 'a', 't', 'a', 0, 0, 0, 0};
    ASSERT_TRUE(writeFileAtomic(scratch() / "empty.wav", std::string(reinterpret_cast<const char*>(header), sizeof header)));
    expectOneLine(run("analyse empty.wav"), 1, "empty.wav");
}
TEST(Program, UnknownParameterSuggestsTheNearest) {
    const Finished r = run("play --headless --set camera.zom=1");
    expectOneLine(r, 1, "camera.zom");
    EXPECT_NE(r.err.find("camera.zoom"), std::string::npos);
    expectOneLine(run("play --headless --set camera.zoom=banana"), 1, "banana");
}
TEST(Program, UnknownPresetAndBrokenTomlAreOneLine) {
    expectOneLine(run("play --headless --preset no-such-preset"), 1, "no-such-preset");
    ASSERT_TRUE(writeFileAtomic(scratch() / "broken.toml", "schema = 1\nname = \"x\n[values\n"));
    expectOneLine(run("play --headless --preset broken.toml"), 1, "broken.toml:2");
}
TEST(Program, UnknownPresetKeyWarnsAndPlays) {
    ASSERT_TRUE(writeFileAtomic(scratch() / "odd.toml", "schema = 1\nname = \"Odd\"\n[values]\ncamera.warp9 = 1\n"));
    const Finished r = run("play --headless --input silence --duration 1 --preset odd.toml");
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_NE(r.err.find("camera.warp9"), std::string::npos) << r.err;
}
TEST(Program, NoDisplayIsOneLine) { expectOneLine(run("play", "SDL_VIDEODRIVER=x11"), 1, "OpenGL"); }
TEST(Program, UnknownOutputEndingIsOneLine) { expectOneLine(run("render --seconds 1 -o film.xyz"), 1, "film.xyz"); }
TEST(Program, BusyOscPortAndBadAddressAreOneLine) { expectOneLine(run("play --headless --input silence --osc-listen nonsense"), 1, "nonsense"); }

TEST(Program, BrokenModelIsOneLine) {
    if (!TITANUS_HAS_TORCH) GTEST_SKIP() << "built without torch: no model is read";
    const fs::path good = titanus::core::dataDir("models") / "titanus-guide", bad = scratch() / "model";
    fs::create_directories(bad);
    for (const char* name : {"config.json", "merges.txt", "model.safetensors"})
        fs::copy_file(good / name, bad / name, fs::copy_options::overwrite_existing);
    fs::resize_file(bad / "model.safetensors", 5000000);
    expectOneLine(run("models verify model"), 1, "model.safetensors");
    expectOneLine(run("draw --prompt x --steps 1 --model model"), 1, "model.safetensors");
    expectOneLine(run("play --headless --input silence --model model"), 1, "model.safetensors");
    expectOneLine(run("draw --prompt x --steps 1 --model nowhere"), 1, "nowhere");
}
TEST(Program, PromptThatCannotBeParsedNamesTheColumnOverACaret) {
    const Finished r = run("draw --prompt 'a fox:much' --steps 1");
    const std::size_t first = r.err.find('\n');
    ASSERT_NE(first, std::string::npos) << r.err;
    expectOneLine({r.code, r.out, r.err.substr(0, first + 1)}, 1, "column 7");
    EXPECT_EQ(r.err.substr(first), "\n    a fox:much\n          ^\n");
}

TEST(Program, ParamsPrintsTheCatalogueOnStdout) {
    const Finished r = run("params");
    EXPECT_EQ(r.code, 0);
    EXPECT_NE(r.out.find("camera.zoom"), std::string::npos);
    EXPECT_TRUE(r.err.empty()) << r.err;
}
TEST(Program, L29_TheInputOfLastTimeIsHeardAgainAndAbsentIsWaitedFor) {
    const fs::path state = scratch() / "state";
    fs::remove_all(state);
    const Finished first = run("--headless --duration 1");
    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_NE(first.err.find("input demo"), std::string::npos) << first.err;
    ASSERT_TRUE(writeFileAtomic(state / "titanus/session.toml", "schema = 1\n[machine]\naudio.input = \"device:No Such Card\"\n"));
    const Finished waiting = run("--headless --duration 2");
    EXPECT_EQ(waiting.code, 0) << waiting.err; // the show goes on
    EXPECT_NE(waiting.err.find("No Such Card"), std::string::npos) << waiting.err;
    ASSERT_EQ(run("--headless --input silence --duration 1").code, 0); // an input that is named wins
    const Finished again = run("--headless --duration 1");
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_NE(again.err.find("input silence"), std::string::npos) << again.err;
    fs::remove_all(state); // the tests after it hear the demo
}
TEST(Program, DevicesAlwaysAnswers) {
    const Finished r = run("devices");
    EXPECT_EQ(r.code, 0);
    for (const char* title : {"Sound inputs", "MIDI inputs", "Displays"}) EXPECT_NE(r.out.find(title), std::string::npos);
}
TEST(Program, ModelsVerifyReproducesTheGoldens) {
    if (!TITANUS_HAS_TORCH) GTEST_SKIP() << "built without torch";
    const Finished r = run("models verify " + (titanus::core::dataDir("models") / "titanus-guide").string());
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(json::parse(r.out).at("goldens"), "all reproduced");
}
TEST(Program, EncodeGivesUnitVectorsAndTheGoldenIds) {
    if (!TITANUS_HAS_TORCH) GTEST_SKIP() << "built without torch";
    const json texts = json::parse(run("encode --text 'a photo of a jellyfish'").out);
    double square = 0;
    for (double v : texts.at(0).at("embedding")) square += v * v;
    EXPECT_NEAR(square, 1, 1e-4);
    const json golden = json::parse(readFile(titanus::core::dataDir("models") / "titanus-guide/goldens.json").value());
    const json tokens = json::parse(run("encode --tokens --text 'a photo of a jellyfish'").out);
    EXPECT_EQ(tokens.at(0).at("ids"), golden.at("tokens").at("a photo of a jellyfish"));
}
TEST(Program, L28_HeadlessShowWritesCompleteFigures) {
    const Finished r = run("play --headless --duration 4 --stats stats.json --prompt 'a red spiral' --set camera.zoom=0.1");
    ASSERT_EQ(r.code, 0) << r.err;
    const json stats = json::parse(readFile(scratch() / "stats.json").value());
    EXPECT_FLOAT_EQ(stats.at("parameters").at("camera.zoom"), 0.1f);
    EXPECT_GT(stats.at("steps").get<int>(), 0);
    EXPECT_GT(stats.at("onsets").at("kick").get<int>(), 2);
    EXPECT_GT(stats.at("frames").get<int>(), 20);
    EXPECT_TRUE(stats.at("presence").contains("a red spiral"));
    for (const char* key : {"stepsPerSecond", "fps", "missedDeadlines", "bpm", "canvasAgeMs", "audio", "problems"}) EXPECT_TRUE(stats.contains(key)) << key;
}
// A machine that was never prepared: an empty home and no network at all.
TEST(Program, A11_PaintsWithWhatIsShippedAlone) {
    if (std::system("unshare -rn true 2> /dev/null") != 0) GTEST_SKIP() << "this system lets nobody leave the network (unshare -rn)";
    const fs::path home = scratch() / "bare";
    fs::create_directories(home);
    const std::string where = "HOME=" + home.string() + " XDG_CONFIG_HOME=" + home.string() + "/config XDG_STATE_HOME=" + home.string() + "/state XDG_CACHE_HOME=" + home.string() + "/cache";
    const Finished r = run("play --headless --duration 4 --stats bare.json --prompt 'a red spiral'", where + " unshare -rn");
    ASSERT_EQ(r.code, 0) << r.err;
    const json stats = json::parse(readFile(scratch() / "bare.json").value());
    EXPECT_GT(stats.at("steps").get<int>(), 0);
    EXPECT_GT(stats.at("firstPictureSeconds").get<double>(), 0) << "no picture of the painter came";
    EXPECT_FALSE(fs::exists(home / "cache")) << "something was built or fetched";
}

TEST(Program, SameArgumentsRenderTheSameFrames) {
    for (const char* folder : {"a", "b"}) {
        const Finished r = run(std::string("render --track demo --seconds 0.5 --fps 8 --size 160x90 --set canvas.side=64 --set guide.crops=2 -o ") + folder);
        if (r.err.find("OpenGL 4.1 is not available") != std::string::npos) GTEST_SKIP() << "no OpenGL here: " << r.err;
        ASSERT_EQ(r.code, 0) << r.err;
    }
    int frames = 0;
    for (const auto& entry : fs::directory_iterator(scratch() / "a")) {
        EXPECT_EQ(readFile(entry.path()).value(), readFile(scratch() / "b" / entry.path().filename()).value()) << entry.path();
        frames += entry.path().extension() == ".png";
    }
    EXPECT_EQ(frames, 4);
    EXPECT_TRUE(fs::exists(scratch() / "a/sound.wav"));
    // And they move: the first and the last differ.
    EXPECT_NE(readFile(scratch() / "a/frame_000000.png").value(), readFile(scratch() / "a/frame_000003.png").value());
}

// A set that was played is played again: the same hands, the same ears.
TEST(Program, ASetIsLoggedAndReplayedWithWhatItHeard) {
    ASSERT_EQ(run("--headless --input demo --duration 4 --log set.tlog --stats live.json --set camera.zoom=0.25").code, 0);
    ASSERT_EQ(run("replay set.tlog --headless --stats again.json").code, 0);
    const json live = json::parse(readFile(scratch() / "live.json").value()), again = json::parse(readFile(scratch() / "again.json").value());
    EXPECT_GT(live["onsets"]["kick"].get<int>(), 2);
    EXPECT_EQ(live["onsets"], again["onsets"]);
    EXPECT_EQ(live["parameters"]["camera.zoom"], again["parameters"]["camera.zoom"]);
    EXPECT_EQ(live["bpm"], again["bpm"]);
    ASSERT_TRUE(writeFileAtomic(scratch() / "not.tlog", "this is no log"));
    expectOneLine(run("replay not.tlog --headless"), 1, "not.tlog");
    expectOneLine(run("render --log missing.tlog -o x.mp4"), 1, "missing.tlog");
}

TEST(Program, ALogRendersTheSamePicturesTwice) {
    ASSERT_EQ(run("--headless --input demo --duration 3 --log twice.tlog").code, 0);
    for (const char* out : {"one", "two"}) {
        const Finished r = run(std::string("render --log twice.tlog --seconds 1 --fps 5 --size 96x64 -o ") + out);
        ASSERT_EQ(r.code, 0) << r.err;
    }
    int pictures = 0;
    for (const auto& entry : fs::directory_iterator(scratch() / "one")) {
        ASSERT_TRUE(fs::exists(scratch() / "two" / entry.path().filename()));
        EXPECT_EQ(readFile(entry.path()).value(), readFile(scratch() / "two" / entry.path().filename()).value());
        pictures += entry.path().extension() == ".png";
    }
    EXPECT_EQ(pictures, 5);
}

// L29: what was played a second ago is there again after the worst of ends.
TEST(Program, L29_KilledAndStartedAgainTheShowIsTheSame) {
    const std::string home = scratch().string();
    const std::string line = "cd " + home + " && env -u DISPLAY -u WAYLAND_DISPLAY HOME=" + home + " XDG_CONFIG_HOME=" + home + "/config XDG_STATE_HOME=" +
                             home + "/state timeout -s KILL 8 " TITANUS_PROGRAM " --headless --preset Galaxy --set camera.roll=12.5 > /dev/null 2>&1";
    static_cast<void>(std::system(line.c_str()));
    EXPECT_TRUE(fs::exists(scratch() / "state/titanus/canvas.png"));
    ASSERT_EQ(run("--headless --duration 2 --stats back.json").code, 0);
    const json back = json::parse(readFile(scratch() / "back.json").value());
    EXPECT_EQ(back["parameters"]["camera.roll"].get<double>(), 12.5);
    fs::remove_all(scratch() / "state");
}

TEST(Program, ASecondProgramPlaysButLeavesTheJournalAlone) {
    const std::string home = scratch().string();
    const std::string line = "cd " + home + " && env -u DISPLAY HOME=" + home + " XDG_STATE_HOME=" + home +
                             "/state timeout 12 " TITANUS_PROGRAM " --headless --duration 8 > /dev/null 2>&1 < /dev/null";
    FILE* const first = ::popen(line.c_str(), "r");
    ASSERT_NE(first, nullptr);
    ::sleep(3);
    const Finished second = run("--headless --duration 1");
    EXPECT_EQ(second.code, 0) << second.err;
    EXPECT_NE(second.err.find("another Titanus"), std::string::npos) << second.err;
    ::pclose(first); // it writes its state when it ends: the folder has to be there until then
}

} // namespace
