#include "render/pixel_reader.h"

#include "render/gl.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace titanus::render {

struct PixelReader::Parts {
    struct Slot {
        GlBuffer buffer;
        GLsync fence = nullptr;
        ReadFrame info;
    };
    int width = 0, height = 0;
    Target upright;                 // the picture scaled and turned top row first
    GlFramebuffer source;
    std::vector<Slot> slots;
    std::size_t oldest = 0, pending = 0;

    ~Parts() {
        for (Slot& slot : slots)
            if (slot.fence) glDeleteSync(slot.fence);
    }
};

PixelReader::PixelReader(int width, int height, int depth) : parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.width = width;
    p.height = height;
    p.upright.ensure(width, height, {});
    p.source = GlFramebuffer::make();
    p.slots.resize(static_cast<std::size_t>(std::max(depth, 1)));
    for (Parts::Slot& slot : p.slots) {
        slot.buffer = GlBuffer::make();
        glBindBuffer(GL_PIXEL_PACK_BUFFER, slot.buffer.name());
        glBufferData(GL_PIXEL_PACK_BUFFER, static_cast<GLsizeiptr>(bytes()), nullptr, GL_STREAM_READ);
    }
    glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

PixelReader::~PixelReader() = default;
PixelReader::PixelReader(PixelReader&&) noexcept = default;
PixelReader& PixelReader::operator=(PixelReader&&) noexcept = default;

int PixelReader::width() const { return parts_->width; }
int PixelReader::height() const { return parts_->height; }
std::size_t PixelReader::bytes() const {
    return static_cast<std::size_t>(parts_->width) * static_cast<std::size_t>(parts_->height) * 4;
}
int PixelReader::inFlight() const { return static_cast<int>(parts_->pending); }

bool PixelReader::request(const Picture& picture) {
    Parts& p = *parts_;
    if (p.pending == p.slots.size() || picture.texture == 0) return false;
    Parts::Slot& slot = p.slots[(p.oldest + p.pending) % p.slots.size()];
    ++p.pending;
    glDisable(GL_SCISSOR_TEST); // it would cut the copy
    glBindFramebuffer(GL_READ_FRAMEBUFFER, p.source.name());
    glFramebufferTexture2D(GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, picture.texture, 0);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, p.upright.framebuffer());
    const bool sameSize = picture.width == p.width && picture.height == p.height;
    glBlitFramebuffer(0, 0, picture.width, picture.height, 0, p.height, p.width, 0,
                      GL_COLOR_BUFFER_BIT, sameSize ? GL_NEAREST : GL_LINEAR);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, p.upright.framebuffer());
    glBindBuffer(GL_PIXEL_PACK_BUFFER, slot.buffer.name());
    glPixelStorei(GL_PACK_ALIGNMENT, 4);
    glReadPixels(0, 0, p.width, p.height, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    slot.fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
    slot.info = {picture.frame, picture.seconds};
    glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    return true;
}

bool PixelReader::collect(std::span<std::uint8_t> out, ReadFrame& info, bool wait) {
    Parts& p = *parts_;
    if (p.pending == 0 || out.size() < bytes()) return false;
    Parts::Slot& slot = p.slots[p.oldest];
    constexpr GLuint64 kPatienceNs = 1'000'000'000;
    GLenum state = glClientWaitSync(slot.fence, GL_SYNC_FLUSH_COMMANDS_BIT, 0);
    while (wait && state == GL_TIMEOUT_EXPIRED)
        state = glClientWaitSync(slot.fence, GL_SYNC_FLUSH_COMMANDS_BIT, kPatienceNs);
    if (state != GL_ALREADY_SIGNALED && state != GL_CONDITION_SATISFIED) return false;
    glDeleteSync(std::exchange(slot.fence, nullptr));
    glBindBuffer(GL_PIXEL_PACK_BUFFER, slot.buffer.name());
    const void* data = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, static_cast<GLsizeiptr>(bytes()), GL_MAP_READ_BIT);
    if (data) {
        std::memcpy(out.data(), data, bytes());
        glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
    }
    glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
    info = slot.info;
    p.oldest = (p.oldest + 1) % p.slots.size();
    --p.pending;
    return data != nullptr;
}

core::Image PixelReader::read(const Picture& picture) {
    core::Image image;
    if (picture.texture == 0) return image;
    PixelReader reader(picture.width, picture.height, 1);
    image.width = picture.width;
    image.height = picture.height;
    image.rgba.resize(reader.bytes());
    ReadFrame info;
    reader.request(picture);
    reader.collect(image.rgba, info, true);
    return image;
}

} // namespace titanus::render
