#include "guidance/clip/prompt_target.h"

namespace titanus::guidance {
namespace {

constexpr double kLookEverySeconds = 0.3;

// Carries a problem out of the constructor's steps.
struct Unreadable { core::Problem problem; };

at::Tensor readOrThrow(const std::string& path) {
    auto picture = readPicture(path);
    if (!picture) throw Unreadable{picture.problem()};
    return std::move(picture).value();
}

} // namespace

std::string PromptFrame::around(const std::string& text) const {
    std::string out = before;
    if (!out.empty()) out += ' ';
    out += text;
    if (!after.empty()) out.append(" ").append(after);
    return out;
}

PromptTarget::PromptTarget(const PromptSpec& spec, const PromptFrame& frame, const Guides& guides, const OpenFrames& openFrames,
                           const Report& report)
    : kind_(spec.kind), maskKind_(spec.mask.kind), invert_(spec.mask.invert) {
    try {
        const auto texts = [&](const std::string& text) {
            std::vector<at::Tensor> rows;
            bool anyCut = false;
            for (const Guide* guide : guides) {
                bool truncated = false;
                rows.push_back(guide->encodeText(text, &truncated));
                anyCut = anyCut || truncated;
            }
            if (anyCut) report({core::ProblemId::PromptTruncated, text.substr(0, 60)});
            return rows;
        };
        switch (kind_) {
        case PromptSpec::Kind::Text: text_ = texts(frame.around(spec.text)); break;
        case PromptSpec::Kind::Image: {
            const at::Tensor picture = readOrThrow(spec.text);
            for (const Guide* guide : guides) seen_.emplace_back(*guide, picture);
            break;
        }
        case PromptSpec::Kind::Video: moving_ = open(spec.text, openFrames); break;
        case PromptSpec::Kind::Pixels: pixels_ = readOrThrow(spec.text); break;
        }
        switch (maskKind_) {
        case PromptMask::Kind::Meaning: maskText_ = texts(spec.mask.text); break;
        case PromptMask::Kind::Image: mask_.emplace(readOrThrow(spec.mask.text), invert_); break;
        case PromptMask::Kind::Video: movingMask_ = open(spec.mask.text, openFrames); break;
        default: break;
        }
        ready_ = !moving_.read && !movingMask_.read; // moving ones once the first picture is there
    } catch (const Unreadable& e) {
        report(e.problem);
    }
}

PromptTarget::Moving PromptTarget::open(const std::string& path, const OpenFrames& openFrames) {
    if (!openFrames) throw Unreadable{{core::ProblemId::PictureUnreadable, path + ": moving pictures cannot be read here"}};
    auto opened = openFrames(path);
    if (!opened) throw Unreadable{opened.problem()};
    return {std::move(opened).value(), 0, 0};
}

at::Tensor PromptTarget::next(Moving& moving, double seconds) {
    if (!moving.read || seconds < moving.nextSeconds) return {};
    const auto frame = moving.read(seconds);
    if (!frame || !frame.value().image || frame.value().number == moving.number) return {}; // the last one stays
    moving.number = frame.value().number;
    moving.nextSeconds = seconds + kLookEverySeconds;
    return pictureOf(*frame.value().image);
}

void PromptTarget::follow(double seconds, const Guides& guides) {
    if (const at::Tensor frame = next(moving_, seconds); frame.defined()) {
        std::vector<SeenPicture> fresh;
        for (const Guide* guide : guides) fresh.emplace_back(*guide, frame, 8);
        seen_ = std::move(fresh);
    }
    if (const at::Tensor frame = next(movingMask_, seconds); frame.defined()) mask_.emplace(frame, invert_);
    if (moving_.read || movingMask_.read) ready_ = (!moving_.read || !seen_.empty()) && (!movingMask_.read || mask_);
}

at::Tensor PromptTarget::embedding(std::size_t guide) const {
    if (guide < text_.size()) return text_[guide];
    return guide < seen_.size() ? seen_[guide].mean() : at::Tensor();
}

} // namespace titanus::guidance
