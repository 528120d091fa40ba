#pragma once
// What one prompt of a line pulls towards and where, ready for the loss: texts and pictures as each
// guide sees them, masks as tables. Made when a line changes; moving pictures are looked at again
// while they run.
// Thread: guidance   Ownership: value; refers to the guides
#include "guidance/clip/image_prompts.h"
#include "guidance/clip/masks.h"
#include "guidance/clip/pictures.h"
#include "guidance/frame_source.h"
#include "modulation/frame_state.h"

#include <optional>

namespace titanus::guidance {

using Guides = std::vector<const Guide*>; // at least one

// Words around every text, as the texts prompt.prefix and prompt.suffix say.
struct PromptFrame {
    std::string before, after;
    std::string around(const std::string& text) const;
    bool operator==(const PromptFrame&) const = default;
};

class PromptTarget {
  public:
    // Problems (a picture that cannot be read, a text too long) are reported; the target then is
    // not ready() and does nothing.
    PromptTarget(const PromptSpec& spec, const PromptFrame& frame, const Guides& guides, const OpenFrames& openFrames, const Report& report);

    bool ready() const { return ready_; }
    PromptSpec::Kind kind() const { return kind_; }
    PromptMask::Kind maskKind() const { return maskKind_; }
    // Moving pictures: the one of this time.
    void follow(double seconds, const Guides& guides);

    // Text: its embedding [D]; a picture's: the mean over its looks. For this guide.
    at::Tensor embedding(std::size_t guide) const;
    const SeenPicture* seen(std::size_t guide) const { return guide < seen_.size() ? &seen_[guide] : nullptr; }
    at::Tensor maskEmbedding(std::size_t guide) const { return maskText_[guide]; } // Meaning only
    const MaskPicture* mask() const { return mask_ ? &*mask_ : nullptr; }
    const at::Tensor& pixels() const { return pixels_; } // as read

  private:
    struct Moving {
        FrameReader read;
        std::uint64_t number = 0;
        double nextSeconds = 0; // looking costs a pass of the guide
    };
    static Moving open(const std::string& path, const OpenFrames& openFrames);
    // The frame if it is another one and time to look; undefined: none.
    static at::Tensor next(Moving& moving, double seconds);

    PromptSpec::Kind kind_;
    PromptMask::Kind maskKind_;
    bool invert_, ready_ = false;
    std::vector<at::Tensor> text_, maskText_; // one for each guide
    std::vector<SeenPicture> seen_;
    std::optional<MaskPicture> mask_;
    at::Tensor pixels_;
    Moving moving_, movingMask_;
};

} // namespace titanus::guidance
