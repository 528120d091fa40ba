#include "guidance/clip/file_mask.h"

#include "guidance/prompt_text.h"

namespace titanus::guidance {
namespace {

constexpr double kLookEverySeconds = 0.3; // as often as the masks of prompts

} // namespace

void FileMask::read(const std::string& text, const OpenFrames& openFrames, const Report& report) {
    picture_.reset();
    reader_ = {};
    number_ = 0;
    nextSeconds_ = 0;
    if (text.empty()) return;
    // The prompt language knows which paths are moving pictures.
    const auto parsed = parsePrompts("mask@[" + text + "]");
    if (!parsed || parsed.value().empty()) return report({core::ProblemId::PictureUnreadable, text});
    const PromptMask& mask = parsed.value().front().mask;
    invert_ = mask.invert;
    if (mask.kind == PromptMask::Kind::Image) {
        const auto picture = readPicture(mask.text);
        if (picture) picture_.emplace(picture.value(), invert_);
        else report(picture.problem());
        return;
    }
    if (!openFrames) return report({core::ProblemId::PictureUnreadable, mask.text + ": moving pictures cannot be read here"});
    auto opened = openFrames(mask.text);
    if (opened) reader_ = std::move(opened).value();
    else report(opened.problem());
}

void FileMask::follow(const std::string& text, double seconds, const OpenFrames& openFrames, const Report& report) {
    if (text != text_) {
        text_ = text;
        read(text, openFrames, report);
    }
    if (!reader_ || seconds < nextSeconds_) return;
    const auto frame = reader_(seconds);
    if (!frame || !frame.value().image || frame.value().number == number_) return; // the last one stays
    number_ = frame.value().number;
    nextSeconds_ = seconds + kLookEverySeconds;
    picture_.emplace(pictureOf(*frame.value().image), invert_);
}

at::Tensor FileMask::pixels(const at::Tensor& like) const {
    return picture_ ? picture_->pixels(like.size(2), like.size(3)).to(like.device()) : at::Tensor();
}

at::Tensor FileMask::shares(const std::vector<Crop>& crops, float aspect, const at::Tensor& like) const {
    std::vector<float> shares(crops.size(), 1);
    for (std::size_t i = 0; picture_ && i < crops.size(); ++i) shares[i] = picture_->weight(crops[i], aspect);
    return at::tensor(shares).to(like.device());
}

} // namespace titanus::guidance
