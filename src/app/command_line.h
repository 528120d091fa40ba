#pragma once
// The command line, a stable contract: every command with its options, parsed into plain values.
// Thread: main   Errors: one line and exit code 2 (usage)
#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace titanus::app {

struct Size { int width = 0, height = 0; };

// What reckons the painting, and how; the order is that of guidance::DeviceChoice and guidance::Precision.
inline constexpr std::array<const char*, 2> kDevices{"auto", "cpu"};
inline constexpr std::array<const char*, 4> kPrecisions{"auto", "float32", "bfloat16", "float16"};

struct CommonOptions {
    std::string preset, model;             // preset: name, number or file; empty: the first
    std::vector<std::string> assignments;  // --set id=value
    std::vector<std::string> prompts;      // --prompt: text of slots 1..8
    std::vector<std::string> guides;       // --guide: models that judge beside it, PATH or PATH:WEIGHT
    std::string device = "auto";           // --device: one of kDevices
    std::string precision = "auto";        // --precision: one of kPrecisions
    std::uint64_t seed = 1;
};

struct PlayOptions : CommonOptions {
    std::string input; // empty: as last time, at first the demo
    std::string outputDisplay, statsFile, recordFile, oscListen, oscSend, midiVirtual;
    std::string cuesFile, logFile, replayFile; // logFile empty: a new one with the state
    Size size{1280, 720};
    double durationSeconds = 0; // 0: until closed
    bool headless = false, fullScreen = false, safeMode = false;
};
struct RenderOptions : CommonOptions {
    std::string track = "demo", output, cuesFile, logFile; // logFile: a set to be rendered
    bool trackGiven = false;
    std::vector<std::string> sweeps;      // --sweep id=a,b,c: one output for each
    double seconds = 0, startSeconds = 0; // seconds 0: to the end of the track
    double fps = 30;
    Size size{1280, 720};
    int stepsPerFrame = 1;
};
struct DrawOptions : CommonOptions {
    std::string prompt, output = "titanus-draw.png";
    int steps = 120;
    Size size{768, 768};
    bool raw = false; // the canvas itself, without the look
};
struct AnalyseOptions { std::string file; };
struct EncodeOptions {
    std::string model;
    std::vector<std::string> texts, images;
    bool tokens = false;
};
struct ModelsOptions { std::string verb, name, to; };
struct ImportOptions { std::string file, output; }; // PyTTI settings to a preset
struct IconOptions { std::string output; int side = 256; };
struct BenchOptions { std::string what, model, input, output; double seconds = 5; };
struct ParamsOptions { bool markdown = false; };
struct DevicesOptions {};

using Command = std::variant<PlayOptions, RenderOptions, DrawOptions, AnalyseOptions, EncodeOptions,
                             ModelsOptions, ImportOptions, IconOptions, BenchOptions, ParamsOptions, DevicesOptions>;

// The command, or the exit code with which the program ends at once (help printed: 0, usage: 2).
std::variant<Command, int> parseCommandLine(int argc, const char* const* argv);

} // namespace titanus::app
