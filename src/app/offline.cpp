// Commands without a performer: render (a track to a video) and draw (one still). The same stages
// as live, on a manual clock, in one fixed order, so the same arguments give the same frames.
#include "analysis/analyzer.h"
#include "app/commands.h"
#include "app/desk.h"
#include "audio/demo_track.h"
#include "audio/sound.h"
#include "guidance/engine.h"
#include "guidance/prompt_text.h"
#include "modulation/modulator.h"
#include "outputs/frame_sink.h"
#include "outputs/progress.h"
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

// One torch team of a fixed size: the order of its sums is part of the result.
core::Result<std::unique_ptr<guidance::Engine>> offlineEngine(const CommonOptions& options, Size size, ProblemBoard& problems) {
    auto engine = guidance::makeEngine({.modelDir = options.model,
                                        .threads = 2,
                                        .seed = options.seed,
                                        .aspect = static_cast<float>(size.width) / static_cast<float>(size.height)});
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

} // namespace

int render(const RenderOptions& options) {
    const auto started = std::chrono::steady_clock::now();
    ProblemBoard problems;
    Desk desk(problems, true);
    if (const auto begun = desk.begin(options, std::nullopt); !begun) return failed(begun.problem());
    const auto track = trackOf(options.track);
    if (!track) return failed(track.problem());
    const audio::Sound& sound = track.value();
    const double rate = sound.sampleRate, length = static_cast<double>(sound.samples.size()) / 2 / rate;
    if (options.startSeconds >= length)
        return failed({ProblemId::UsageError, fmt::format("--start {} lies behind the end of the track ({:.1f} s)", options.startSeconds, length)});
    const double seconds = options.seconds > 0 ? std::min(options.seconds, length - options.startSeconds) : length - options.startSeconds;
    const auto frames = static_cast<std::int64_t>(std::llround(seconds * options.fps));
    auto sink = outputs::openSink(options.output, {.width = options.size.width,
                                                   .height = options.size.height,
                                                   .fps = options.fps,
                                                   .audioSampleRate = static_cast<int>(sound.sampleRate)});
    if (!sink) return failed(sink.problem());
    auto stage = Stage::open(options.size);
    if (!stage) return failed(stage.problem());
    auto made = offlineEngine(options, options.size, problems);
    if (!made) return failed(made.problem());
    guidance::Engine& engine = *made.value();

    analysis::Analyzer analyzer({.sampleRate = rate, .channels = 2});
    analyzer.setParams(desk.store().snapshot());
    modulation::Modulator modulator(options.seed);
    guidance::Canvas canvas;
    const auto sampleAt = [&](double t) { return std::min(static_cast<std::size_t>(std::llround(t * rate)), sound.samples.size() / 2); };
    std::size_t heard = 0;
    const auto listenTo = [&](double t) {
        const std::size_t until = sampleAt(t);
        if (until > heard) analyzer.process(&sound.samples[heard * 2], until - heard);
        heard = std::max(heard, until);
    };
    // The beat needs some seconds to be found: hear the track from its start.
    listenTo(options.startSeconds);
    outputs::Progress progress("rendering", frames);
    double presenceSum = 0;
    const auto step = [&](double t, double dt) -> const modulation::FrameState& {
        return modulator.update({.store = desk.store(),
                                 .features = analyzer.features(),
                                 .seconds = t,
                                 .dtSeconds = dt,
                                 .soundSeconds = t,
                                 .aspect = static_cast<float>(options.size.width) / static_cast<float>(options.size.height)});
    };
    const modulation::FrameState& first = step(options.startSeconds, 0);
    for (int i = 0; i < kPrerollSteps && options.stepsPerFrame > 0; ++i) engine.step(first, canvas);
    std::size_t written = sampleAt(options.startSeconds);
    for (std::int64_t n = 0; n < frames; ++n) {
        const double t = options.startSeconds + static_cast<double>(n) / options.fps, end = t + 1 / options.fps;
        listenTo(t);
        const modulation::FrameState& state = step(t, n == 0 ? 0 : 1 / options.fps);
        for (int i = 0; i < options.stepsPerFrame; ++i) engine.step(state, canvas);
        ++canvas.generation;
        if (const auto done = sink.value()->write(stage.value()->draw(state, canvas), n); !done) return failed(done.problem());
        const std::size_t until = sampleAt(end);
        if (const auto done = sink.value()->audio(&sound.samples[written * 2], until - written); !done) return failed(done.problem());
        written = until;
        presenceSum += canvas.prompts[0].presence;
        progress.update(n + 1);
    }
    if (const auto done = sink.value()->finish(); !done) return failed(done.problem());
    progress.finish();
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const auto& features = analyzer.features();
    fmt::print("{}\n", options.output);
    fmt::print(stderr, "titanus: {} frames of {}x{} at {} fps, {:.1f} s of sound, in {:.1f} s ({:.1f} frames/s); {} steps, {:.0f} ms each; "
               "{} kicks, {:.1f} BPM; presence of the first prompt {:.2f}; preset {}\n",
               frames, options.size.width, options.size.height, options.fps, seconds, took, static_cast<double>(frames) / took,
               canvas.steps, canvas.stepSeconds * 1000.0, features.onsets[1], features.clock.bpm(),
               presenceSum / static_cast<double>(std::max<std::int64_t>(frames, 1)), desk.preset().name);
    return 0;
}

int draw(const DrawOptions& options) {
    ProblemBoard problems;
    Desk desk(problems, true);
    CommonOptions common = options;
    params::Store& store = desk.store();
    store.setText(params::promptText(0), options.prompt, params::Origin::CommandLine);
    // A still forgets nothing, and nothing moves: finer levels may learn faster and need less
    // smoothing and noise than a show (docs/QUALITY.md).
    constexpr std::pair<params::ParamIndex, float> kStill[] = {{params::param("canvas.forget"), 0.f},
                                                               {params::param("canvas.fine_rate"), 0.35f},
                                                               {params::param("guide.smoothing"), 0.3f},
                                                               {params::param("guide.temperature"), 0.6f}};
    for (const auto& [index, value] : kStill) store.apply({index, value, params::Origin::CommandLine, 0});
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
