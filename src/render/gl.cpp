#include "render/gl.h"

namespace titanus::render {
namespace {

struct PixelType { GLenum format, type; };

PixelType pixelType(GLenum internal) {
    switch (internal) {
    case GL_R8: return {GL_RED, GL_UNSIGNED_BYTE};
    case GL_R16F: return {GL_RED, GL_HALF_FLOAT};
    case GL_RG16F: return {GL_RG, GL_HALF_FLOAT};
    case GL_RGBA16F: return {GL_RGBA, GL_HALF_FLOAT};
    default: return {GL_RGBA, GL_UNSIGNED_BYTE};
    }
}

} // namespace

GlTexture makeTexture(int width, int height, GLenum format, bool mipmaps) {
    GlTexture texture = GlTexture::make();
    glBindTexture(GL_TEXTURE_2D, texture.name());
    const PixelType pixel = pixelType(format);
    int level = 0;
    for (int w = width, h = height;; w = w > 1 ? w / 2 : 1, h = h > 1 ? h / 2 : 1) {
        glTexImage2D(GL_TEXTURE_2D, level, static_cast<GLint>(format), w, h, 0, pixel.format,
                     pixel.type, nullptr);
        if (!mipmaps || (w == 1 && h == 1)) break;
        ++level;
    }
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, level);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER,
                    mipmaps ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    return texture;
}

bool Target::ensure(int width, int height, const Format& format) {
    if (framebuffer_ && width == width_ && height == height_ && format == format_) return false;
    width_ = width;
    height_ = height;
    format_ = format;
    color_ = makeTexture(width, height, format.color, format.mipmaps);
    second_ = format.second ? makeTexture(width, height, format.second) : GlTexture();
    framebuffer_ = GlFramebuffer::make();
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.name());
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, color_.name(), 0);
    if (second_) {
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT1, GL_TEXTURE_2D, second_.name(), 0);
        constexpr GLenum kBoth[]{GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1};
        glDrawBuffers(2, kBoth);
    }
    if (format.depth) {
        depth_ = GlRenderbuffer::make();
        glBindRenderbuffer(GL_RENDERBUFFER, depth_.name());
        glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH_COMPONENT24, width, height);
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, depth_.name());
    } else {
        depth_.reset();
    }
    glViewport(0, 0, width, height);
    glClearColor(0, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT | (format.depth ? GL_DEPTH_BUFFER_BIT : 0u));
    return true;
}

void Target::bind() const {
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.name());
    glViewport(0, 0, width_, height_);
}

} // namespace titanus::render
