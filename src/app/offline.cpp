// Commands without a performer: render (a track or the log of a set to a video) and draw (a still). The same stages
// as live, on a manual clock, in one fixed order, so the same arguments give the same frames.
#include "analysis/analyzer.h"
#include "app/commands.h"
#include "app/conductor.h"
#include "app/engine_options.h"
#include "app/replay.h"
#include "audio/demo_track.h"
#include "audio/sound.h"
#include "guidance/engine.h"
#include "guidance/prompt_text.h"
#include "modulation/modulator.h"
#include "outputs/frame_sink.h"
#include "outputs/progress.h"
#include "params/sweep.h"
#include "params/text.h"
#include "render/offscreen_context.h"
#include "render/renderer.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace titanus::app {
using core::Problem;
using core::ProblemId;

namespace {

// Steps before the first frame, so that a video does not begin in grey: a second or two of live.
constexpr int kPrerollSteps = 60;

core::Result<audio::Sound> trackOf(const std::string& name) {
    if (name == "demo") return audio::demoTrack();
    return audio::readSound(name);
}

// The same every time: one torch team of a fixed size, for the order of its sums is part of the result, and nothing chosen by measuring.
core::Result<std::unique_ptr<guidance::Engine>> offlineEngine(const CommonOptions& options, Size size, ProblemBoard& problems) {
    guidance::EngineOptions wanted = engineOptions(options, static_cast<float>(size.width) / static_cast<float>(size.height));
    wanted.threads = 2;
    wanted.repeatable = true;
    auto engine = guidance::makeEngine(wanted);
    if (engine) engine.value()->report = [&problems](const Problem& problem) { problems.add(problem, 0); };
    return engine;
}

class Stage {
  public:
    static core::Result<std::unique_ptr<Stage>> open(Size size) {
        auto context = render::OffscreenContext::create();
        if (!context) return context.problem();
        auto renderer = render::Renderer::create({.width = size.width, .height = size.height, .quality = render::kQualityByDevice});
        if (!renderer) return renderer.problem();
        return std::unique_ptr<Stage>(new Stage(std::move(context).value(), std::move(renderer).value()));
    }
    core::Image draw(const modulation::FrameState& state, const guidance::Canvas& canvas) {
        renderer_->draw(state, canvas);
        return renderer_->readBack();
    }

  private:
    Stage(std::unique_ptr<render::OffscreenContext> context, std::unique_ptr<render::Renderer> renderer)
        : context_(std::move(context)), renderer_(std::move(renderer)) {}
    std::unique_ptr<render::OffscreenContext> context_;
    std::unique_ptr<render::Renderer> renderer_; // goes first: its objects live in the context
};

// What drives a render: the analysis of a track, or the log of a set that was played live.
class Driver {
  public:
    Driver(const audio::Sound& sound, const Replay* replay) : sound_(sound), replay_(replay), analyzer_({.sampleRate = static_cast<double>(sound.sampleRate), .channels = 2}) {}
    void listenTo(double seconds, const params::ParamSnapshot& snapshot) {
        if (replay_) return;
        analyzer_.setParams(snapshot);
        const std::size_t until = sampleAt(seconds);
        if (until > heard_) analyzer_.process(&sound_.samples[heard_ * 2], until - heard_);
        heard_ = std::max(heard_, until);
    }
    const analysis::Features& features() const { return replay_ ? replay_->features() : analyzer_.features(); }
    std::size_t sampleAt(double seconds) const {
        const double n = std::max(seconds, 0.0) * static_cast<double>(sound_.sampleRate);
        return std::min(static_cast<std::size_t>(std::llround(n)), sound_.samples.size() / 2);
    }

  private:
    const audio::Sound& sound_;
    const Replay* replay_;
    analysis::Analyzer analyzer_;
    std::size_t heard_ = 0;
};

int renderOne(const RenderOptions& options) {
    const auto started = std::chrono::steady_clock::now();
    ProblemBoard problems;
    // A cue list may name the user's presets and scenes; else a render depends on its arguments alone.
    Desk desk(problems, options.cuesFile.empty());
    std::unique_ptr<Replay> replay;
    if (!options.logFile.empty()) {
        auto opened = Replay::open(options.logFile);
        if (!opened) return failed(opened.problem());
        replay = std::move(opened).value();
        replay->begin(desk, problems);
    }
    CommonOptions common = options;
    if (replay && common.seed == 1) common.seed = replay->header().seed;
    if (const auto begun = replay ? desk.assign(common) : desk.begin(common, std::nullopt); !begun) return failed(begun.problem());
    Conductor conductor(desk, problems, options.cuesFile.empty() ? std::filesystem::path() : controls::SceneBank::standardFolder());
    if (!options.cuesFile.empty()) {
        std::vector<Problem> found;
        conductor.scenes().finishLoading(found);
        for (const Problem& problem : found) problems.add(problem, 0);
        if (const auto loaded = conductor.loadCues(options.cuesFile); !loaded) return failed(loaded.problem());
    }
    const auto track = trackOf(replay && !options.trackGiven ? replay->option("sound", "demo") : options.track);
    if (!track) return failed(track.problem());
    const audio::Sound& sound = track.value();
    const double rate = sound.sampleRate, length = static_cast<double>(sound.samples.size()) / 2 / rate;
    Driver driver(sound, replay.get());
    if (replay) replay->advance(options.startSeconds, desk);
    // Where the sound of the show's time 0 is in the track.
    const double soundAtZero = replay ? driver.features().seconds - options.startSeconds : 0;
    const double whole = replay ? replay->duration() : length;
    if (options.startSeconds >= whole)
        return failed({ProblemId::UsageError, fmt::format("--start {} lies behind the end ({:.1f} s)", options.startSeconds, whole)});
    const double seconds = options.seconds > 0 ? std::min(options.seconds, whole - options.startSeconds) : whole - options.startSeconds;
    const auto frames = std::max<std::int64_t>(1, std::llround(seconds * options.fps));
    auto sink = outputs::openSink(options.output, {.width = options.size.width,
                                                   .height = options.size.height,
                                                   .fps = options.fps,
                                                   .audioSampleRate = static_cast<int>(sound.sampleRate)});
    if (!sink) return failed(sink.problem());
    auto stage = Stage::open(options.size);
    if (!stage) return failed(stage.problem());
    auto made = offlineEngine(common, options.size, problems);
    if (!made) return failed(made.problem());
    guidance::Engine& engine = *made.value();

    modulation::Modulator modulator(common.seed);
    guidance::Canvas canvas;
    const auto aspect = static_cast<float>(options.size.width) / static_cast<float>(options.size.height);
    const auto step = [&](double t, double dt) {
        if (replay) replay->advance(t, desk);
        driver.listenTo(t, desk.store().snapshot());
        if (!replay) {
            conductor.step(musicTime(driver.features(), desk.store(), t, t, 1 / options.fps), driver.features(), canvas);
            desk.step(t);
        }
        modulation::FrameState state = modulator.update({.store = desk.store(), .features = driver.features(), .seconds = t,
                                                         .dtSeconds = dt, .soundSeconds = soundAtZero + t, .aspect = aspect,
                                                         .blackout = desk.blackout(), .frozen = desk.frozen(), .reseeds = desk.reseeds()});
        state.loads = conductor.loads();
        state.picture = conductor.picture();
        return state;
    };
    // The beat needs some seconds to be found: the track is heard from its beginning.
    if (!options.cuesFile.empty()) conductor.startCues(musicTime(driver.features(), desk.store(), options.startSeconds, options.startSeconds, 1 / options.fps));
    const modulation::FrameState first = step(options.startSeconds, 0);
    for (int i = 0; i < kPrerollSteps && options.stepsPerFrame > 0; ++i) engine.step(first, canvas);
    outputs::Progress progress("rendering", frames);
    double presenceSum = 0;
    std::size_t written = driver.sampleAt(soundAtZero + options.startSeconds);
    for (std::int64_t n = 0; n < frames; ++n) {
        const double t = options.startSeconds + static_cast<double>(n) / options.fps, end = t + 1 / options.fps;
        const modulation::FrameState state = step(t, n == 0 ? 0 : 1 / options.fps);
        for (int i = 0; i < options.stepsPerFrame; ++i) engine.step(state, canvas);
        ++canvas.generation;
        if (const auto done = sink.value()->write(stage.value()->draw(state, canvas), n); !done) return failed(done.problem());
        const std::size_t until = driver.sampleAt(soundAtZero + end);
        if (const auto done = sink.value()->audio(&sound.samples[written * 2], until - written); !done) return failed(done.problem());
        written = until;
        presenceSum += canvas.prompts[0].presence;
        progress.update(n + 1);
    }
    if (const auto done = sink.value()->finish(); !done) return failed(done.problem());
    progress.finish();
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const auto& features = driver.features();
    fmt::print("{}\n", options.output);
    fmt::print(stderr, "titanus: {} frames of {}x{} at {} fps, {:.1f} s of sound, in {:.1f} s ({:.1f} frames/s); {} steps, {:.0f} ms each; "
               "{} kicks, {:.1f} BPM; presence of the first prompt {:.2f}; preset {}\n",
               frames, options.size.width, options.size.height, options.fps, seconds, took, static_cast<double>(frames) / took,
               canvas.steps, canvas.stepSeconds * 1000.0, features.onsets[1], features.clock.bpm(),
               presenceSum / static_cast<double>(std::max<std::int64_t>(frames, 1)), desk.preset().name);
    return 0;
}

} // namespace

int render(const RenderOptions& options) {
    if (options.sweeps.empty()) return renderOne(options);
    const auto runs = params::expandSweeps(options.sweeps);
    if (!runs) return failed(runs.problem());
    for (const params::SweepRun& run : runs.value()) {
        RenderOptions one = options;
        for (const auto& [index, value] : run.values)
            one.assignments.push_back(fmt::format("{}={}", params::row(index).id, value));
        const std::filesystem::path out = options.output;
        one.output = (out.parent_path() / (out.stem().string() + "-" + run.name + out.extension().string())).string();
        if (out.extension().empty()) one.output += "/"; // a folder, though the dots of ids look like an ending
        if (const int code = renderOne(one); code != 0) return code;
    }
    return 0;
}

int draw(const DrawOptions& options) {
    ProblemBoard problems;
    Desk desk(problems, true);
    CommonOptions common = options;
    params::Store& store = desk.store();
    store.setText(params::promptText(0), options.prompt, params::Origin::CommandLine);
    store.apply({params::param("canvas.forget"), 0, params::Origin::CommandLine, 0}); // a still forgets nothing
    for (const std::string& assignment : options.assignments) {
        const auto parsed = params::parseAssignment(assignment);
        if (!parsed) return failed(parsed.problem());
        store.apply({parsed.value().first, parsed.value().second, params::Origin::CommandLine, 0});
    }
    const auto prompts = guidance::parsePrompts(options.prompt);
    if (!prompts) return failed(prompts.problem());
    auto made = offlineEngine(common, options.size, problems);
    if (!made) return failed(made.problem());
    std::unique_ptr<Stage> stage;
    if (!options.raw) {
        auto opened = Stage::open(options.size);
        if (!opened) return failed(opened.problem());
        stage = std::move(opened).value();
    }
    modulation::Modulator modulator(options.seed);
    const analysis::Features silence;
    guidance::Canvas canvas;
    outputs::Progress progress("drawing", options.steps);
    const float aspect = static_cast<float>(options.size.width) / static_cast<float>(options.size.height);
    constexpr double kStepSeconds = 1.0 / 30;
    for (int i = 0; i < options.steps; ++i) {
        const auto& state = modulator.update({.store = store, .features = silence, .seconds = i * kStepSeconds,
                                              .dtSeconds = i ? kStepSeconds : 0, .soundSeconds = i * kStepSeconds, .aspect = aspect});
        made.value()->step(state, canvas);
        progress.update(i + 1);
    }
    progress.finish();
    core::Image image;
    if (stage) {
        // The look settles within a second: brush marks are placed over some frames.
        constexpr int kSettleFrames = 30;
        ++canvas.generation;
        for (int i = 0; i < kSettleFrames; ++i) {
            const double t = (options.steps + i) * kStepSeconds;
            image = stage->draw(modulator.update({.store = store, .features = silence, .seconds = t, .dtSeconds = kStepSeconds,
                                                  .soundSeconds = t, .aspect = aspect}), canvas);
        }
    } else {
        image = {canvas.width, canvas.height, std::vector<std::uint8_t>(canvas.rgba.size())};
        for (std::size_t i = 0; i < canvas.rgba.size(); ++i)
            image.rgba[i] = static_cast<std::uint8_t>(std::lround(std::clamp(canvas.rgba[i], 0.f, 1.f) * 255));
    }
    if (const auto written = core::writePng(options.output, image); !written) return failed(written.problem());
    fmt::print("{}\n", options.output);
    fmt::print(stderr, "titanus: {} steps of {:.0f} ms, similarity {:.3f}, presence {:.2f}\n", canvas.steps,
               canvas.stepSeconds * 1000.0, canvas.prompts[0].similarity, canvas.prompts[0].presence);
    return 0;
}

} // namespace titanus::app
