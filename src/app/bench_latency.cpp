#include "app/bench_latency.h"

#include "analysis/worker.h"
#include "app/commands.h"
#include "audio/backend.h"
#include "core/clock.h"
#include "guidance/canvas.h"
#include "modulation/modulator.h"
#include "render/offscreen_context.h"
#include "render/renderer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

namespace titanus::app {
namespace {

constexpr double kFrameSeconds = 1.0 / 60, kAnswerSeconds = 0.3;
constexpr int kWidth = 320, kHeight = 180;

// A burst of noise that is over after 5 ms, again and again at uneven distances.
class Clicks final : public audio::StreamClient {
  public:
    explicit Clicks(const core::Clock& clock) : clock_(clock) {}
    // Before the start.
    void prepare(double sampleRate) {
        rate_ = sampleRate;
        std::uint32_t noise = 7;
        for (std::size_t i = 0; i < burst_.size(); ++i) {
            noise = noise * 1664525u + 1013904223u;
            const double white = static_cast<double>(noise >> 8) / 8388608.0 - 1;
            burst_[i] = static_cast<float>(0.9 * white * std::exp(-static_cast<double>(i) / (0.001 * rate_)));
        }
        next_ = static_cast<std::uint64_t>(rate_);
    }
    core::Spsc<double>& instants() { return instants_; }

  private:
    void block(const float*, float* out, std::size_t frames, bool) override {
        const double now = clock_.seconds();
        for (std::size_t i = 0; i < frames; ++i, ++frame_) {
            if (frame_ == next_) {
                instants_.push(now + static_cast<double>(i) / rate_);
                at_ = 0;
                ++count_;
                next_ += static_cast<std::uint64_t>(rate_ * (0.41 + 0.37 * ((count_ * 7) % 20) / 19));
            }
            const float x = at_ < burst_.size() ? burst_[at_++] : 0.f;
            out[2 * i] = out[2 * i + 1] = x;
        }
    }
    void finished() override {}

    const core::Clock& clock_;
    double rate_ = 48000;
    std::array<float, 240> burst_{};
    std::size_t at_ = burst_.size();
    std::uint64_t frame_ = 0, next_ = 0, count_ = 0;
    core::Spsc<double> instants_{256};
};

// What comes in goes to the analysis; the first loud sample after a pause is a click.
class Ear final : public audio::StreamClient {
  public:
    explicit Ear(const core::Clock& clock) : clock_(clock), stereo_(2 * 8192) {}
    void prepare(int channels, double sampleRate) {
        channels_ = static_cast<std::size_t>(channels);
        pause_ = static_cast<std::size_t>(0.2 * sampleRate);
        quiet_ = pause_;
    }
    core::SampleRing& ring() { return ring_; }
    core::Spsc<double>& instants() { return instants_; }

  private:
    void block(const float* in, float*, std::size_t frames, bool) override {
        if (!in) return;
        for (std::size_t done = 0; done < frames;) {
            const std::size_t count = std::min(frames - done, stereo_.size() / 2);
            for (std::size_t i = 0; i < count; ++i) {
                const float* x = in + (done + i) * channels_;
                stereo_[2 * i] = x[0];
                stereo_[2 * i + 1] = channels_ > 1 ? x[1] : x[0];
                const bool loud = std::max(std::abs(stereo_[2 * i]), std::abs(stereo_[2 * i + 1])) > 0.05f;
                if (loud && quiet_ >= pause_) instants_.push(clock_.seconds());
                quiet_ = loud ? 0 : quiet_ + 1;
            }
            ring_.push(stereo_.data(), 2 * count);
            done += count;
        }
    }
    void finished() override {}

    const core::Clock& clock_;
    std::size_t channels_ = 2, pause_ = 9600, quiet_ = 0;
    std::vector<float> stereo_;
    core::SampleRing ring_{1 << 17};
    core::Spsc<double> instants_{256};
};

struct Instants {
    std::vector<double> played, captured, decided, frame, pixel; // frame, pixel: of frames that brightened
};

void fetch(core::Spsc<double>& from, std::vector<double>& to) {
    for (double t; from.pop(t);) to.push_back(t);
}

double brightness(const core::Image& image) {
    double sum = 0;
    for (auto v : image.rgba) sum += v;
    return image.rgba.empty() ? 0 : sum / static_cast<double>(image.rgba.size());
}

// Stamps each onset when the analysis tells it, while the main thread may be drawing.
class Watch {
  public:
    Watch(analysis::Worker& worker, const core::Clock& clock)
        : thread_([this, &worker, &clock] {
              while (!stop_.load(std::memory_order_relaxed)) {
                  for (analysis::Onset onset; worker.onsets().pop(onset);)
                      if (onset.kind == analysis::OnsetKind::Other) instants_.push(clock.seconds());
                  std::this_thread::sleep_for(std::chrono::microseconds(100));
              }
          }) {}
    ~Watch() {
        stop_.store(true, std::memory_order_relaxed);
        thread_.join();
    }
    core::Spsc<double>& instants() { return instants_; }

  private:
    core::Spsc<double> instants_{256};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

guidance::Canvas greyCanvas() {
    guidance::Canvas canvas;
    canvas.width = canvas.height = 32;
    canvas.rgba.assign(32 * 32 * 4, 0.3f);
    for (std::size_t i = 3; i < canvas.rgba.size(); i += 4) canvas.rgba[i] = 1;
    canvas.generation = 1;
    return canvas;
}

LatencyStage stage(std::vector<double> seconds) {
    if (seconds.empty()) return {};
    std::sort(seconds.begin(), seconds.end());
    const auto at = [&](double share) {
        return 1000 * seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1) + 0.5)];
    };
    return {at(0.5), at(0.9), at(1)};
}

// Per click the first instant of each stage after the one before; all within kAnswerSeconds.
void summarise(const Instants& in, LatencyFigures& out) {
    std::array<std::vector<double>, 5> spans;
    const auto after = [](const std::vector<double>& times, double from) {
        return std::lower_bound(times.begin(), times.end(), from);
    };
    for (double played : in.played) {
        const auto captured = after(in.captured, played);
        if (captured == in.captured.end()) continue;
        const auto decided = after(in.decided, *captured);
        if (decided == in.decided.end()) continue;
        const auto frame = after(in.frame, *decided);
        if (frame == in.frame.end()) continue;
        const double pixel = in.pixel[static_cast<std::size_t>(frame - in.frame.begin())];
        if (pixel - played > kAnswerSeconds) continue;
        const std::array<double, 5> parts{*captured - played, *decided - *captured, *frame - *decided, pixel - *frame, pixel - played};
        for (std::size_t i = 0; i < parts.size(); ++i) spans[i].push_back(parts[i]);
    }
    out.played = static_cast<int>(in.played.size());
    out.answered = static_cast<int>(spans[4].size());
    out.capture = stage(spans[0]);
    out.decision = stage(spans[1]);
    out.waiting = stage(spans[2]);
    out.drawing = stage(spans[3]);
    out.total = stage(spans[4]);
}

} // namespace

core::Result<LatencyFigures> measureLatency(const LatencyOptions& options) {
    using params::param;
    const auto backend = audio::makeSystemBackend();
    const std::vector<audio::Device> devices = backend->devices();
    const audio::Device *in = audio::findInput(devices, options.input), *out = audio::findOutput(devices, options.output);
    if (!in || !out) return core::Problem{core::ProblemId::AudioDeviceMissing, !in ? "no sound input" : "no sound output"};
    auto context = render::OffscreenContext::create();
    if (!context) return context.problem();
    auto made = render::Renderer::create({.width = kWidth, .height = kHeight, .shaderDir = {}, .quality = render::kQualityLowest});
    if (!made) return made.problem();
    render::Renderer& renderer = *made.value();

    const core::SteadyClock clock;
    Clicks clicks(clock);
    Ear ear(clock);
    analysis::Worker worker(clock); // gone before the ring it reads
    auto hearing = backend->openInput(*in, std::min(2, in->inputs), ear);
    if (!hearing) return hearing.problem();
    auto playing = backend->openOutput(*out, hearing.value()->sampleRate(), clicks);
    if (!playing) return playing.problem();
    ear.prepare(hearing.value()->channels(), hearing.value()->sampleRate());
    clicks.prepare(playing.value()->sampleRate());
    worker.setInput(ear.ring(), hearing.value()->sampleRate());

    params::Store store;
    store.apply({param("guard.flash"), 0}); // a flash in the dark is what is measured
    for (params::ParamIndex still : {param("look.grain"), param("look.trails")}) store.apply({still, 0});
    store.setRoutes({{.source = params::Source::Onset, .target = param("look.flash"), .depth = 1}});
    modulation::Modulator modulator(1);
    const guidance::Canvas canvas = greyCanvas();

    if (const auto started = hearing.value()->start(); !started) return started.problem();
    if (const auto started = playing.value()->start(); !started) return started.problem();
    Watch watch(worker, clock);
    Instants seen;
    const double begun = clock.seconds();
    double before = begun, nextFrame = begun, lastBright = 1e9;
    while (static_cast<int>(seen.captured.size()) < options.clicks + 1) {
        if (seen.captured.empty() && clock.seconds() - begun > options.givenUpSeconds) break;
        if (clock.seconds() - begun > options.givenUpSeconds + options.clicks) break;
        std::this_thread::sleep_for(std::chrono::duration<double>(std::max(0.0, nextFrame - clock.seconds())));
        const double now = clock.seconds();
        nextFrame = std::max(nextFrame + kFrameSeconds, now);
        worker.features().update();
        const modulation::FrameState& state = modulator.update(
            {store, worker.features().value(), now - begun, now - before, now - begun, static_cast<float>(kWidth) / kHeight});
        before = now;
        renderer.draw(state, canvas);
        const double bright = brightness(renderer.readBack());
        if (bright > lastBright + 1.5 && now - begun > 0.5) { // of 255
            seen.frame.push_back(now);
            seen.pixel.push_back(clock.seconds());
        }
        lastBright = bright;
        fetch(clicks.instants(), seen.played);
        fetch(ear.instants(), seen.captured);
        fetch(watch.instants(), seen.decided);
    }
    playing.value()->stop();
    hearing.value()->stop();
    worker.clearInput();
    if (!seen.played.empty()) seen.played.pop_back(); // its answer may be on the way
    LatencyFigures figures;
    summarise(seen, figures);
    if (figures.answered == 0)
        return core::Problem{core::ProblemId::AudioDeviceMissing, "no click came back: connect " + out->name + " to " + in->name};
    figures.sampleRate = hearing.value()->sampleRate();
    figures.input = in->name;
    figures.output = out->name;
    figures.renderer = renderer.info().device;
    return figures;
}

int benchLatency(const BenchOptions& options) {
    const auto measured = measureLatency({.input = options.input, .output = options.output});
    if (!measured) return failed(measured.problem());
    const LatencyFigures& f = measured.value();
    const auto row = [](const LatencyStage& s) { return nlohmann::json{{"p50", s.p50}, {"p90", s.p90}, {"max", s.most}}; };
    const nlohmann::json figures{{"clicks", {{"played", f.played}, {"answered", f.answered}}},
                                 {"ms", {{"playedToCaptured", row(f.capture)}, {"capturedToDecided", row(f.decision)},
                                         {"decidedToFrame", row(f.waiting)}, {"frameToPixel", row(f.drawing)},
                                         {"playedToPixel", row(f.total)}}},
                                 {"sampleRate", f.sampleRate}, {"input", f.input}, {"output", f.output}, {"renderer", f.renderer},
                                 {"must", {{"playedToPixel", 50}}}, {"aim", {{"playedToPixel", 30}}}};
    fmt::print("{}\n", figures.dump(1));
    return 0;
}

} // namespace titanus::app
