#pragma once
// Small pictures that belong to looking (a soft glow, the scenes' thumbnails), and light that adds
// up instead of covering. Without GL (tests) every texture is 0 and callers draw plain shapes.
// Thread: main, with the window's GL context current   Ownership: its textures
#include "core/image.h"

#include <imgui.h>

#include <map>
#include <memory>

namespace titanus::ui {

class Gpu {
  public:
    explicit Gpu(bool withGl);
    ~Gpu();
    Gpu(const Gpu&) = delete;
    Gpu& operator=(const Gpu&) = delete;

    // White, alpha falls from the middle to nothing at the rim.
    ImTextureID glow() const;
    // The picture of a slot, uploaded when its generation changed; null frees it.
    ImTextureID picture(int slot, const core::Image* image, std::uint64_t generation);

    // What is drawn between the two adds its light to what is below.
    void beginLight(ImDrawList* list);
    void endLight(ImDrawList* list);

  private:
    struct Calls;
    struct Slot {
        unsigned texture = 0;
        std::uint64_t generation = 0;
    };
    unsigned upload(int width, int height, const void* rgba);

    std::unique_ptr<Calls> gl_; // null: no GL
    unsigned glow_ = 0;
    std::map<int, Slot> slots_;
};

} // namespace titanus::ui
