#include "render/canvas_blend.h"

#include "render/camera_uniforms.h"
#include "render/structure.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace titanus::render {
using guidance::Canvas;
using modulation::FrameState;

namespace {

constexpr int kStartHeight = 144;
// From the start picture into the first canvas.
constexpr double kFirstFadeSeconds = 0.8;
// A painter slower than this steps visibly rather than lagging behind itself.
constexpr double kLongestFadeSeconds = 0.4;
// Fades last a little longer than the interval: canvases do not arrive like clockwork, and a fade
// that ends early stands still.
constexpr double kOverlap = 1.15;
// Smoothing along lines, in pixels of the canvas: chains of beads have a period of two to three, so the
// picture is blurred until they are gone before its directions are found, and three steps each way
// reach over one and a half of them (docs/QUALITY.md).
constexpr float kLineBlur = 1.2f, kLineSigma = 2.5f, kLineStep = 1.3f;
constexpr Clarity kLineClarity{0.45f, 0.85f}; // texture, which has no direction, is left alone

} // namespace

void CanvasBlend::upload(const Canvas& canvas) {
    if (!canvas_ || canvas.width != canvasWidth_ || canvas.height != canvasHeight_) {
        canvasWidth_ = canvas.width;
        canvasHeight_ = canvas.height;
        canvas_ = makeTexture(canvasWidth_, canvasHeight_, GL_RGBA16F);
    }
    GlBuffer& buffer = uploads_[nextUpload_];
    nextUpload_ = (nextUpload_ + 1) % uploads_.size();
    if (!buffer) buffer = GlBuffer::make();
    const auto bytes = static_cast<GLsizeiptr>(canvas.rgba.size() * sizeof(float));
    glBindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer.name());
    glBufferData(GL_PIXEL_UNPACK_BUFFER, bytes, nullptr, GL_STREAM_DRAW); // orphans the old one
    void* to = glMapBufferRange(GL_PIXEL_UNPACK_BUFFER, 0, bytes, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT);
    if (to) {
        std::memcpy(to, canvas.rgba.data(), static_cast<std::size_t>(bytes));
        glUnmapBuffer(GL_PIXEL_UNPACK_BUFFER);
        glBindTexture(GL_TEXTURE_2D, canvas_.name());
        glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, canvasWidth_, canvasHeight_, GL_RGBA, GL_FLOAT, nullptr);
    }
    glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
}

// What lies on one line becomes one line. Once a canvas, at its own size: next to nothing.
GLuint CanvasBlend::coherent(const ShaderSet& shaders, float coherence) {
    if (coherence <= 0) return canvas_.name();
    for (Target* target : {&soft_, &tensor_, &across_, &coherent_}) target->ensure(canvasWidth_, canvasHeight_, {GL_RGBA16F});
    blurInto(shaders, canvas_.name(), kLineBlur, across_, soft_);
    findStructure(shaders, soft_.texture(), kLineSigma, across_, tensor_);
    smoothAlong(shaders, canvas_.name(), tensor_.texture(), kLineStep * coherence, kLineClarity, coherent_);
    return coherent_.texture();
}

void CanvasBlend::makeReady(const ShaderSet& shaders, float coherence) {
    const GLuint image = coherent(shaders, coherence);
    newest_.ensure(canvasWidth_, canvasHeight_, format_);
    newest_.bind();
    const Program& program = shaders[Pass::Sharpen];
    program.use();
    program.texture("uImage", 0, image);
    drawScreen();
    coherence_ = coherence;
    settled_ = false;
}

void CanvasBlend::adopt(const ShaderSet& shaders, const FrameState& state, const Canvas& canvas, float coherence) {
    const double now = state.seconds;
    const bool first = !arrived_;
    if (first) {
        fadeSeconds_ = started_ ? kFirstFadeSeconds : 0;
        intervalSeconds_ = 0.1;
    } else {
        const double interval = std::clamp(now - arrivedSeconds_, 0.0, kLongestFadeSeconds);
        intervalSeconds_ += 0.35 * (interval - intervalSeconds_);
        fadeSeconds_ = std::min(kOverlap * intervalSeconds_, kLongestFadeSeconds);
    }
    upload(canvas);
    makeReady(shaders, coherence);
    current_ = 1 - current_; // what was shown last is what is faded from
    fromPose_ = started_ ? pose_ : canvas.pose;
    // Before the first canvas the start picture stood still in front of the camera.
    if (first) fromPose_ = canvas.pose;
    pose_ = canvas.pose;
    generation_ = canvas.generation;
    arrivedSeconds_ = now;
    arrived_ = started_ = true;
}

void CanvasBlend::drawStart(const ShaderSet& shaders, const FrameState& state) {
    const int width = std::max(16, static_cast<int>(std::lround(kStartHeight * state.space.aspect)));
    Target& target = blends_[current_];
    target.ensure(width, kStartHeight, format_);
    target.bind();
    const Program& program = shaders[Pass::Start];
    program.use();
    program.set("uSeconds", static_cast<float>(state.seconds));
    program.set("uAspect", state.space.aspect);
    program.setUnsigned("uSeed", static_cast<unsigned>(state.seed));
    drawScreen();
    pose_ = state.pose;
    started_ = true;
}

void CanvasBlend::update(const ShaderSet& shaders, const FrameState& state, const Canvas& canvas, float coherence) {
    const std::size_t floats = static_cast<std::size_t>(std::max(canvas.width, 0)) *
                               static_cast<std::size_t>(std::max(canvas.height, 0)) * 4;
    const bool usable = floats > 0 && canvas.rgba.size() >= floats;
    if (usable && (!arrived_ || canvas.generation != generation_)) adopt(shaders, state, canvas, coherence);
    if (!arrived_) return drawStart(shaders, state);
    if (coherence != coherence_) makeReady(shaders, coherence);

    // It arrived some time after the frame before: where each frame brings a canvas, each is seen.
    const double since = state.seconds - arrivedSeconds_ + state.dtSeconds;
    const double weight = fadeSeconds_ > 0 && since >= 0 ? std::min(1.0, since / fadeSeconds_) : 1;
    Target& target = blends_[current_];
    const Target& from = blends_[1 - current_];
    if (!settled_) {
        target.ensure(canvasWidth_, canvasHeight_, format_);
        target.bind();
        const Program& program = shaders.moving(Pass::Blend, state.space.depth == modulation::DepthField::Flat);
        program.use();
        setCamera(program, between(fromPose_, pose_), state.space);
        program.texture("uTo", 0, newest_.texture());
        program.texture("uFrom", 1, from.texture() ? from.texture() : newest_.texture());
        program.set("uWeight", from.texture() ? static_cast<float>(weight) : 1.f);
        drawScreen();
        settled_ = weight >= 1;
    }
}

} // namespace titanus::render
