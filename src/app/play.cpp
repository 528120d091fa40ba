// `titanus play`: the live loop. One pass per frame: events, tick, draw, present, wait.
#include "app/commands.h"
#include "app/live_show.h"
#include "app/performer.h"
#include "app/stage_window.h"
#include "core/log.h"
#include "render/renderer.h"

#include <csignal>

namespace titanus::app {
namespace {

volatile std::sig_atomic_t gStop = 0;
void onSignal(int) { gStop = 1; }

bool over(const PlayOptions& options, const LiveShow& show) {
    return gStop || show.over() || (options.durationSeconds > 0 && show.clock().seconds() >= options.durationSeconds);
}

// Sound, guidance and controls without a window.
int playHeadless(const PlayOptions& options, LiveShow& show) {
    render::Pacer pacer(show.clock());
    pacer.setRate(show.desk().store()[params::param("output.fps")]);
    double firstPicture = 0;
    while (!over(options, show)) {
        show.tick(0);
        for (const auto& action : show.desk().takeWindowActions())
            if (action.action == params::Action::Quit) gStop = 1;
        if (firstPicture == 0 && show.canvas().generation) firstPicture = show.clock().seconds();
        show.writeStats(pacer.figures(), firstPicture, false);
        pacer.wait();
    }
    show.writeStats(pacer.figures(), firstPicture, true);
    return 0;
}

// Asks for vsync and believes it only when swaps are seen to wait; else the limiter paces.
class Pace {
  public:
    explicit Pace(const core::Clock& clock) : clock_(clock), pacer_(clock) {
        SDL_DisplayMode mode{};
        if (SDL_GetCurrentDisplayMode(0, &mode) == 0) refreshHz_ = mode.refresh_rate;
        refresh();
    }
    // A context begins with a swap interval of its own.
    void refresh() {
        asked_ = refreshHz_ > 0 && (SDL_GL_SetSwapInterval(-1) == 0 || SDL_GL_SetSwapInterval(1) == 0);
        if (!asked_) SDL_GL_SetSwapInterval(0);
    }
    void afterSwap(double fps) {
        const double now = clock_.seconds();
        if (asked_ && !probe_.decided() && last_ > 0) probe_.add(now - last_);
        last_ = now;
        const bool vsync = asked_ && (!probe_.decided() || probe_.paces(refreshHz_));
        pacer_.setRate(vsync ? 0 : fps);
        pacer_.wait();
    }
    const render::Pacer& pacer() const { return pacer_; }

  private:
    const core::Clock& clock_;
    render::Pacer pacer_;
    render::SwapProbe probe_;
    double refreshHz_ = 0, last_ = 0;
    bool asked_ = false;
};

// Without a picture there is no show left to save: what was made is in the journal.
core::Result<void> renewGl(StageWindow& stage, render::Renderer& renderer, Performer& hands) {
    hands.dropGl();
    if (const auto renewed = stage.renewContext(); !renewed) return renewed.problem();
    if (const auto rebuilt = renderer.rebuild(); !rebuilt) return rebuilt.problem();
    return hands.makeGl();
}

int playOnStage(const PlayOptions& options, LiveShow& show, StageWindow& stage) {
    auto made = render::Renderer::create({.width = options.size.width, .height = options.size.height});
    if (!made) return failed(made.problem());
    render::Renderer& renderer = *made.value();
    auto performer = Performer::create(show, stage, renderer);
    if (!performer) return failed(performer.problem());
    Performer& hands = *performer.value();
    const auto report = [&](const core::Problem& problem) { show.problems().add(problem, show.clock().seconds()); };
    if (!options.outputDisplay.empty()) show.desk().store().setText(params::text("output.display"), options.outputDisplay, params::Origin::CommandLine);
    if (!options.recordFile.empty())
        if (const auto recording = hands.startRecording(options.recordFile); !recording) return failed(recording.problem());

    Pace pace(show.clock());
    std::string shownOn;
    double firstPicture = 0;
    while (!over(options, show) && !hands.quit()) {
        const double began = show.clock().seconds();
        hands.pumpEvents();
        const auto& store = show.desk().store();
        const double fps = render::pacedFps(renderer.info(), store[params::param("output.fps")]);
        const modulation::FrameState& frame = show.tick(1 / fps);
        if (const std::string& display = store[params::text("output.display")]; display != shownOn) {
            shownOn = display;
            if (const auto opened = stage.setOutput(display); !opened) report(opened.problem());
        }
        if (stage.watchDisplays()) report({core::ProblemId::DisplayLost, shownOn});
        renderer.setTargetFps(fps);
        renderer.reloadChangedShaders(show.clock().seconds(), report);
        if (renderer.contextLost()) {
            report({core::ProblemId::GlUnavailable, "the graphics card was reset; everything on it is made anew"});
            if (const auto renewed = renewGl(stage, renderer, hands); !renewed) return failed(renewed.problem());
            pace.refresh();
        }
        const render::Picture picture = renderer.draw(frame, show.canvas());
        if (firstPicture == 0 && show.canvas().generation) firstPicture = show.clock().seconds();
        hands.capture(picture);
        const render::BlitOptions wall = render::outputOptions(store.snapshot());
        const bool testCard = store.snapshot().on(params::param("output.test_card")) || stage.identifying();
        stage.present([&](int width, int height) {
            if (testCard) renderer.blitTestCard(stage.card(), width, height, wall);
            else renderer.blit(picture, width, height, wall);
        });
        const Size window = stage.drawable();
        // One projector on the main window alone is corrected as well; beside an output it stays plain.
        const render::BlitOptions here = stage.outputOpen() ? render::BlitOptions{.fit = wall.fit} : wall;
        if (testCard && !stage.outputOpen()) renderer.blitTestCard(stage.card(), window.width, window.height, here);
        else renderer.blit(picture, window.width, window.height, here);
        hands.drawUi(picture, pace.pacer().figures());
        renderer.frameTook(show.clock().seconds() - began, store[params::param("guard.fps_floor")]);
        const render::GovernorState governor = renderer.governorState();
        show.economise({governor.cropFactor, governor.canvasFactor, governor.paintingTime});
        stage.swap();
        show.writeStats(pace.pacer().figures(), firstPicture, false);
        pace.afterSwap(fps);
    }
    hands.stopRecording();
    show.writeStats(pace.pacer().figures(), firstPicture, true);
    return 0;
}

} // namespace

int play(const PlayOptions& options) {
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    if (options.headless) {
        if (!options.recordFile.empty())
            return failed({core::ProblemId::UsageError, "--record needs a picture: leave --headless away, or use `titanus render`"});
        auto show = LiveShow::open(options);
        return show ? playHeadless(options, *show.value()) : failed(show.problem());
    }
    // The window first: without a display there is no show, and that should be said at once.
    auto stage = StageWindow::open(options.size, options.fullScreen);
    if (!stage) return failed(stage.problem());
    auto show = LiveShow::open(options);
    if (!show) return failed(show.problem());
    return playOnStage(options, *show.value(), *stage.value());
}

} // namespace titanus::app
