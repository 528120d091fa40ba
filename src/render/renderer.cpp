#include "render/renderer.h"

#include "core/files.h"
#include "core/thread_role.h"
#include "render/afterglow.h"
#include "render/camera_uniforms.h"
#include "render/canvas_blend.h"
#include "render/finish.h"
#include "render/flash_guard.h"
#include "render/gl.h"
#include "render/gpu_timer.h"
#include "render/painter.h"
#include "render/pixel_reader.h"
#include "render/shader_set.h"

#include <SDL.h>

#include <algorithm>
#include <cmath>

namespace titanus::render {
using core::Problem;
using core::ProblemId;
using guidance::Canvas;
using modulation::FrameState;
using params::param;

namespace {

constexpr double kReloadSeconds = 0.25;
// Share of a frame that the picture may cost: the rest is the user interface, the swap, and on a
// machine without a GPU the sound and some of the painter.
constexpr double kBudgetShare = 0.75;
// Without a GPU thirty good frames a second are worth more than sixty poor ones.
constexpr double kSoftwareFps = 30;

constexpr int kSoftwareQuality = 1;
constexpr int kSmallestPainting = 120; // rows, whatever the frame-rate floor takes

constexpr std::array<int, kQualityBest + 1> kQualitySteps{1, 3, 5, 7};

bool isSoftware(const std::string& device) {
    return device.find("llvmpipe") != std::string::npos || device.find("softpipe") != std::string::npos ||
           device.find("SwiftShader") != std::string::npos;
}

std::string glString(GLenum name) {
    const auto* text = reinterpret_cast<const char*>(glGetString(name));
    return text ? text : "";
}

} // namespace

double pacedFps(const RendererInfo& info, double wantedFps) {
    return info.software ? std::min(wantedFps, kSoftwareFps) : wantedFps;
}

struct Renderer::Parts {
    RendererOptions options;
    RendererInfo info;
    ShaderSet shaders;
    GlVertexArray screen;
    CanvasBlend canvas;
    Painter painter;
    Afterglow afterglow;
    Governor governor;
    GpuTimer timer;
    FloorGuard floor;
    FlashGuard flash;
    std::array<Target, 2> finished; // the picture and the one before it, which the flash guard needs
    std::size_t newest = 0;
    bool shown = false;             // the one before is a picture
    Target dimmed;
    TestCard card;                  // what cardTexture shows
    GlTexture cardTexture;
    int cardWidth = 0, cardHeight = 0;
    modulation::CameraPose lastPose;
    Picture picture;
    bool drawn = false;
    double black = 0;      // 0..1, how far the blackout has faded in
    double lastReload = -1;

    Parts(const RendererOptions& o, RendererInfo i, ShaderSet s)
        : options(o), info(std::move(i)), shaders(std::move(s)), screen(GlVertexArray::make()),
          canvas(info.software), painter(info.software),
          governor(o.quality < 0 ? (info.software ? 1 : 5)
                                 : kQualitySteps[static_cast<std::size_t>(std::min(o.quality, kQualityBest))]) {
        governor.setCeiling(o.quality < 0 ? o.height : 1 << 14);
    }

    const PaintStep& step() const { return kPaintSteps[static_cast<std::size_t>(governor.step())]; }
    bool automatic() const { return options.quality < 0; }

    void govern();
    static core::Result<std::unique_ptr<Parts>> make(const RendererOptions& options);
    void drawFinished(const FrameState& state, const Canvas& canvas);
    void guardFlashes(const FrameState& state);
    void show(GLuint texture, double pictureWidth, double pictureHeight, int viewportWidth, int viewportHeight,
              const BlitOptions& options);
    void fade(const FrameState& state);
    void restoreState() const {
        glBindFramebuffer(GL_FRAMEBUFFER, 0);
        glUseProgram(0);
        glBindVertexArray(0);
        glActiveTexture(GL_TEXTURE0);
        glBindTexture(GL_TEXTURE_2D, 0);
    }
    void claimState() const {
        for (const int off : {GL_BLEND, GL_DEPTH_TEST, GL_CULL_FACE, GL_SCISSOR_TEST, GL_STENCIL_TEST,
                                 GL_FRAMEBUFFER_SRGB})
            glDisable(static_cast<GLenum>(off));
        glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
        glBindVertexArray(screen.name());
        glBindSampler(0, 0);
    }
};

void Renderer::Parts::govern() {
    const double cost = timer.collect();
    if (cost <= 0) return;
    info.gpuMs = cost * 1000;
    if (!automatic()) return;
    governor.frame(cost, kBudgetShare / pacedFps(info, options.targetFps));
}

void Renderer::Parts::drawFinished(const FrameState& state, const Canvas& canvasIn) {
    // Pixels are shown as they were painted.
    const bool crisp = state.effective.choice(param("look.painting")) == static_cast<int>(Painting::Pixels);
    canvas.update(shaders, state, canvasIn, crisp ? 0 : state[param("look.coherence")]);
    const auto motion = drawn ? between(lastPose, state.pose) : modulation::CameraMotion{};
    lastPose = state.pose;
    PaintStep now = step();
    if (automatic())
        now.paintHeight = std::max(kSmallestPainting, static_cast<int>(static_cast<float>(now.paintHeight) * floor.state().renderScale));
    const float scale = automatic() ? now.finishScale : 1.f;
    const int width = std::max(16, static_cast<int>(std::lround(static_cast<float>(options.width) * scale)));
    const int height = std::max(16, static_cast<int>(std::lround(static_cast<float>(options.height) * scale)));
    const Painted painted = painter.paint(shaders, state, canvas, motion, height, now);
    const GLuint paint = afterglow.trails(shaders, state, painted, motion);
    const GLuint bloom = afterglow.bloom(shaders, state, paint, painted.width, painted.rows, info.software);
    newest = 1 - newest;
    finished[newest].ensure(width, height, {});
    finished[newest].bind();
    finish(shaders, state, {painted, paint, bloom, painter.noise(), !info.software || !automatic()});
    info.paintWidth = painted.width;
    info.paintHeight = painted.rows;
    info.marks = painter.marksAlive();
    guardFlashes(state);
}

void Renderer::Parts::guardFlashes(const FrameState& state) {
    flash.apply(shaders, finished[newest], shown ? finished[1 - newest].texture() : 0, painter.noise(), state.frame,
                state.dtSeconds, state.effective.on(param("guard.flash")));
    shown = true;
}

void Renderer::Parts::fade(const FrameState& state) {
    const double goal = state.blackout ? 1 : 0, seconds = state[param("output.fade_seconds")];
    const double most = seconds > 0 ? state.dtSeconds / seconds : 1;
    black += std::clamp(goal - black, -most, most);
    const Target& last = finished[newest];
    picture.texture = last.texture();
    picture.width = last.width();
    picture.height = last.height();
    if (black <= 0) return;
    dimmed.ensure(last.width(), last.height(), {});
    dimmed.bind();
    if (black >= 1) {
        glClearColor(0, 0, 0, 1);
        glClear(GL_COLOR_BUFFER_BIT);
    } else {
        const Program& program = shaders[Pass::Dim];
        program.use();
        program.texture("uImage", 0, last.texture());
        program.set("uFactor", static_cast<float>((1 - black) * (1 - black)));
        program.set("uAlpha", 1.f);
        drawScreen();
    }
    picture.texture = dimmed.texture();
}

Renderer::Renderer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Renderer::~Renderer() = default;

core::Result<std::unique_ptr<Renderer::Parts>> Renderer::Parts::make(const RendererOptions& options) {
    // Without a context the functions may be there and must not be called; a window's context comes
    // without them loaded.
    const auto load = reinterpret_cast<GLADloadfunc>(SDL_GL_GetProcAddress);
    if (!SDL_GL_GetCurrentContext() || (!glGetString && !gladLoadGL(load)))
        return Problem{ProblemId::GlUnavailable, "no context is current"};
    if (!GLAD_GL_VERSION_4_1) return Problem{ProblemId::GlUnavailable, "the driver offers " + glString(GL_VERSION)};
    RendererInfo info;
    info.device = glString(GL_RENDERER);
    info.version = glString(GL_VERSION);
    info.software = isSoftware(info.device);
    info.steps = kPaintStepCount;
    RendererOptions resolved = options;
    if (resolved.quality == kQualityByDevice) resolved.quality = info.software ? kSoftwareQuality : kQualityBest;
    if (resolved.shaderDir.empty()) resolved.shaderDir = core::dataDir("shaders");
    auto shaders = ShaderSet::load(resolved.shaderDir, info.software);
    if (!shaders) return shaders.problem();
    return std::make_unique<Parts>(resolved, std::move(info), std::move(shaders).value());
}

core::Result<std::unique_ptr<Renderer>> Renderer::create(const RendererOptions& options) {
    TITANUS_ON(Main);
    auto parts = Parts::make(options);
    if (!parts) return parts.problem();
    return std::unique_ptr<Renderer>(new Renderer(std::move(parts).value()));
}

core::Result<void> Renderer::rebuild() {
    TITANUS_ON(Main);
    auto fresh = Parts::make(parts_->options);
    if (!fresh) return fresh.problem();
    fresh.value()->black = parts_->black;
    const ForgetGl forget(true); // the objects of the lost context went with it
    parts_ = std::move(fresh).value();
    return {};
}

bool Renderer::contextLost() const {
    using Status = GLenum (*)();
    for (const char* name : {"glGetGraphicsResetStatus", "glGetGraphicsResetStatusARB", "glGetGraphicsResetStatusKHR"})
        if (const auto status = reinterpret_cast<Status>(SDL_GL_GetProcAddress(name))) return status() != GL_NO_ERROR;
    return false;
}

Picture Renderer::draw(const FrameState& state, const Canvas& canvas) {
    TITANUS_ON(Main);
    Parts& p = *parts_;
    p.claimState();
    if (!state.frozen || !p.drawn) {
        p.govern();
        p.timer.begin();
        p.drawFinished(state, canvas);
        p.timer.end();
        p.drawn = true;
    }
    p.fade(state);
    p.picture.frame = state.frame;
    p.picture.seconds = state.seconds;
    p.restoreState();
    return p.picture;
}

Picture Renderer::picture() const { return parts_->picture; }

void Renderer::resize(int width, int height) {
    Parts& p = *parts_;
    if (width < 1 || height < 1 || (width == p.options.width && height == p.options.height)) return;
    p.options.width = width;
    p.options.height = height;
    if (p.automatic()) p.governor.setCeiling(height);
    p.afterglow.restart();
    p.painter.restart();
    p.flash.restart();
    p.shown = false;
    p.drawn = false; // a frozen picture is drawn once more, at its new size
}

void Renderer::setTargetFps(double fps) {
    if (fps > 0) parts_->options.targetFps = fps;
}

void Renderer::frameTook(double seconds, double floorFps) {
    if (parts_->automatic()) parts_->floor.frame(std::max(seconds, parts_->info.gpuMs / 1000), floorFps);
}

GovernorState Renderer::governorState() const { return parts_->floor.state(); }
FlashMeter Renderer::flashMeter() const { return parts_->flash.meter(); }

void Renderer::Parts::show(GLuint texture, double pictureWidth, double pictureHeight, int viewportWidth, int viewportHeight,
                           const BlitOptions& o) {
    claimState();
    const double vw = viewportWidth, vh = viewportHeight;
    const double keptX = 1 - o.crop.left - o.crop.right, keptY = 1 - o.crop.top - o.crop.bottom;
    const double pw = pictureWidth * keptX, ph = pictureHeight * keptY;
    double w = vw, h = vh; // of the picture on the output
    if (o.fit == Fit::Fill || o.fit == Fit::Fit) {
        const double zoom = o.fit == Fit::Fill ? std::max(vw / pw, vh / ph) : std::min(vw / pw, vh / ph);
        w = pw * zoom;
        h = ph * zoom;
    } else if (o.fit == Fit::Pixel) {
        w = options.width * keptX; // of the picture as asked for, whatever the automatic draws at
        h = options.height * keptY;
    }
    glViewport(o.x, o.y, viewportWidth, viewportHeight);
    glEnable(GL_SCISSOR_TEST);
    glScissor(o.x, o.y, viewportWidth, viewportHeight);
    glClearColor(0, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    // The visible part on whole pixels, so that "pixel" is exact.
    const double left = std::max(0.0, std::floor((vw - w) / 2)), bottom = std::max(0.0, std::floor((vh - h) / 2));
    const double shownW = std::min(w, vw), shownH = std::min(h, vh);
    const auto f = [](double v) { return static_cast<float>(v); };
    std::array<float, 9> pin{1, 0, 0, 0, 1, 0, 0, 0, 1};
    std::array<float, 4> area{0, 0, 1, 1};
    if (o.pinned()) { // bars are pinned too: the whole output is
        const auto rows = pinMatrix(o.corners);
        for (std::size_t i = 0; i < 9; ++i) pin[i % 3 * 3 + i / 3] = rows[i]; // GL takes columns
        area = {f(left / vw), f(bottom / vh), f(shownW / vw), f(shownH / vh)};
    } else {
        glViewport(o.x + static_cast<int>(left), o.y + static_cast<int>(bottom),
                   static_cast<int>(std::lround(shownW)), static_cast<int>(std::lround(shownH)));
    }
    double scaleX = shownW / w, scaleY = shownH / h, offsetX = (1 - scaleX) / 2, offsetY = (1 - scaleY) / 2;
    if (o.flipX) { offsetX = 1 - offsetX; scaleX = -scaleX; }
    if (o.flipY) { offsetY = 1 - offsetY; scaleY = -scaleY; }
    const Program& program = shaders[Pass::Show];
    program.use();
    program.texture("uImage", 0, texture);
    program.setMatrix3("uPin", pin.data());
    program.set("uShown", area[0], area[1], area[2], area[3]);
    program.set("uScale", f(scaleX * keptX), f(scaleY * keptY));
    program.set("uOffset", f(offsetX * keptX + o.crop.left), f(offsetY * keptY + o.crop.bottom));
    const auto encoded = [](float light) { return std::pow(std::clamp(light, 0.f, 1.f), 1 / 2.2f); };
    program.set("uGain", encoded(o.gain[0]), encoded(o.gain[1]), encoded(o.gain[2]));
    drawScreen();
    glDisable(GL_SCISSOR_TEST);
    glUseProgram(0);
    glBindVertexArray(0);
}

void Renderer::blit(const Picture& picture, int viewportWidth, int viewportHeight, const BlitOptions& options) {
    TITANUS_ON(Main);
    if (picture.texture == 0 || viewportWidth < 1 || viewportHeight < 1) return;
    parts_->show(picture.texture, picture.width, picture.height, viewportWidth, viewportHeight, options);
}

void Renderer::blitTestCard(const TestCard& card, int viewportWidth, int viewportHeight, const BlitOptions& options) {
    TITANUS_ON(Main);
    Parts& p = *parts_;
    if (viewportWidth < 16 || viewportHeight < 16) return;
    if (!p.cardTexture || card != p.card || viewportWidth != p.cardWidth || viewportHeight != p.cardHeight) {
        p.card = card;
        p.cardWidth = viewportWidth;
        p.cardHeight = viewportHeight;
        const core::Image image = drawTestCard(card, viewportWidth, viewportHeight);
        p.cardTexture = makeTexture(viewportWidth, viewportHeight, GL_RGBA8);
        glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
        const auto row = static_cast<std::size_t>(viewportWidth) * 4;
        for (int y = 0; y < viewportHeight; ++y) // textures begin at the bottom
            glTexSubImage2D(GL_TEXTURE_2D, 0, 0, viewportHeight - 1 - y, viewportWidth, 1, GL_RGBA, GL_UNSIGNED_BYTE,
                            image.rgba.data() + static_cast<std::size_t>(y) * row);
    }
    BlitOptions whole = options; // the card is as large as the output: nothing of it may be lost
    whole.fit = Fit::Stretch;
    whole.crop = {};
    p.show(p.cardTexture.name(), viewportWidth, viewportHeight, viewportWidth, viewportHeight, whole);
}

core::Image Renderer::readBack() {
    TITANUS_ON(Main);
    return PixelReader::read(parts_->picture);
}

bool Renderer::reloadChangedShaders(double nowSeconds, const ProblemSink& sink) {
    Parts& p = *parts_;
    if (p.lastReload >= 0 && nowSeconds - p.lastReload < kReloadSeconds) return false;
    p.lastReload = nowSeconds;
    return p.shaders.reload(sink);
}

RendererInfo Renderer::info() const {
    RendererInfo info = parts_->info;
    info.step = parts_->governor.step();
    return info;
}

} // namespace titanus::render
