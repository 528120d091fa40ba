#include "ui/gpu.h"

#include <SDL.h>
#include <SDL_opengl.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace titanus::ui {

// Fetched by name: the UI links no GL library, the window's context decides.
struct Gpu::Calls {
    decltype(&glGenTextures) genTextures;
    decltype(&glDeleteTextures) deleteTextures;
    decltype(&glBindTexture) bindTexture;
    decltype(&glTexParameteri) texParameteri;
    decltype(&glTexImage2D) texImage2D;
    decltype(&glPixelStorei) pixelStorei;
    decltype(&glBlendFunc) blendFunc;

    bool load() {
        bool all = true;
        auto get = [&](auto& call, const char* name) {
            call = reinterpret_cast<std::remove_reference_t<decltype(call)>>(SDL_GL_GetProcAddress(name));
            all = all && call;
        };
        get(genTextures, "glGenTextures"), get(deleteTextures, "glDeleteTextures"), get(bindTexture, "glBindTexture");
        get(texParameteri, "glTexParameteri"), get(texImage2D, "glTexImage2D"), get(pixelStorei, "glPixelStorei");
        get(blendFunc, "glBlendFunc");
        return all;
    }
};

namespace {

ImTextureID id(unsigned texture) { return reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(texture)); }

std::vector<std::uint8_t> glowPixels(int side) {
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(side * side * 4), 255);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const float half = static_cast<float>(side) / 2, dx = (static_cast<float>(x) + 0.5f) / half - 1, dy = (static_cast<float>(y) + 0.5f) / half - 1;
            const float r2 = dx * dx + dy * dy;
            // A narrow core in a wide halo, both at nothing on the rim: as a lens draws a lamp.
            const float rim = std::max(0.f, 1 - r2), light = 0.6f * std::exp(-14 * r2) + 0.4f * std::exp(-3.2f * r2);
            rgba[static_cast<std::size_t>((y * side + x) * 4 + 3)] = static_cast<std::uint8_t>(255 * light * rim + 0.5f);
        }
    return rgba;
}

} // namespace

Gpu::Gpu(bool withGl) {
    if (!withGl) return;
    gl_ = std::make_unique<Calls>();
    if (!gl_->load()) {
        gl_.reset();
        return;
    }
    constexpr int kSide = 128;
    glow_ = upload(kSide, kSide, glowPixels(kSide).data());
}

Gpu::~Gpu() {
    if (!gl_) return;
    gl_->deleteTextures(1, &glow_);
    for (const auto& [slot, held] : slots_) gl_->deleteTextures(1, &held.texture);
}

unsigned Gpu::upload(int width, int height, const void* rgba) {
    GLuint texture = 0;
    gl_->genTextures(1, &texture);
    gl_->bindTexture(GL_TEXTURE_2D, texture);
    gl_->texParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    gl_->texParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    gl_->texParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    gl_->texParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    gl_->pixelStorei(GL_UNPACK_ALIGNMENT, 4);
    gl_->pixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    gl_->texImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
    gl_->bindTexture(GL_TEXTURE_2D, 0);
    return texture;
}

ImTextureID Gpu::glow() const { return id(glow_); }

ImTextureID Gpu::picture(int slot, const core::Image* image, std::uint64_t generation) {
    if (!gl_) return {};
    const auto held = slots_.find(slot);
    if (held != slots_.end() && held->second.generation == generation && image) return id(held->second.texture);
    if (held != slots_.end()) {
        gl_->deleteTextures(1, &held->second.texture);
        slots_.erase(held);
    }
    const bool whole = image && image->width > 0 && image->height > 0 &&
                       image->rgba.size() >= static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height) * 4;
    if (!whole) return {};
    const Slot made{upload(image->width, image->height, image->rgba.data()), generation};
    slots_[slot] = made;
    return id(made.texture);
}

void Gpu::beginLight(ImDrawList* list) {
    if (!gl_) return;
    list->AddCallback([](const ImDrawList*, const ImDrawCmd* command) {
        static_cast<Calls*>(command->UserCallbackData)->blendFunc(GL_SRC_ALPHA, GL_ONE);
    }, gl_.get());
}

void Gpu::endLight(ImDrawList* list) {
    if (gl_) list->AddCallback(ImDrawCallback_ResetRenderState, nullptr);
}

} // namespace titanus::ui
