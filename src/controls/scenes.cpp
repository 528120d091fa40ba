#include "controls/scenes.h"

#include "controls/scene_files.h"

#include <algorithm>
#include <cmath>

namespace titanus::controls {
namespace fs = std::filesystem;
using core::Image;
using core::Problem;

namespace {

bool inRange(int pad) { return pad >= 0 && pad < kScenePads; }
std::size_t slot(int pad) { return static_cast<std::size_t>(pad); }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

// Vivid colour of a hue 0..1, for pads.
std::uint32_t vivid(double hue) {
    std::uint32_t out = 0;
    for (int i = 0; i < 3; ++i) {
        const double x = std::abs(std::fmod(hue * 6 + 6 - 2 * i, 6.0) - 3) - 1; // 0 deg red
        const double level = 0.15 + 0.8 * std::clamp(x, 0.0, 1.0);
        out = out << 8 | static_cast<std::uint32_t>(std::lround(level * 255));
    }
    return out;
}

std::uint32_t colourOfName(std::string_view name) {
    std::uint32_t hash = 2166136261u; // FNV-1a
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return vivid((hash >> 8) % 360 / 360.0);
}

// The hue that most of the picture's colour has; grey pictures get the name's.
std::uint32_t colourOf(const Image& image, std::string_view name) {
    double x = 0, y = 0, weight = 0;
    for (std::size_t i = 0; i + 3 < image.rgba.size(); i += 4) {
        const double r = image.rgba[i], g = image.rgba[i + 1], b = image.rgba[i + 2];
        x += r - 0.5 * (g + b);
        y += std::sqrt(0.75) * (g - b);
        weight += 255;
    }
    if (weight == 0 || std::hypot(x, y) / weight < 0.02) return colourOfName(name);
    double hue = std::atan2(y, x) / 6.283185307179586;
    if (hue < 0) hue += 1;
    return vivid(hue);
}

bool sameShow(const params::Show& show, const params::Store& store) {
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const params::Param& row = params::kCatalogue[i];
        const params::ParamIndex index{static_cast<std::uint16_t>(i)};
        if (row.saved() && store[index] != show.values[i]) return false;
    }
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved && store.texts()->values[i] != show.texts[i]) return false;
    return store.routes() == show.routes && store.formulas() == show.formulas;
}

} // namespace

std::shared_ptr<const Image> thumbnailOf(const Image& image, int width) {
    if (image.width <= 0 || image.height <= 0 || width <= 0) return nullptr;
    auto out = std::make_shared<Image>();
    out->width = std::min(width, image.width);
    out->height = std::max(1, static_cast<int>(std::lround(static_cast<double>(image.height) * out->width / image.width)));
    out->rgba.resize(static_cast<std::size_t>(out->width) * static_cast<std::size_t>(out->height) * 4);
    for (int y = 0; y < out->height; ++y) {
        const int top = y * image.height / out->height, bottom = std::max(top + 1, (y + 1) * image.height / out->height);
        for (int x = 0; x < out->width; ++x) {
            const int left = x * image.width / out->width, right = std::max(left + 1, (x + 1) * image.width / out->width);
            int sum[3] = {0, 0, 0};
            for (int v = top; v < bottom; ++v)
                for (int u = left; u < right; ++u)
                    for (int c = 0; c < 3; ++c) sum[c] += image.at(u, v)[c];
            const int count = (bottom - top) * (right - left);
            for (int c = 0; c < 3; ++c) out->at(x, y)[c] = static_cast<std::uint8_t>((sum[c] + count / 2) / count);
            out->at(x, y)[3] = 255;
        }
    }
    return out;
}

std::shared_ptr<const Image> imageOf(const std::vector<float>& rgba, int width, int height) {
    if (width <= 0 || height <= 0 || rgba.size() < static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4) return nullptr;
    auto out = std::make_shared<Image>();
    out->width = width;
    out->height = height;
    out->rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    for (std::size_t i = 0; i < out->rgba.size(); ++i) {
        const float x = rgba[i] > 0 ? std::min(rgba[i], 1.f) : 0.f; // not a number: 0
        out->rgba[i] = static_cast<std::uint8_t>(x * 255 + 0.5f);
    }
    for (std::size_t i = 3; i < out->rgba.size(); i += 4) out->rgba[i] = 255;
    return out;
}

// ---- the bank ----------------------------------------------------------------------------------

struct SceneBank::Io : detail::SceneFiles {
    using SceneFiles::SceneFiles;
};

SceneBank::SceneBank(fs::path folder) : io_(std::make_unique<Io>(std::move(folder))), nextId_(io_->largestId() + 1) {}
SceneBank::~SceneBank() = default;
fs::path SceneBank::standardFolder() { return core::stateDir() / "scenes"; }

void SceneBank::poll(std::vector<Problem>& problems) {
    for (Problem& problem : io_->takeProblems()) problems.push_back(std::move(problem));
    for (detail::StoredScene& read : io_->takeRead()) {
        revision_ = std::max(revision_, read.scene.revision);
        int pad = read.pad;
        // A hand stored something there meanwhile, or a swap was cut short: nothing is lost.
        if (inRange(pad) && pads_[slot(pad)]) pad = inRange(read.other) && !pads_[slot(read.other)] ? read.other : firstEmpty();
        if (!inRange(pad)) continue; // more than 64 files: the oldest stay on disk
        pads_[slot(pad)] = std::make_unique<Scene>(std::move(read.scene));
        ids_[slot(pad)] = read.id;
        if (pad != read.pad) change(pad);
    }
}

bool SceneBank::loading() const { return io_->loading(); }
std::size_t SceneBank::unwritten() const { return io_->unwritten(); }
bool SceneBank::firstUse() const { return io_->firstUse(); }
void SceneBank::flush() { io_->flush(); }

void SceneBank::finishLoading(std::vector<Problem>& problems) {
    io_->waitUntilRead();
    poll(problems);
}

const Scene* SceneBank::at(int pad) const { return inRange(pad) ? pads_[slot(pad)].get() : nullptr; }

int SceneBank::find(std::string_view name) const {
    const std::string wanted = lower(name);
    for (int pad = 0; pad < kScenePads; ++pad)
        if (const Scene* scene = at(pad); scene && lower(scene->preset.name) == wanted) return pad;
    return -1;
}

int SceneBank::firstEmpty() const {
    for (int pad = 0; pad < kScenePads; ++pad)
        if (!at(pad)) return pad;
    return -1;
}

// What the pad holds now goes to disk; `other` is where the scene that it changed places with went.
void SceneBank::change(int pad) {
    Scene& scene = *pads_[slot(pad)];
    scene.revision = ++revision_;
    int& id = ids_[slot(pad)];
    if (id == 0) id = nextId_++;
    io_->write({id, pad, -1, scene});
}

void SceneBank::store(int pad, Preset preset, std::shared_ptr<const Image> canvas, std::uint32_t colour) {
    if (!inRange(pad)) return;
    auto scene = std::make_unique<Scene>();
    if (const Scene* before = at(pad)) {
        preset.tags = before->preset.tags;
        preset.energy = before->preset.energy;
    }
    scene->preset = std::move(preset);
    scene->canvas = std::move(canvas);
    if (scene->canvas) scene->thumbnail = thumbnailOf(*scene->canvas);
    scene->colour = colour ? colour : scene->thumbnail ? colourOf(*scene->thumbnail, scene->preset.name) : colourOfName(scene->preset.name);
    pads_[slot(pad)] = std::move(scene);
    change(pad);
}

void SceneBank::keepCanvas(int pad, std::shared_ptr<const Image> canvas) {
    if (!at(pad) || !canvas) return;
    Scene& scene = *pads_[slot(pad)];
    scene.thumbnail = thumbnailOf(*canvas);
    scene.canvas = std::move(canvas);
    change(pad);
}

void SceneBank::clear(int pad) {
    if (!at(pad)) return;
    cleared_ = std::move(pads_[slot(pad)]);
    clearedPad_ = pad;
    io_->remove(std::exchange(ids_[slot(pad)], 0));
    ++revision_;
    if (active_ == pad) active_ = -1;
}

bool SceneBank::restoreCleared() {
    if (!cleared_ || at(clearedPad_)) return false;
    pads_[slot(clearedPad_)] = std::move(cleared_);
    change(clearedPad_);
    return true;
}

void SceneBank::rename(int pad, std::string name) {
    if (!at(pad)) return;
    pads_[slot(pad)]->preset.name = std::move(name);
    change(pad);
}

void SceneBank::setTags(int pad, std::vector<std::string> tags, float energy) {
    if (!at(pad)) return;
    Preset& preset = pads_[slot(pad)]->preset;
    preset.tags = std::move(tags);
    preset.energy = std::isfinite(energy) ? std::clamp(energy, 0.f, 1.f) : 0.5f;
    change(pad);
}

void SceneBank::move(int from, int to) {
    if (!at(from) || !inRange(to) || from == to) return;
    std::swap(pads_[slot(from)], pads_[slot(to)]);
    std::swap(ids_[slot(from)], ids_[slot(to)]);
    if (active_ == from) active_ = to;
    else if (active_ == to) active_ = from;
    // Each names the pad it came from: if only the first is written, reading sees where the
    // second belongs.
    for (const auto& [pad, other] : {std::pair{to, from}, std::pair{from, to}}) {
        if (!at(pad)) continue;
        pads_[slot(pad)]->revision = ++revision_;
        io_->write({ids_[slot(pad)], pad, other, *at(pad)});
    }
}

std::optional<SceneRecall> SceneBank::recall(int pad, double seconds, bool warm) const {
    const Scene* scene = at(pad);
    if (!scene) return std::nullopt;
    return SceneRecall{pad, scene->preset.show, std::isfinite(seconds) ? std::max(seconds, 0.0) : 0.0,
                       warm ? scene->canvas : nullptr};
}

void SceneBank::setActive(int pad) { active_ = at(pad) ? pad : -1; }

const PadStates& SceneBank::states(const params::Store& store, bool blending, int pending, PadPair pair) {
    const Seen now{store.snapshot().generation, store.texts()->generation, store.routesGeneration(),
                   store.formulasGeneration(), revision_, active_};
    if (!(now == seen_)) {
        seen_ = now;
        modified_ = at(active_) && !sameShow(at(active_)->preset.show, store);
    }
    for (int pad = 0; pad < kScenePads; ++pad) {
        PadState& state = states_[slot(pad)];
        state = !at(pad) ? PadState::Empty : PadState::Stored;
        if (!at(pad)) continue;
        if (pad == active_) state = blending ? PadState::Blending : modified_ ? PadState::Modified : PadState::Active;
        if (pad == pending || pad == pair.first || pad == pair.second) state = PadState::Blending;
    }
    return states_;
}

// ---- pads under the hand -----------------------------------------------------------------------

PadHands::Act PadHands::press(const params::ActionEvent& event) {
    using params::Action;
    if (!params::isPadAction(event.action) || event.argument >= kScenePads) return {};
    const auto named = event.action == Action::SceneStore ? Act::Kind::Store : event.action == Action::SceneClear ? Act::Kind::Clear
                     : event.action == Action::ScenePrepare ? Act::Kind::Prepare : Act::Kind::Recall;
    if (event.argument < 0) {
        const auto wanted = named == Act::Kind::Recall ? Act::Kind::Blend : named;
        mode_ = mode_ == wanted ? Act::Kind::None : wanted;
        return {};
    }
    Act out{named, event.argument};
    if (out.kind == Act::Kind::Recall && mode_ != Act::Kind::None) out.kind = mode_;
    mode_ = Act::Kind::None;
    return out;
}

} // namespace titanus::controls
