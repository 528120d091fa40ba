#include "guidance/clip/prompts.h"

#include "core/units.h"

#include <cmath>

namespace titanus::guidance {
namespace {

// Presence controller: weight = proportional * error + integral. Adam makes steps of one size
// whatever the gradient, so a prompt alone needs weights below 0 not to overshoot, and against
// others it needs more than they have. Found on two prompts that sweep against each other.
constexpr float kControlProportional = 25, kControlPerSecond = 15, kControlDamping = 6;
constexpr float kControlLeast = -1, kControlMost = 4, kControlAlone = 1;

} // namespace

at::Tensor sphericalDistance(const at::Tensor& cosine) {
    // |e-p|^2 = 2 - 2 cos; the floor and ceiling keep the slopes of root and arcsine finite.
    const at::Tensor half = ((2 - 2 * cosine).clamp_min(1e-12)).sqrt() / 2;
    return 2 * at::asin(half.clamp_max(1 - 1e-6)).square();
}

Prompts::Prompts(const Guide& guide) : guide_(guide) {
    std::vector<at::Tensor> rows;
    for (const std::string& text : guide.neutralPrompts()) rows.push_back(guide.encodeText(text));
    neutral_ = at::stack(rows);
}

void Prompts::update(const modulation::FrameState& state, double dtSeconds, const Report& report) {
    active_.clear();
    totalWeight_ = 0;
    float others = 0;
    for (int i = 0; i < params::kPromptSlots; ++i) {
        Slot& slot = slots_[static_cast<std::size_t>(i)];
        slot.others = 0;
        if (state[params::promptTarget(i)] > 0) continue;
        for (const PromptSpec& spec : slot.specs) slot.others += std::abs(spec.weight * state[params::promptWeight(i)]);
        others += slot.others;
    }
    for (int i = 0; i < params::kPromptSlots; ++i) {
        Slot& slot = slots_[static_cast<std::size_t>(i)];
        const std::string& line = (*state.texts)[params::promptText(i)];
        if (line != slot.line) {
            slot.line = line;
            if (auto parsed = parsePrompts(line)) {
                slot.specs = std::move(parsed).value();
                slot.embeddings.clear();
                for (const PromptSpec& spec : slot.specs) {
                    bool truncated = false;
                    slot.embeddings.push_back(guide_.encodeText(spec.text, &truncated));
                    if (truncated) report({core::ProblemId::PromptTruncated, spec.text.substr(0, 60)});
                }
            } else {
                report(parsed.problem());
            }
        }
        PromptReading& reading = readings_[static_cast<std::size_t>(i)];
        float fader = state[params::promptWeight(i)];
        if (const float target = state[params::promptTarget(i)]; target > 0 && !slot.specs.empty()) {
            const float error = target - reading.presence;
            const float integral = slot.integral + kControlPerSecond * error * static_cast<float>(std::min(dtSeconds, 0.1));
            const float wanted = kControlProportional * error + integral - kControlDamping * slot.slope;
            const float against = kControlAlone + others - slot.others;
            fader = std::clamp(wanted, kControlLeast, kControlMost) * against;
            // At a limit the integral waits, or it would take as long to come back.
            if (fader == wanted * against || (wanted > 0) != (error > 0)) slot.integral = integral;
        } else {
            slot.integral = fader; // the controller goes on from where the hand was
        }
        slot.control = fader;
        reading.active = !slot.specs.empty() && fader != 0;
        for (std::size_t k = 0; k < slot.specs.size(); ++k) {
            const float weight = slot.specs[k].weight * fader;
            if (weight == 0) continue;
            active_.push_back({slot.embeddings[k], weight, slot.specs[k].stop});
            totalWeight_ += std::abs(weight);
        }
    }
    std::vector<at::Tensor> rows;
    for (const Active& a : active_) rows.push_back(a.embedding);
    matrix_ = rows.empty() ? at::Tensor() : at::stack(rows);
}

at::Tensor Prompts::loss(const at::Tensor& e) const {
    if (active_.empty()) return {};
    const at::Tensor d = sphericalDistance(at::matmul(e, matrix_.t())); // [N,A]
    at::Tensor total;
    for (std::size_t k = 0; k < active_.size(); ++k) {
        const Active& a = active_[k];
        at::Tensor x = d.select(1, static_cast<std::int64_t>(k)) * (a.weight < 0 ? -1.0 : 1.0);
        if (std::isfinite(a.stop)) x = x.clamp_min(a.stop);
        const at::Tensor term = x.mean() * std::abs(a.weight);
        total = total.defined() ? total + term : term;
    }
    return total;
}

std::array<at::Tensor, params::kPromptSlots> Prompts::slotEmbeddings() const {
    std::array<at::Tensor, params::kPromptSlots> out;
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (!slots_[i].embeddings.empty()) out[i] = slots_[i].embeddings.front();
    return out;
}

void Prompts::measure(const at::Tensor& embeddings, double dt) {
    const at::NoGradGuard noGrad;
    const at::Tensor e = embeddings.detach();
    const float base = at::matmul(e, neutral_.t()).mean().item<float>();
    const float follow = core::onePole(static_cast<float>(dt), kReadingSeconds);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        PromptReading& reading = readings_[i];
        if (slots_[i].embeddings.empty()) {
            reading = {};
            continue;
        }
        // Of several prompts in a slot the first names it.
        const float similarity = at::matmul(e, slots_[i].embeddings[0]).mean().item<float>();
        if (!std::isfinite(similarity) || !std::isfinite(base)) continue; // a bad step must not stay in the follower
        const float presence = std::clamp((similarity - base) / kPresenceRange, 0.f, 1.f);
        reading.similarity += follow * (similarity - reading.similarity);
        const float before = reading.presence;
        reading.presence += follow * (presence - reading.presence);
        slots_[i].slope += follow * ((reading.presence - before) / static_cast<float>(dt) - slots_[i].slope);
    }
}

} // namespace titanus::guidance
