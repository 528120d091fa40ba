#include "guidance/clip/openings.h"

namespace titanus::guidance {

at::Tensor Openings::take(const modulation::FrameState& s, CanvasSize size, bool continued, const Report& report) {
    const std::string& init = (*s.texts)[params::text("canvas.init")];
    const bool known = !started_ && continued;
    started_ = true;
    const bool load = s.loads != loads_ && !known, open = init != init_ && !known;
    loads_ = s.loads;
    init_ = init;
    if (load && s.picture && s.picture->width > 0) return covering(pictureOf(*s.picture), size);
    if (!open || init.empty()) return {};
    const auto picture = readPicture(init);
    if (picture) return covering(picture.value(), size);
    report(picture.problem());
    return {};
}

} // namespace titanus::guidance
