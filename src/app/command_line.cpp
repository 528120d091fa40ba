#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace titanus::app {
namespace {

// "WxH" with both sides in 16..8192.
CLI::Option* addSize(CLI::App& app, Size& size, const std::string& help) {
    return app
        .add_option_function<std::string>(
            "--size",
            [&size](const std::string& text) {
                Size parsed;
                const char* end = text.data() + text.size();
                const auto [x, first] = std::from_chars(text.data(), end, parsed.width);
                const bool cross = first == std::errc{} && x != end && *x == 'x';
                const auto [last, second] = cross ? std::from_chars(x + 1, end, parsed.height)
                                                  : std::from_chars_result{x, std::errc::invalid_argument};
                const auto legal = [](int side) { return side >= 16 && side <= 8192; };
                if (second != std::errc{} || last != end || !legal(parsed.width) || !legal(parsed.height))
                    throw CLI::ValidationError("--size", text + ": write WIDTHxHEIGHT, each 16 to 8192");
                size = parsed;
            },
            help)
        ->type_name("WxH")
        ->default_str(fmt::format("{}x{}", size.width, size.height));
}

void addCommon(CLI::App& app, CommonOptions& o) {
    app.add_option("--preset", o.preset, "Preset: its name, its number or a .toml file");
    app.add_option("--set", o.assignments, "Set a parameter: id=value (`titanus params` lists the ids)")->type_name("ID=VALUE");
    app.add_option("--prompt", o.prompts, "Text of prompt 1, 2, ... in place of the preset's")->type_name("TEXT");
    app.add_option("--model", o.model, "Folder or file of another image-text model")->type_name("DIR");
    app.add_option("--guide", o.guides, "A further model that judges beside it; again for more")->type_name("DIR[:WEIGHT]");
    app.add_option("--device", o.device, "What reckons the painting; auto takes a GPU that torch can use")
        ->check(CLI::IsMember(kDevices))->capture_default_str();
    app.add_option("--precision", o.precision, "Of the guide; auto is half on a GPU, float32 on a processor, where half can be seventy times slower")
        ->check(CLI::IsMember(kPrecisions))->capture_default_str();
    app.add_option("--seed", o.seed, "Start of all random numbers")->capture_default_str();
}

void addPlay(CLI::App& app, PlayOptions& o) {
    addCommon(app, o);
    app.add_option("--input", o.input, "demo, silence, a sound FILE, or device:NAME; as last time if not given, at first demo");
    app.add_option("--output-display", o.outputDisplay, "Clean picture on this display: number or name");
    addSize(app, o.size, "Size of the picture");
    app.add_option("--duration", o.durationSeconds, "End after so many seconds")->check(CLI::Range(0.1, 1e6))->type_name("S");
    app.add_option("--stats", o.statsFile, "Write figures as JSON each second")->type_name("FILE");
    app.add_flag("--headless", o.headless, "No window: sound, guidance and controls only");
    app.add_flag("--full-screen", o.fullScreen, "Start in full screen");
    app.add_option("--record", o.recordFile, "Record picture and sound (.mkv or .mp4)")->type_name("FILE");
    app.add_option("--osc-listen", o.oscListen, "Listen for OSC, e.g. 127.0.0.1:7000 (0.0.0.0 opens it to the network)")->type_name("ADDR:PORT");
    app.add_option("--osc-send", o.oscSend, "Send values and sound analysis as OSC")->type_name("ADDR:PORT");
    app.add_option("--midi-virtual", o.midiVirtual, "Open a virtual MIDI input of this name")->type_name("NAME");
    app.add_option("--cues", o.cuesFile, "Cue list; G goes to the next cue")->type_name("FILE");
    app.add_option("--log", o.logFile, "Write the control log of the set here, for replay and render --log")->type_name("FILE");
    app.add_flag("--safe-mode", o.safeMode, "Start without the last session, maps and user presets");
}

// Errors by the hundred in CLI11 have one thing in common: a line to show.
int usage(const CLI::App& app, const std::string& line) {
    std::string name;
    for (const CLI::App* sub : app.get_subcommands()) name += " " + sub->get_name();
    std::fputs(fmt::format("titanus: error: {} (see titanus{} --help)\n", line, name).c_str(), stderr);
    return 2;
}

} // namespace

std::variant<Command, int> parseCommandLine(int argc, const char* const* argv) {
    CLI::App app{"Titanus: an instrument for live visuals.\n"
                 "Without a command it plays; --input demo is built in."};
    app.name("titanus");
    app.set_version_flag("--version", TITANUS_VERSION);
    app.require_subcommand(0, 1);
    PlayOptions play;
    addPlay(app, play);

    CLI::App& playApp = *app.add_subcommand("play", "Play live (the default)");
    addPlay(playApp, play);

    CLI::App& replayApp = *app.add_subcommand("replay", "Play the control log of a set again");
    addPlay(replayApp, play);
    replayApp.add_option("LOG", play.replayFile, "Control log")->required();

    RenderOptions render;
    CLI::App& renderApp = *app.add_subcommand("render", "Render the show of a track to a video or PNGs");
    addCommon(renderApp, render);
    const CLI::Option* track = renderApp.add_option("--track", render.track, "demo, or a sound FILE")->capture_default_str();
    renderApp.add_option("--cues", render.cuesFile, "Cue list that conducts the show")->type_name("FILE");
    renderApp.add_option("--log", render.logFile, "Control log of a set played live: render that set again")->type_name("LOG");
    renderApp.add_option("--seconds", render.seconds, "Length; 0 is the whole track")->check(CLI::Range(0.0, 1e6));
    renderApp.add_option("--start", render.startSeconds, "Start in the track, in seconds")->check(CLI::Range(0.0, 1e6));
    renderApp.add_option("--fps", render.fps, "Frames a second")->check(CLI::Range(1.0, 240.0))->capture_default_str();
    renderApp.add_option("--sweep", render.sweeps, "Render once for each value: id=a,b,c; several give all combinations")->type_name("ID=A,B,...");
    addSize(renderApp, render.size, "Size of the picture");
    renderApp.add_option("--steps-per-frame", render.stepsPerFrame, "Guidance steps for each frame")->check(CLI::Range(0, 1000))->capture_default_str();
    renderApp.add_option("-o,--output", render.output, "OUT.mp4, OUT.mkv, or a folder for PNGs")->required();

    DrawOptions draw;
    CLI::App& drawApp = *app.add_subcommand("draw", "Draw one still");
    drawApp.add_option("--prompt", draw.prompt, "What to draw, in the prompt language")->required();
    drawApp.add_option("--steps", draw.steps, "Guidance steps")->check(CLI::Range(1, 100000))->capture_default_str();
    addSize(drawApp, draw.size, "Size of the picture");
    drawApp.add_option("--seed", draw.seed, "Start of all random numbers")->capture_default_str();
    drawApp.add_option("--set", draw.assignments, "Set a parameter: id=value")->type_name("ID=VALUE");
    drawApp.add_option("--model", draw.model, "Folder or file of another image-text model");
    drawApp.add_flag("--raw", draw.raw, "Write the canvas itself, without the painting look");
    drawApp.add_option("-o,--output", draw.output, "PNG to write")->capture_default_str();

    AnalyseOptions analyse;
    CLI::App& analyseApp = *app.add_subcommand("analyse", "Onsets, beats, tempo and bands of a sound file as JSON");
    analyseApp.add_option("FILE", analyse.file, "Sound file")->required();

    EncodeOptions encode;
    CLI::App& encodeApp = *app.add_subcommand("encode", "Embeddings of texts or pictures as JSON");
    encodeApp.add_option("--text", encode.texts, "Texts");
    encodeApp.add_option("--image", encode.images, "Pictures")->type_name("FILE");
    encodeApp.add_flag("--tokens", encode.tokens, "Token ids in place of embeddings");
    encodeApp.add_option("--model", encode.model, "Folder or file of another model");

    ModelsOptions models;
    CLI::App& modelsApp = *app.add_subcommand("models", "Image-text models: list, get, verify, convert");
    modelsApp.require_subcommand(1);
    modelsApp.add_subcommand("list", "Models that Titanus can use, with link, size, hash and licence");
    modelsApp.add_subcommand("verify", "Check shapes and numbers of a model folder")
        ->add_option("DIR", models.name, "Folder or file")->required();

    modelsApp.add_subcommand("get", "Download a model of the list")->add_option("NAME", models.name, "Name in the list")->required();
    CLI::App& convertApp = *modelsApp.add_subcommand("convert", "A pickled checkpoint to safetensors (needs Python with torch)");
    convertApp.add_option("FROM", models.name, "Checkpoint")->required();
    convertApp.add_option("TO", models.to, "safetensors file")->required();

    ImportOptions import;
    CLI::App& importApp = *app.add_subcommand("import", "Take over another program's settings");
    importApp.require_subcommand(1);
    CLI::App& pyttiApp = *importApp.add_subcommand("pytti", "PyTTI settings (YAML or JSON) to a preset");
    pyttiApp.add_option("FILE", import.file, "Settings")->required();
    pyttiApp.add_option("-o,--output", import.output, "Preset to write; - is standard output")->default_str("next to FILE");

    IconOptions icon;
    CLI::App& iconApp = *app.add_subcommand("icon", "Draw the program's icon");
    iconApp.add_option("--side", icon.side, "Pixels")->check(CLI::Range(16, 1024))->capture_default_str();
    iconApp.add_option("-o,--output", icon.output, "PNG to write")->required();

    BenchOptions bench;
    CLI::App& benchApp = *app.add_subcommand("bench", "Measure; JSON on stdout");
    benchApp.add_option("WHAT", bench.what, "analysis, latency, guidance, display, response or quality")
        ->required()->check(CLI::IsMember({"analysis", "latency", "guidance", "display", "response", "quality"}));
    benchApp.add_option("--model", bench.model, "Folder or file of another model");
    benchApp.add_option("--input", bench.input, "latency: sound input that hears the clicks");
    benchApp.add_option("--output", bench.output, "latency: sound output that plays them");
    benchApp.add_option("--seconds", bench.seconds, "Time to measure")->check(CLI::Range(0.5, 600.0))->capture_default_str();

    ParamsOptions params;
    CLI::App& paramsApp = *app.add_subcommand("params", "The catalogue of parameters");
    paramsApp.add_flag("--markdown", params.markdown, "As docs/PARAMETERS.md");

    CLI::App& devicesApp = *app.add_subcommand("devices", "Audio inputs and outputs, MIDI inputs, displays");

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& e) { // --help, --version
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        return usage(app, e.what());
    }
    render.trackGiven = track->count() > 0;
    if (renderApp.parsed()) return render;
    if (drawApp.parsed()) return draw;
    if (analyseApp.parsed()) return analyse;
    if (encodeApp.parsed()) {
        if (encode.texts.empty() && encode.images.empty())
            return usage(app, "encode needs --text or --image");
        return encode;
    }
    if (modelsApp.parsed()) {
        models.verb = modelsApp.get_subcommands().front()->get_name();
        return models;
    }
    if (importApp.parsed()) return import;
    if (iconApp.parsed()) return icon;
    if (benchApp.parsed()) return bench;
    if (paramsApp.parsed()) return params;
    if (devicesApp.parsed()) return DevicesOptions{};
    if (play.prompts.size() > 8) return usage(app, "--prompt: there are 8 slots");
    return play;
}

} // namespace titanus::app
