#include "render/flash_guard.h"

#include "render/camera_uniforms.h"
#include "render/renderer.h"

#include <algorithm>
#include <cstring>

namespace titanus::render {
namespace {

GlTexture exactTexture(int width, int height, GLenum format) {
    GlTexture texture = makeTexture(width, height, format);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    return texture;
}

} // namespace

FlashGuard::FlashGuard() : anyAlarmed_(GlQuery::make()) {
    grid_.ensure(kColumns, kRows, {GL_RGBA32F});
    weight_.ensure(kColumns, kRows, {GL_R16F});
    for (History& history : history_) {
        history.framebuffer = GlFramebuffer::make();
        glBindFramebuffer(GL_FRAMEBUFFER, history.framebuffer.name());
        std::array<GLenum, 4> all{};
        for (std::size_t i = 0; i < history.ages.size(); ++i) {
            history.ages[i] = exactTexture(kColumns, kRows, GL_RGBA32F);
            all[i] = GL_COLOR_ATTACHMENT0 + static_cast<GLenum>(i);
            glFramebufferTexture2D(GL_FRAMEBUFFER, all[i], GL_TEXTURE_2D, history.ages[i].name(), 0);
        }
        glDrawBuffers(4, all.data());
        history.gate.ensure(1, 1, {GL_RGBA32F});
    }
    for (Slot& slot : slots_) {
        slot.buffer = GlBuffer::make();
        glBindBuffer(GL_PIXEL_PACK_BUFFER, slot.buffer.name());
        glBufferData(GL_PIXEL_PACK_BUFFER, sizeof(read_), nullptr, GL_STREAM_READ);
    }
    glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

FlashGuard::~FlashGuard() {
    for (const Slot& slot : slots_)
        if (slot.fence && !ForgetGl::active()) glDeleteSync(slot.fence);
}

void FlashGuard::judge(const ShaderSet& shaders, const Target& image, float dt) {
    grid_.bind();
    const Program& cells = shaders[Pass::FlashGrid];
    cells.use();
    cells.texture("uImage", 0, image.texture());
    cells.set("uCell", 1.f / kColumns, 1.f / kRows);
    drawScreen();

    const History& before = history_[now_];
    now_ = 1 - now_;
    const History& after = history_[now_];
    glBindFramebuffer(GL_FRAMEBUFFER, after.framebuffer.name());
    glViewport(0, 0, kColumns, kRows);
    const Program& state = shaders[Pass::FlashState];
    state.use();
    state.texture("uGrid", 0, grid_.texture());
    constexpr std::array<const char*, 4> kNames{"uLight", "uLightRest", "uRed", "uRedRest"};
    for (std::size_t i = 0; i < 4; ++i) state.texture(kNames[i], static_cast<int>(i) + 1, before.ages[i].name());
    state.set("uDt", dt);
    state.set("uAnew", started_ ? 0 : 1);
    drawScreen();

    after.gate.bind();
    const Program& gate = shaders[Pass::FlashGate];
    gate.use();
    for (std::size_t i = 0; i < 4; ++i) gate.texture(kNames[i], static_cast<int>(i), after.ages[i].name());
    gate.texture("uGate", 4, before.gate.texture());
    gate.set("uCells", kColumns, kRows);
    gate.set("uDt", dt);
    gate.set("uAnew", started_ ? 0 : 1);
    drawScreen();
    started_ = true;
}

void FlashGuard::hold(const ShaderSet& shaders, const Target& image, GLuint previous, GLuint noise,
                      std::uint64_t frame, float dt) {
    const History& now = history_[now_];
    weight_.bind();
    glClearColor(0, 0, 0, 0);
    glClear(GL_COLOR_BUFFER_BIT);
    const Program& weight = shaders[Pass::FlashWeight];
    weight.use();
    weight.texture("uLightRest", 0, now.ages[1].name());
    weight.texture("uRedRest", 1, now.ages[3].name());
    weight.texture("uGate", 2, now.gate.texture());
    weight.set("uCells", kColumns, kRows);
    weight.set("uDt", dt);
    glBeginQuery(GL_ANY_SAMPLES_PASSED, anyAlarmed_.name());
    drawScreen();
    glEndQuery(GL_ANY_SAMPLES_PASSED);

    // The GPU itself leaves this pass out while nothing is alarmed.
    glBeginConditionalRender(anyAlarmed_.name(), GL_QUERY_WAIT);
    image.bind();
    glEnable(GL_BLEND);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ZERO, GL_ONE);
    const Program& keep = shaders[Pass::FlashHold];
    keep.use();
    keep.texture("uPrevious", 0, previous);
    keep.texture("uWeight", 1, weight_.texture());
    keep.texture("uNoise", 2, noise);
    const std::uint64_t far = frame * 2654435761u; // another place of the noise each frame
    keep.set("uNoiseOffset", static_cast<int>(far >> 8 & 255), static_cast<int>(far >> 16 & 255));
    drawScreen();
    glDisable(GL_BLEND);
    glEndConditionalRender();
}

void FlashGuard::readMeter() {
    while (pending_ > 0) {
        Slot& slot = slots_[oldest_];
        const GLenum state = glClientWaitSync(slot.fence, 0, 0);
        if (state != GL_ALREADY_SIGNALED && state != GL_CONDITION_SATISFIED) break;
        glDeleteSync(slot.fence);
        slot.fence = nullptr;
        glBindBuffer(GL_PIXEL_PACK_BUFFER, slot.buffer.name());
        if (const void* data = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, sizeof(read_), GL_MAP_READ_BIT)) {
            std::memcpy(read_.data(), data, sizeof(read_));
            glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
        }
        oldest_ = (oldest_ + 1) % slots_.size();
        --pending_;
    }
    if (pending_ < slots_.size()) {
        Slot& slot = slots_[(oldest_ + pending_) % slots_.size()];
        history_[now_].gate.bind();
        glBindBuffer(GL_PIXEL_PACK_BUFFER, slot.buffer.name());
        glReadPixels(0, 0, 1, 1, GL_RGBA, GL_FLOAT, nullptr);
        slot.fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
        ++pending_;
    }
    glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
}

void FlashGuard::apply(const ShaderSet& shaders, const Target& image, GLuint previous, GLuint noise,
                       std::uint64_t frame, double dtSeconds, bool limit) {
    const auto dt = static_cast<float>(std::clamp(dtSeconds, 1e-4, 1.0));
    limit_ = limit;
    judge(shaders, image, dt);
    if (limit && previous != 0) hold(shaders, image, previous, noise, frame, dt);
    readMeter();
}

FlashMeter FlashGuard::meter() const {
    const auto& [gate, general, red, share] = read_;
    return {general, red, limit_ ? gate : 0.f, limit_ && gate > 0, !limit_};
}

} // namespace titanus::render
