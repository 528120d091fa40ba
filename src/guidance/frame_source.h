#pragma once
// Moving pictures as guidance reads them: a video file or a camera. Functions instead of a class,
// so that the folder that owns the decoder knows nothing of guidance; the app joins the two.
// Thread: guidance   Ownership: the function owns its decoder
#include "core/image.h"

#include <functional>
#include <string>

namespace titanus::guidance {

struct MovingPicture {
    const core::Image* image = nullptr; // valid until the next call; null: none yet (a camera that starts)
    std::uint64_t number = 0;           // another picture has another number
};
// The picture of this time, in seconds from the start; a file loops, a camera gives its newest.
// Errors: PictureUnreadable (the source ended or broke); the caller opens it anew.
using FrameReader = std::function<core::Result<MovingPicture>(double seconds)>;
// A file or a device by its path. Errors: PictureUnreadable with what is missing.
using OpenFrames = std::function<core::Result<FrameReader>(const std::string& path)>;

} // namespace titanus::guidance
