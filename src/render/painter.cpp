#include "render/painter.h"

#include "render/brush_tips.h"
#include "render/camera_uniforms.h"
#include "render/structure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace titanus::render {
using modulation::Affine;
using modulation::CameraMotion;
using modulation::FrameState;
using params::param;

namespace {

constexpr float kReferenceHeight = 360; // brush sizes are thought of at this height
// Rows of the structure per row of the canvas: it is not finer than that.
constexpr float kTensorPerCanvas = 1.25f, kTensorPerCanvasSoftware = 0.8f;
constexpr float kTensorSigma = 2;
constexpr double kBristleLifeSeconds = 0.5, kBristleRenewSeconds = 0.25;

// Momentary motion of the display alone: bump, tilt, shake, in that order.
Affine displayMotion(const FrameState& state) {
    const double grow = std::exp(state[param("camera.bump")]);
    const double angle = state[param("camera.tilt")] * 3.14159265358979 / 180;
    const double shake = 0.06 * state[param("camera.shake")], t = state.seconds;
    // Sums of sines without a common period: a restless hand, the same in every run.
    const double x = std::sin(41 * t + 1) + 0.6 * std::sin(67.3 * t) + 0.4 * std::sin(97.1 * t + 2);
    const double y = std::sin(37 * t) + 0.6 * std::sin(71.9 * t + 3) + 0.4 * std::sin(89.7 * t + 1);
    const double cs = grow * std::cos(angle), sn = grow * std::sin(angle);
    return {cs, -sn, sn, cs, shake * x, shake * y};
}

bool isFlat(const FrameState& state) { return state.space.depth == modulation::DepthField::Flat; }

} // namespace

struct Painter::Frame {
    const ShaderSet& shaders;
    const FrameState& state;
    const CanvasBlend& canvas;
    const CameraMotion& motion;
    const PaintStep& step;
    Painting kind;
    int width, height;
    float brush, pixel; // pixels of the painting per pixel of reference
    Affine display;
    bool needsLevels;
};

Painter::Painter(bool softwareGl) : software_(softwareGl) {
    noise_ = makeNoise();
    tips_ = makeBrushTips();
    marksArray_ = GlVertexArray::make();
    marksBuffer_ = GlBuffer::make();
    GLint before = 0;
    glGetIntegerv(GL_VERTEX_ARRAY_BINDING, &before);
    glBindVertexArray(marksArray_.name());
    glBindBuffer(GL_ARRAY_BUFFER, marksBuffer_.name());
    glEnableVertexAttribArray(0);
    glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, sizeof(MarkInstance), nullptr);
    glVertexAttribDivisor(0, 1);
    glBindVertexArray(static_cast<GLuint>(before));
}

void Painter::restart() {
    bristleStarted_ = false;
    marks_ = {};
    layoutBrush_ = -1;
}

// block: side of a block of the canvas's pixels whose mean is taken; 0: smooth.
void Painter::reconstruct(const Frame& f, const Target& to, float block) {
    to.bind();
    const int segments = f.state.effective.choice(param("look.kaleidoscope"));
    const float ripple = f.state[param("look.ripple")];
    const Program& program = f.shaders.reconstruct(segments > 0, ripple > 0, isFlat(f.state), block > 0);
    program.use();
    setCamera(program, between(f.canvas.pose(), f.state.pose), f.state.space);
    setAffine(program, "uDisplayX", "uDisplayY", f.display.inverse());
    program.texture("uCanvas", 0, f.canvas.texture());
    // One mirror is no kaleidoscope: a single segment mirrors left and right.
    program.set("uSegments", segments);
    program.set("uRipple", ripple);
    program.set("uSeconds", static_cast<float>(f.state.seconds));
    program.set("uBlock", block);
    drawScreen();
}

void Painter::drawPixels(const Frame& f, int width, int height) {
    const float block = f.state[param("look.pixel_size")];
    const int rows = std::max(1, static_cast<int>(std::lround(static_cast<float>(f.canvas.height()) / block)));
    const int columns = std::max(1, static_cast<int>(std::lround(static_cast<float>(rows) * f.state.space.aspect)));
    // The squares stand still on the screen and the picture moves under them: those of the canvas would
    // jump back each time that it is moved itself.
    squares_.ensure(columns, rows, {software_ ? GLenum{GL_RGBA8} : GLenum{GL_RGBA16F}});
    reconstruct(f, squares_, block);
    pixels_.ensure(width, height, {software_ ? GLenum{GL_RGBA8} : GLenum{GL_RGBA16F}});
    pixels_.bind();
    const Program& program = f.shaders[Pass::Pixels];
    program.use();
    program.texture("uImage", 0, squares_.texture());
    program.set("uSteep", static_cast<float>(width) / static_cast<float>(columns), static_cast<float>(height) / static_cast<float>(rows));
    drawScreen();
}

void Painter::findScene(const Frame& f) {
    scene_.ensure(f.width, f.height, {software_ ? GLenum{GL_RGBA8} : GLenum{GL_RGBA16F}, 0, false, true});
    reconstruct(f, scene_, 0);
    glBindTexture(GL_TEXTURE_2D, scene_.texture());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, f.needsLevels ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
    if (f.needsLevels) glGenerateMipmap(GL_TEXTURE_2D);
}

void Painter::findStructure(const Frame& f) {
    const float perCanvas = software_ ? kTensorPerCanvasSoftware : kTensorPerCanvas;
    const int height = std::clamp(static_cast<int>(perCanvas * static_cast<float>(f.canvas.height())), 16, f.height);
    const int width = std::max(16, height * f.width / f.height);
    tensor_.ensure(width, height, {GL_RGBA16F});
    tensorAcross_.ensure(width, height, {GL_RGBA16F});
    render::findStructure(f.shaders, scene_.texture(), kTensorSigma, tensorAcross_, tensor_);
}

void Painter::drawBristle(const Frame& f) {
    for (Target& target : bristle_)
        if (target.ensure(f.width, f.height, {software_ ? GLenum{GL_R8} : GLenum{GL_R16F}})) bristleStarted_ = false;
    const double dt = std::clamp(f.state.dtSeconds, 1.0 / 240, 0.1);
    const Program& program = f.shaders.moving(Pass::Bristle, isFlat(f.state));
    program.use();
    program.texture("uNoise", 0, noise_.name());
    program.texture("uTensor", 1, tensor_.texture());
    program.set("uTexel", 1.f / static_cast<float>(f.width), 1.f / static_cast<float>(f.height));
    const float scale = 1 / (256 * std::max(1.f, f.pixel));
    program.set("uNoiseScale", static_cast<float>(f.width) * scale, static_cast<float>(f.height) * scale);
    const auto beat = static_cast<double>(static_cast<std::int64_t>(f.state.seconds / kBristleRenewSeconds));
    program.set("uNoiseOffset", static_cast<float>(std::fmod(beat * 0.754877666, 1)),
                static_cast<float>(std::fmod(beat * 0.569840291, 1))); // R2 sequence: far apart
    const float length = (0.8f + 1.2f * f.brush) * std::max(1.f, f.pixel);
    const auto run = [&](const CameraMotion& motion, double seconds, bool anew = false) {
        setCamera(program, motion, f.state.space);
        program.set("uRenewal", anew ? 1.f : static_cast<float>(1 - std::exp(-seconds / kBristleLifeSeconds)));
        program.set("uStep", length * static_cast<float>(std::sqrt(seconds * 60)));
        const GLuint previous = bristle_[bristleNow_].texture();
        bristleNow_ = 1 - bristleNow_;
        bristle_[bristleNow_].bind();
        program.texture("uPrevious", 2, previous);
        drawScreen();
    };
    if (!bristleStarted_) // as if it had been running: a single still looks like any frame
        for (int i = 0; i < 16; ++i) run({}, 0.06, i == 0);
    bristleStarted_ = true;
    run(f.motion, dt);
}

void Painter::oil(const Frame& f, float radius) {
    oil_.ensure(f.width, f.height, {software_ ? GLenum{GL_RGBA8} : GLenum{GL_RGBA16F}});
    oil_.bind();
    const Program& program = f.shaders.oil(f.step.oilTaps);
    program.use();
    program.texture("uImage", 0, scene_.texture());
    program.texture("uTensor", 1, tensor_.texture());
    program.set("uTexel", 1.f / static_cast<float>(f.width), 1.f / static_cast<float>(f.height));
    program.set("uRadius", radius * f.pixel);
    drawScreen();
}

void Painter::drawLines(const Frame& f) {
    lines_.ensure(f.width, f.height, {GL_R16F});
    linesAlong_.ensure(f.width, f.height, {GL_R16F});
    const float sigma = (1.2f + 1.8f * f.brush) * f.pixel;
    lines_.bind();
    const Program& find = f.shaders[Pass::Lines];
    find.use();
    find.texture("uImage", 0, scene_.texture());
    find.texture("uTensor", 1, tensor_.texture());
    find.set("uTexel", 1.f / static_cast<float>(f.width), 1.f / static_cast<float>(f.height));
    find.set("uSigma", sigma);
    drawScreen();
    smoothAlong(f.shaders, lines_.texture(), tensor_.texture(), 1.2f * sigma, kEverywhere, linesAlong_);
}

void Painter::drawMarks(const Frame& f, Pass pass) {
    const bool crystal = pass == Pass::Crystal;
    // Laying out anew makes every mark jump: a modulated brush scales them instead, up to a limit.
    if (std::abs(f.brush - layoutBrush_) > 0.2f || kind_ != f.kind) layoutBrush_ = f.brush;
    kind_ = f.kind;
    const auto spacing = [&](float brush) { return crystal ? 0.10f + 0.30f * brush : 0.09f + 0.22f * brush; };
    const float large = spacing(layoutBrush_), scale = spacing(f.brush) / large;
    std::vector<Marks::Layer> layers;
    if (crystal) layers = {{large, 5}, {0.5f * large, 3.5f}};
    else if (software_) layers = {{large, 3.2f}, {0.5f * large, 2.2f}};
    else layers = {{large, 3.2f}, {0.55f * large, 2.4f}, {0.3f * large, 1.8f}};
    marks_.layOut(layers, f.state.space.aspect, f.state.seed);
    // Under the kaleidoscope the scene's motion is not the screen's.
    const bool mirrored = f.state.effective.choice(param("look.kaleidoscope")) > 0;
    marks_.advance(mirrored ? CameraMotion{} : f.motion, f.state.space, f.state.dtSeconds);

    marksTarget_.ensure(f.width, f.height, {GL_RGBA8, 0, crystal});
    marksTarget_.bind();
    if (crystal) glClear(GL_DEPTH_BUFFER_BIT);
    const Program& ground = f.shaders[Pass::Dim];
    ground.use();
    ground.texture("uImage", 0, scene_.texture());
    ground.set("uFactor", 0.94f);
    ground.set("uAlpha", 0.15f); // height of the ground
    drawScreen();

    const auto& instances = marks_.instances();
    marksDrawn_ = static_cast<int>(instances.size());
    GLint before = 0;
    glGetIntegerv(GL_VERTEX_ARRAY_BINDING, &before);
    glBindVertexArray(marksArray_.name());
    glBindBuffer(GL_ARRAY_BUFFER, marksBuffer_.name());
    const auto bytes = static_cast<GLsizeiptr>(instances.size() * sizeof(MarkInstance));
    glBufferData(GL_ARRAY_BUFFER, bytes, nullptr, GL_STREAM_DRAW);
    glBufferSubData(GL_ARRAY_BUFFER, 0, bytes, instances.data());
    const Program& program = f.shaders[pass];
    program.use();
    program.texture("uImage", 0, scene_.texture());
    program.texture("uTensor", 1, tensor_.texture());
    program.texture("uTips", 2, tips_.name());
    program.set("uAspect", f.state.space.aspect);
    setAffine(program, "uForwardX", "uForwardY", f.display);
    program.set("uLength", (crystal ? 1.5f : 1.05f) * scale);
    program.set("uWidth", (crystal ? 1.5f : 0.5f) * scale);
    program.set("uStretch", crystal ? 0.45f : 1.1f);
    program.set("uFineSpacing", 0.56f * large);
    program.set("uFineEdge", crystal ? 0.03f : 0.008f, crystal ? 0.07f : 0.03f);
    program.set("uSmallest", crystal ? 0.16f * large : 0.f);
    program.set("uLod", 0.3f * scale * static_cast<float>(f.height));
    if (crystal) {
        glEnable(GL_DEPTH_TEST);
        glDepthFunc(GL_LESS);
        glDepthMask(GL_TRUE);
    } else {
        glEnable(GL_BLEND);
        glBlendFunc(GL_SRC1_ALPHA, GL_ONE_MINUS_SRC1_ALPHA);
    }
    glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, static_cast<GLsizei>(instances.size()));
    glDisable(GL_DEPTH_TEST);
    glDisable(GL_BLEND);
    glBindVertexArray(static_cast<GLuint>(before));
}

void Painter::drawSurface(const Frame& f) {
    const bool marks = f.kind == Painting::Strokes || f.kind == Painting::Crystal;
    const float x = 1.f / static_cast<float>(f.width), y = 1.f / static_cast<float>(f.height);
    surface_.ensure(f.width, f.height, {});
    surface_.bind();
    const Program& program = f.shaders[Pass::Surface];
    program.use();
    program.texture("uBristle", 0, bristle_[bristleNow_].texture());
    program.texture("uMarks", 1, marks ? marksTarget_.texture() : noise_.name());
    program.texture("uLines", 2, f.kind == Painting::Ink ? linesAlong_.texture() : noise_.name());
    program.set("uTexel", x, y);
    const float reach = std::max(1.f, f.pixel / 1.5f); // light as wide at every painting size
    program.set("uMarkTexel", reach * x, reach * y);
    program.set("uContrast", 2.f);
    const bool crystal = f.kind == Painting::Crystal;
    program.set("uLead", crystal ? 1.f : 0.f);
    program.set("uBristleSlope", crystal ? 0.f : 6.f); // glass is smooth
    program.set("uMarkSlope", marks ? 3.f : 0.f);
    program.set("uLineGain", f.kind == Painting::Ink ? 6.f : 0.f);
    drawScreen();
}

Painted Painter::paint(const ShaderSet& shaders, const FrameState& state, const CanvasBlend& canvas,
                       const CameraMotion& motion, int height, const PaintStep& step) {
    const auto kind = static_cast<Painting>(state.effective.choice(param("look.painting")));
    const int h = std::min(height, step.paintHeight);
    const int w = std::max(16, static_cast<int>(std::lround(static_cast<float>(h) * state.space.aspect)));
    const bool marks = kind == Painting::Strokes || kind == Painting::Crystal;
    const Frame f{shaders, state, canvas, motion, step, kind, w, h, state[param("look.brush")],
                  static_cast<float>(h) / kReferenceHeight, displayMotion(state), marks};
    marksDrawn_ = 0;
    findScene(f);
    findStructure(f);
    const bool bristles = kind != Painting::Pixels && (kind == Painting::Ink || state[param("look.detail")] > 0 || state[param("look.relief")] > 0);
    if (bristles) drawBristle(f);
    else bristleStarted_ = false;

    Painted out{kind, scene_.texture(), scene_.texture(), tensor_.texture(), 0, w, h,
                std::max(1, canvas.height())};
    switch (kind) {
    case Painting::Smooth:
        // A small filter radius still: it joins the canvas's pixels into clean areas.
        if (f.brush > 0) {
            oil(f, 1 + 2.5f * f.brush);
            out.paint = oil_.texture();
        }
        break;
    case Painting::Oil:
        oil(f, 2.5f + 9 * f.brush);
        out.paint = oil_.texture();
        break;
    case Painting::Ink:
        oil(f, 3 + 5 * f.brush);
        out.paint = oil_.texture();
        drawLines(f);
        break;
    case Painting::Strokes:
    case Painting::Crystal:
        drawMarks(f, kind == Painting::Strokes ? Pass::Strokes : Pass::Crystal);
        out.paint = marksTarget_.texture();
        break;
    case Painting::Pixels:
        // One read a pixel: cheap enough for the output's own size, where their edges are crisp.
        out.rows = height;
        out.width = std::max(16, static_cast<int>(std::lround(static_cast<float>(height) * state.space.aspect)));
        drawPixels(f, out.width, out.rows);
        out.paint = pixels_.texture();
        break;
    }
    if (bristles) {
        drawSurface(f);
        out.surface = surface_.texture();
    }
    return out;
}

} // namespace titanus::render
