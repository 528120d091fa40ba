#include "guidance/clip/prompts.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace titanus::guidance {
namespace {

// Presence controller: weight = proportional * error + integral - damping * slope, times what the
// other prompts weigh. Adam makes steps of one size whatever the gradient, so a prompt alone needs
// weights below 0 not to overshoot, and against others only ratios count. Found on four pairs of
// prompts, one held while the other sweeps, 8 crops: rms error 0.012 to 0.025, mean 0.003 to 0.01
// (25, 15 and 6: 0.018 to 0.027, mean 0.004 to 0.019; an integral alone: 0.12).
constexpr float kControlProportional = 40, kControlPerSecond = 20, kControlDamping = 8;
constexpr float kControlLeast = -1, kControlMost = 4, kControlAlone = 1;
// PyTTI's rule for a mask by meaning with a threshold c: on where d is at most 0.7 + 0.3 c.
constexpr float kMaskNear = 0.7f, kMaskRange = 0.3f, kMaskHalf = 0.5f;

// "a, b | c" -> where the first or last bar without a backslash before it stands; npos: none.
std::size_t findBar(const std::string& s, bool last) {
    std::size_t found = std::string::npos;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '\\') ++i;
        else if (s[i] == '|' && (last || found == std::string::npos)) found = i;
    }
    return found;
}

std::string trimmed(const std::string& s) {
    const auto first = s.find_first_not_of(" \t");
    return first == std::string::npos ? "" : s.substr(first, s.find_last_not_of(" \t") - first + 1);
}

// Words around every text; what stands beyond a bar is a prompt of its own, once.
std::pair<PromptFrame, std::string> framedBy(const params::TextTable& texts) {
    const std::string &prefix = texts[params::text("prompt.prefix")], &suffix = texts[params::text("prompt.suffix")];
    const std::size_t last = findBar(prefix, true), first = findBar(suffix, false);
    const PromptFrame frame{trimmed(last == std::string::npos ? prefix : prefix.substr(last + 1)), trimmed(suffix.substr(0, first))};
    std::string line = last == std::string::npos ? "" : prefix.substr(0, last);
    if (first != std::string::npos) line.append("|").append(suffix, first + 1); // empty parts are dropped
    return {frame, line};
}

} // namespace

float inGuidesUnit(float d, const GuideAnchors& anchors) {
    constexpr GuideAnchors kClip;
    if (!std::isfinite(d)) return d;
    const float size = anchors.matching + (std::abs(d) - kClip.matching) * (anchors.unrelated - anchors.matching) / (kClip.unrelated - kClip.matching);
    return std::copysign(std::max(size, 0.f), d);
}

at::Tensor slerp(const at::Tensor& from, const at::Tensor& to, float share) {
    const double angle = std::acos(std::clamp(at::dot(from, to).item<double>(), -1.0, 1.0)), sine = std::sin(angle);
    if (sine < 1e-4) return share < 0.5f ? from : to;
    return from * (std::sin((1 - share) * angle) / sine) + to * (std::sin(share * angle) / sine);
}

Prompts::Prompts(Guides guides, OpenFrames openFrames) : guides_(std::move(guides)), openFrames_(std::move(openFrames)) {
    for (const Guide* guide : guides_) {
        std::vector<at::Tensor> rows;
        for (const std::string& text : guide->neutralPrompts()) rows.push_back(guide->encodeText(text));
        common_.push_back(at::stack(rows).mean(0));
    }
}

const PromptTarget* Prompts::Slot::leading() const {
    const auto& prompts = numbers.line().prompts;
    for (std::size_t k = 0; k < targets.size(); ++k)
        if (prompts[k].scene == numbers.scene() && targets[k].ready() && targets[k].kind() != PromptSpec::Kind::Pixels) return &targets[k];
    return nullptr;
}

float Prompts::Slot::weight() const {
    float sum = 0;
    for (std::size_t k = 0; k < targets.size(); ++k)
        if (targets[k].ready()) sum += std::abs(now[k].weight);
    return sum;
}

void Prompts::readFrame(const params::TextTable& texts) {
    const std::string &prefix = texts[params::text("prompt.prefix")], &suffix = texts[params::text("prompt.suffix")];
    if (prefix == prefix_ && suffix == suffix_) return;
    prefix_ = prefix;
    suffix_ = suffix;
    std::tie(frame_, frameLine_) = framedBy(texts);
    for (std::size_t i = 0; i < kFrameSlot; ++i) slots_[i].line.clear(); // encoded anew
}

// The guides keep what they encoded by its words: the first step of the next scene finds it there.
// One text a step, so that no step takes much longer than its neighbours.
void Prompts::prefetch(const modulation::Upcoming* upcoming) {
    if (const std::uint64_t number = upcoming ? upcoming->number : 0; number != upcoming_) {
        upcoming_ = number;
        ahead_.clear();
        if (!upcoming) return;
        const params::TextTable& texts = *upcoming->texts;
        const auto [frame, line] = framedBy(texts);
        for (std::size_t i = 0; i < kSlots; ++i) {
            const auto parsed = parsePromptLine(i == kFrameSlot ? line : texts[params::promptText(static_cast<int>(i))]);
            if (!parsed) continue; // said when it comes
            for (const PromptSpec& spec : parsed.value().prompts) {
                if (spec.kind == PromptSpec::Kind::Text) ahead_.push_back(i == kFrameSlot ? spec.text : frame.around(spec.text));
                if (spec.mask.kind == PromptMask::Kind::Meaning) ahead_.push_back(spec.mask.text);
            }
        }
        std::reverse(ahead_.begin(), ahead_.end());
    }
    if (ahead_.empty()) return;
    for (const Guide* guide : guides_) guide->encodeText(ahead_.back());
    ahead_.pop_back();
}

void Prompts::readLine(Slot& slot, const std::string& line, const Report& report) {
    if (line == slot.line) return;
    slot.line = line;
    auto parsed = parsePromptLine(line);
    if (!parsed) {
        report(parsed.problem());
        return;
    }
    slot.targets.clear();
    for (const PromptSpec& spec : parsed.value().prompts)
        slot.targets.emplace_back(spec, &slot == &slots_[kFrameSlot] ? PromptFrame{} : frame_, guides_, openFrames_, report);
    PromptNumbers numbers(std::move(parsed).value());
    numbers.goOnFrom(slot.numbers); // an edited scene does not start the ring anew
    slot.numbers = std::move(numbers);
}

float Prompts::controlled(Slot& slot, float target, float presence, float others, double dt) {
    const float error = target - presence;
    const float integral = slot.integral + kControlPerSecond * error * static_cast<float>(std::min(dt, 0.1));
    const float wanted = kControlProportional * error + integral - kControlDamping * slot.slope;
    const float given = std::clamp(wanted, kControlLeast, kControlMost);
    // At a limit the integral waits, or it would take as long to come back.
    if (given == wanted || (wanted > 0) != (error > 0)) slot.integral = integral;
    return given * (kControlAlone + others);
}

void Prompts::update(const modulation::FrameState& state, double dtSeconds, const Report& report) {
    readFrame(*state.texts);
    focus_ = state[params::param("guide.focus")];
    float others = 0; // of the slots that no controller moves
    for (std::size_t i = 0; i < kSlots; ++i) {
        Slot& slot = slots_[i];
        readLine(slot, i == kFrameSlot ? frameLine_ : (*state.texts)[params::promptText(static_cast<int>(i))], report);
        for (PromptTarget& target : slot.targets) target.follow(state.seconds, guides_);
        slot.now = slot.numbers.at(state);
        if (i == kFrameSlot) continue;
        const int n = static_cast<int>(i);
        if (state[params::promptTarget(n)] == 0) others += slot.weight() * std::abs(state[params::promptWeight(n)]);
    }
    prefetch(state.upcoming.get());
    active_.clear();
    totalWeight_ = 0;
    bool any = false;
    for (std::size_t i = 0; i < kSlots; ++i) {
        Slot& slot = slots_[i];
        if (i == kFrameSlot) {
            slot.fader = any ? 1 : 0; // with nothing to frame there is nothing
        } else {
            const int n = static_cast<int>(i);
            const float target = state[params::promptTarget(n)];
            slot.fader = state[params::promptWeight(n)];
            if (target > 0 && slot.leading()) slot.fader = controlled(slot, target, readings_[i].presence, others, dtSeconds);
            else slot.integral = slot.fader; // the controller goes on from where the hand was
            readings_[i].active = !slot.targets.empty() && slot.fader != 0;
            any = any || readings_[i].active;
        }
        for (std::size_t k = 0; k < slot.targets.size(); ++k) {
            const PromptNow& now = slot.now[k];
            const float weight = now.weight * slot.fader;
            if (weight == 0 || !slot.targets[k].ready()) continue;
            const PromptTarget* from = now.slerpFrom < 0 ? nullptr : &slot.targets[static_cast<std::size_t>(now.slerpFrom)];
            active_.push_back({&slot.targets[k], weight, now.stop, now.threshold, from, now.slerp});
            totalWeight_ += std::abs(weight);
        }
    }
}

// All texts lie in one cone, so a good part of the pull of each goes where every text is: to the look
// of "a picture". Without it the pictures are told far better (docs/QUALITY.md, "Other eyes").
at::Tensor Prompts::focused(const at::Tensor& embedding, std::size_t guide) const {
    const at::Tensor own = embedding - common_[guide] * focus_;
    return own / own.norm().clamp_min(1e-6);
}

PromptTable Prompts::table(std::int64_t count, const std::vector<Crop>& crops, float aspect, std::size_t guide) const {
    const at::NoGradGuard noGrad;
    const GuideAnchors anchors = guides_[guide]->anchors();
    constexpr float kNoFloor = -1e30f, kNoLimit = 1e30f;
    std::vector<at::Tensor> goals, maskGoals;
    std::vector<float> numbers, shares;
    bool byMeaning = false;
    for (const Active& a : active_) {
        if (a.target->kind() == PromptSpec::Kind::Pixels) continue;
        const bool onTheWay = a.from && a.from->ready();
        const SeenPicture* seen = onTheWay ? nullptr : a.target->seen(guide);
        at::Tensor goal = a.target->embedding(guide);
        if (onTheWay) goal = slerp(a.from->embedding(guide), goal, a.slerp);
        // Stops and masks by meaning are distances to whole texts; a picture shares nothing with all texts.
        if (!seen && !std::isfinite(a.stop) && a.target->maskKind() != PromptMask::Kind::Meaning) goal = focused(goal, guide);
        goals.push_back(seen && !crops.empty() ? seen->nearest(crops, aspect) : goal.unsqueeze(0).expand({count, -1}));
        float floor = std::isfinite(a.stop) ? inGuidesUnit(a.stop, anchors) : kNoFloor, limit = kNoLimit, soft = 0;
        using Kind = PromptMask::Kind;
        const Kind mask = a.target->maskKind();
        maskGoals.push_back(mask == Kind::Meaning ? a.target->maskEmbedding(guide) : at::zeros_like(goal));
        if (mask == Kind::Meaning) {
            byMeaning = true;
            // Soft: pulls only while a crop is farther from the prompt than from the mask's text.
            if (std::isnan(a.threshold) && a.weight > 0) soft = 1;
            else limit = inGuidesUnit(kMaskNear + kMaskRange * (std::isnan(a.threshold) ? kMaskHalf : a.threshold), anchors);
        }
        const bool everywhere = mask == Kind::All || mask == Kind::Meaning || crops.empty();
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
            shares.push_back(everywhere          ? 1
                             : a.target->mask() ? a.target->mask()->weight(crops[i], aspect)
                                                : regionGate(mask, a.threshold, crops[i], aspect));
        numbers.insert(numbers.end(), {a.weight < 0 ? -1.f : 1.f, std::abs(a.weight), floor, seen ? kPictureOffset : 0, soft, limit});
    }
    if (goals.empty()) return {};
    return {at::stack(goals), at::tensor(numbers).view({-1, PromptTable::Columns}), at::tensor(shares).view({-1, count}),
            byMeaning ? at::stack(maskGoals) : at::Tensor()};
}

at::Tensor Prompts::loss(const at::Tensor& e, const std::vector<Crop>& crops, float aspect, std::size_t guide) const {
    const PromptTable all = table(e.size(0), crops, aspect, guide);
    return all.any() ? promptLoss(all, e) : at::Tensor();
}

bool Prompts::pullsAtPixels() const {
    return std::any_of(active_.begin(), active_.end(), [](const Active& a) { return a.target->kind() == PromptSpec::Kind::Pixels; });
}

at::Tensor Prompts::pixelLoss(const at::Tensor& picture) const {
    at::Tensor total;
    for (const Active& a : active_) {
        if (a.target->kind() != PromptSpec::Kind::Pixels) continue;
        const std::int64_t height = picture.size(2), width = picture.size(3);
        const auto there = picture.device();
        const at::Tensor goal = covering(a.target->pixels(), {static_cast<int>(width), static_cast<int>(height)}).to(there);
        const at::Tensor mask = (a.target->mask() ? a.target->mask()->pixels(height, width)
                                                 : regionPixels(a.target->maskKind(), a.threshold, height, width)).to(there);
        at::Tensor x = colourDifference(picture, goal, mask) * (a.weight < 0 ? -1.0 : 1.0);
        if (std::isfinite(a.stop)) x = stopped(x, at::full_like(x, a.stop));
        x = x * std::abs(a.weight);
        total = total.defined() ? total + x : x;
    }
    return total;
}

std::array<at::Tensor, params::kPromptSlots> Prompts::slotEmbeddings() const {
    std::array<at::Tensor, params::kPromptSlots> out;
    for (std::size_t i = 0; i < out.size(); ++i)
        if (const PromptTarget* leading = slots_[i].leading()) out[i] = leading->embedding(0);
    return out;
}

void Prompts::measure(const at::Tensor& embeddings, double dt, std::size_t guide) {
    const at::NoGradGuard noGrad;
    // The mean of cosines is the dot product of the means.
    const at::Tensor e = embeddings.dim() == 2 ? embeddings.detach().mean(0) : embeddings.detach();
    const float base = at::dot(common_[guide], e).item<float>();
    const float follow = core::onePole(static_cast<float>(dt), kReadingSeconds);
    for (std::size_t i = 0; i < readings_.size(); ++i) {
        PromptReading& reading = readings_[i];
        const PromptTarget* leading = slots_[i].leading(); // of several prompts in a slot the first names it
        if (!leading) {
            reading = {};
            continue;
        }
        const float similarity = at::dot(e, leading->embedding(guide)).item<float>();
        if (!std::isfinite(similarity) || !std::isfinite(base)) continue; // a bad step must not stay in the follower
        const float presence = std::clamp((similarity - base) / kPresenceRange, 0.f, 1.f), before = reading.presence;
        reading.similarity += follow * (similarity - reading.similarity);
        reading.presence += follow * (presence - reading.presence);
        slots_[i].slope += follow * ((reading.presence - before) / static_cast<float>(dt) - slots_[i].slope);
    }
}

} // namespace titanus::guidance
