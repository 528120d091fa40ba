#pragma once
// A mask that is named by a text row: a still picture or moving ones, white = on; a - before the path
// turns it round. Read when the text changes, moving ones again while they run.
// Thread: guidance   Ownership: value   Problems: PictureUnreadable, once for each text; then no mask acts
#include "guidance/clip/masks.h"
#include "guidance/clip/pictures.h"
#include "guidance/frame_source.h"

#include <optional>
#include <string>

namespace titanus::guidance {

class FileMask {
  public:
    void follow(const std::string& text, double seconds, const OpenFrames& openFrames, const Report& report);
    // Null: everywhere is on.
    const MaskPicture* picture() const { return picture_ ? &*picture_ : nullptr; }
    at::Tensor pixels(const at::Tensor& like) const; // [1,1,H,W] of that size and place; undefined: everywhere
    at::Tensor shares(const std::vector<Crop>& crops, float aspect, const at::Tensor& like) const; // [N]

  private:
    void read(const std::string& text, const OpenFrames& openFrames, const Report& report);

    std::string text_;
    std::optional<MaskPicture> picture_;
    bool invert_ = false;
    FrameReader reader_;
    std::uint64_t number_ = 0;
    double nextSeconds_ = 0;
};

} // namespace titanus::guidance
