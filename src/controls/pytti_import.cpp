#include "controls/pytti_import.h"

#include "core/files.h"
#include "formula/expression.h"
#include "params/text.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;
using params::param;
using params::ParamIndex;

namespace {

constexpr double kDegrees = 180 / 3.14159265358979323846;
constexpr double kMiddleDepth = 0.3; // of near..far: 3 of 10 m, an ordinary scene
constexpr double kGuideSide = 224;   // of the CLIP that PyTTI uses unless told otherwise
constexpr double kSmallestCrop = 0.35; // PyTTI's limit leaves a small canvas nothing but full crops
constexpr double kCropsShare = 0.2;  // live takes many small steps instead of few thorough ones
constexpr double kSmoothing = 15;    // PyTTI's default .02 (squares) is our 0.3 (absolute values)

// Of PyTTI's settings, those that say how it runs, not what it paints.
const std::set<std::string> kOfNoUse{
    "file_namespace", "allow_overwrite", "save_every", "backups", "restore", "display_every", "clear_every", "display_scale",
    "show_graphs", "use_tensorboard", "approximate_vram_usage", "models_parent_dir", "device", "gradient_accumulation_steps",
    "pre_animation_steps", "reset_lr_each_frame", "defaults", "hydra", "restore_run", "vqgan_model",
    "use_mmc", "mmc_models", "ViTB32", "ViTB16", "ViTL14", "ViTL14_336px", "RN50", "RN101", "RN50x4", "RN50x16", "RN50x64"};
// Whose place in Titanus is another one.
const std::map<std::string, std::string> kElsewhere{
    {"input_audio", "give it with --input or --track"}, {"input_audio_offset", "give it with --start"},
    {"seed", "give it with --seed"}, {"random_initial_palette", "palettes begin with the picture's colours"},
    {"show_palette", "TUNE shows the palettes on its page Material"}, {"depth_stabilization_weight", "there is no depth network; hold.edge is near"},
    {"flow_stabilization_weight", "there is no flow; hold.direct is near"}, {"flow_long_term_samples", "there is no flow"},
    {"direct_init_weight", "write =[PICTURE]:WEIGHT as a prompt"}, {"semantic_init_weight", "write [PICTURE]:WEIGHT as a prompt"},
    {"frame_stride", "see source.speed"}};

std::string_view trimmed(std::string_view s) {
    const auto first = s.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

bool empty(const YAML::Node& node) {
    return !node || node.IsNull() || (node.IsScalar() && trimmed(node.Scalar()).empty()) || (node.IsSequence() && node.size() == 0);
}

// Not between brackets, where a path stands.
std::vector<std::string> split(std::string_view text, std::string_view separator) {
    std::vector<std::string> out{""};
    int depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        depth += text[i] == '[' || text[i] == '(';
        depth -= text[i] == ']' || text[i] == ')';
        if (depth <= 0 && text.substr(i, separator.size()) == separator) {
            out.emplace_back();
            i += separator.size();
        } else {
            out.back() += text[i++];
        }
    }
    return out;
}

class Importer {
  public:
    explicit Importer(const YAML::Node& root) : root_(root) {}

    PyttiImport run(const std::string& name) {
        out_.preset.name = name;
        out_.preset.about = "Imported from PyTTI's settings.";
        readBands();
        const std::string mode = text("animation_mode", "off");
        readPicture();
        readPrompts();
        readMotion(mode);
        readHolds();
        readVideo(mode);
        for (const auto& entry : root_) {
            const auto key = entry.first.as<std::string>();
            if (used_.contains(key) || kOfNoUse.contains(key)) continue;
            if (const auto elsewhere = kElsewhere.find(key); elsewhere != kElsewhere.end()) {
                if (!empty(entry.second) && !plain(key, entry.second)) note(key, elsewhere->second);
            } else {
                out_.unknown.push_back(key);
            }
        }
        return std::move(out_);
    }

  private:
    // What PyTTI's defaults say anyway needs no line.
    static bool plain(const std::string& key, const YAML::Node& node) {
        if (!node.IsScalar()) return false;
        const std::string& s = node.Scalar();
        const bool one = s == "1" && (key == "flow_long_term_samples" || key == "frame_stride"); // of a weight it is a wish
        return one || s == "0" || s == "false" || s == "False" || s == "0.0";
    }
    void note(const std::string& key, const std::string& what) { out_.notes.push_back(key + ": " + what); }

    YAML::Node at(const std::string& key) {
        used_.insert(key);
        return root_[key];
    }
    std::string text(const std::string& key, const std::string& fallback = "") {
        const YAML::Node node = at(key);
        return empty(node) || !node.IsScalar() ? fallback : std::string(trimmed(node.Scalar()));
    }
    double number(const std::string& key, double fallback) {
        const std::string given = text(key);
        if (given.empty()) return fallback;
        const auto value = constantOf(given);
        if (!value) note(key, "\"" + given + "\" is no number");
        return value.value_or(fallback);
    }
    bool flag(const std::string& key, bool fallback) {
        const std::string given = text(key);
        return given.empty() ? fallback : given == "true" || given == "True" || given == "1";
    }

    void set(const std::string& key, ParamIndex index, double value) {
        const auto& row = params::row(index);
        const float inside = params::clamped(row, static_cast<float>(value));
        if (std::abs(static_cast<double>(inside) - value) > 1e-4 * std::max(1.0, std::abs(value)) && row.kind == params::Kind::Float)
            note(key, fmt::format("{} goes from {} to {}: {:.4g} became {}", row.id, row.min, row.max, value, params::format(row, inside)));
        out_.preset.show.values[index.value] = inside;
    }

    // ---- formulas ----------------------------------------------------------------------------

    std::vector<std::string_view> names() const {
        std::vector<std::string_view> all{"t", "r", "R", "mu"};
        for (const auto& [name, band] : bands_) all.push_back(name);
        return all;
    }
    // nullopt: reads t or the sound, or is no formula.
    std::optional<double> constantOf(const std::string& formula) const {
        const auto all = names();
        auto compiled = formula::Expression::compile(formula, all);
        if (!compiled.expression) return std::nullopt;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (compiled.expression->reads(i)) return std::nullopt;
        const std::vector<double> nothing(all.size());
        const double value = compiled.expression->evaluate({nothing, nothing, 0});
        return std::isfinite(value) ? std::optional(value) : std::nullopt;
    }
    // The sound's variables under our names: fLo_prev becomes band1_prev.
    std::string renamed(std::string_view formula) const {
        std::string out;
        for (std::size_t i = 0; i < formula.size();) {
            const auto letter = [&](std::size_t k) {
                const char c = k < formula.size() ? formula[k] : ' ';
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
            };
            if (!letter(i)) {
                out += formula[i++];
                continue;
            }
            std::size_t end = i;
            while (letter(end)) ++end;
            std::string word(formula.substr(i, end - i));
            const bool before = word.ends_with("_prev");
            const auto band = bands_.find(before ? word.substr(0, word.size() - 5) : word);
            out += band == bands_.end() ? word : band->second + (before ? "_prev" : "");
            i = end;
        }
        return out;
    }
    // A setting that may be a formula, to one of our values: number -> toValue(number), formula ->
    // toFormula(formula).
    template <class F, class G> void rate(const std::string& key, const std::string& given, ParamIndex index, F toValue, G toFormula) {
        if (given.empty()) return;
        if (const auto value = constantOf(given)) {
            if (*value != 0) set(key, index, toValue(*value));
            return;
        }
        const auto all = names();
        const auto compiled = formula::Expression::compile(given, all);
        if (!compiled.expression) {
            note(key, formula::withCaret(given, compiled.error));
            return;
        }
        auto& formulas = out_.preset.show.formulas;
        std::erase_if(formulas, [&](const params::Formula& f) { return f.target == index; });
        formulas.push_back({index, toFormula(renamed(given))});
    }
    void scaled(const std::string& key, const std::string& given, ParamIndex index, double factor) {
        rate(key, given, index, [&](double v) { return v * factor; },
             [&](const std::string& f) { return fmt::format("{:.6g}*({})", factor, f); });
    }

    std::optional<double> chosen(ParamIndex index, std::string_view choice) const {
        const auto& choices = params::row(index).choices;
        const auto found = std::find(choices.begin(), choices.end(), choice);
        return found == choices.end() ? std::nullopt : std::optional(static_cast<double>(found - choices.begin()));
    }
    void choose(const std::string& key, ParamIndex index, std::string_view choice) {
        if (const auto number = chosen(index, choice)) set(key, index, *number);
        else note(key, fmt::format("\"{}\" is not known here", choice));
    }

    // ---- sound -------------------------------------------------------------------------------

    void readBands() {
        const YAML::Node filters = at("input_audio_filters");
        if (empty(filters) || !filters.IsSequence()) return;
        for (const YAML::Node& filter : filters) {
            if (!filter.IsMap() || empty(filter["variable_name"])) continue;
            const auto name = filter["variable_name"].as<std::string>();
            const auto n = static_cast<int>(bands_.size());
            if (n == 4) {
                note("input_audio_filters", name + ": there are four own bands, this is the fifth");
                continue;
            }
            const std::uint16_t first = static_cast<std::uint16_t>(param("band.1.hz").value + 2 * n);
            set("input_audio_filters", {first}, filter["f_center"].as<double>(1000));
            set("input_audio_filters", {static_cast<std::uint16_t>(first + 1)}, filter["f_width"].as<double>(1990));
            bands_[name] = fmt::format("band{}", n + 1);
            note("input_audio_filters", fmt::format("{} is now band{}", name, n + 1));
            if (!empty(filter["order"])) note("input_audio_filters", name + ": an own band has its edges, no order");
        }
    }

    // ---- picture -----------------------------------------------------------------------------

    void readPicture() {
        const std::string model = text("image_model", "Unlimited Palette");
        const auto choice = [&](double index) { set("image_model", param("canvas.model"), index); };
        if (model == "Unlimited Palette") choice(1);
        else if (model == "Limited Palette") choice(2);
        else {
            choice(0);
            note("image_model", model + " has no place here: the pyramid paints instead");
        }
        const double pixel = number("pixel_size", 1);
        scale_ = model == "VQGAN" ? pixel : 1; // its motion counts output pixels
        if (model != "VQGAN" && pixel > 1) set("pixel_size", param("look.painting"), chosen(param("look.painting"), "pixels").value_or(0));
        width_ = std::max(1.0, number("width", 512));
        height_ = std::max(1.0, number("height", 512));
        if (root_["width"] || root_["height"]) set("height", param("canvas.side"), std::min(width_, height_));
        width_ *= scale_;
        height_ *= scale_;
        const auto direct = [&](const char* key, ParamIndex index, double factor = 1) {
            const std::string given = text(key);
            if (const auto value = constantOf(given)) set(key, index, *value * factor);
            else if (!given.empty()) note(key, "\"" + given + "\" is no number");
        };
        direct("palettes", param("palette.count"));
        direct("palette_size", param("palette.size"));
        direct("gamma", param("palette.gamma"));
        direct("hdr_weight", param("palette.hdr"));
        direct("palette_normalization_weight", param("palette.normalise"));
        if (flag("lock_palette", false)) set("lock_palette", param("palette.lock"), 1);
        out_.preset.show.texts[params::text("palette.target").value] = text("target_palette");
        direct("learning_rate", param("guide.rate"));
        scaled("smoothing_weight", text("smoothing_weight"), param("guide.smoothing"), kSmoothing);
        direct("cutouts", param("guide.crops"), kCropsShare);
        if (const std::string power = text("cut_pow"); const auto value = constantOf(power)) {
            set("cut_pow", param("guide.crop_law"), 1);
            set("cut_pow", param("guide.crop_power"), *value);
            set("cut_pow", param("guide.crop_max"), 1);
            set("cut_pow", param("guide.crop_min"), std::min(kGuideSide / std::min(width_, height_), kSmallestCrop));
        }
        direct("cutout_border", param("guide.crop_reach"));
        if (const std::string border = text("border_mode"); !border.empty())
            choose("border_mode", param("guide.crop_border"), border == "clamp" ? "inside" : border);
        if (const std::string sampling = text("sampling_mode"); !sampling.empty())
            choose("sampling_mode", param("camera.sampling"), sampling == "bilinear" ? "linear" : sampling == "bicubic" ? "cubic" : sampling);
        out_.preset.show.texts[params::text("canvas.init").value] = text("init_image");
    }

    void readHolds() {
        for (const auto& [key, index] : {std::pair{"direct_stabilization_weight", param("hold.direct")},
                                         {"edge_stabilization_weight", param("hold.edge")},
                                         {"semantic_stabilization_weight", param("hold.semantic")}}) {
            // "weight_mask:stop"; the mask is a path without brackets.
            const auto fields = split(text(key), ":");
            const std::size_t bar = fields[0].find('_');
            scaled(key, std::string(trimmed(std::string_view(fields[0]).substr(0, bar))), index, 1);
            const auto row = [&](const char* suffix) { return std::string(params::row(index).id) + suffix; };
            if (bar != std::string::npos)
                out_.preset.show.texts[params::findText(row("_mask")).value().value] = trimmed(std::string_view(fields[0]).substr(bar + 1));
            if (fields.size() > 1) scaled(key, std::string(trimmed(fields[1])), params::findParam(row("_stop")).value(), 1);
        }
    }

    void readVideo(const std::string& mode) {
        out_.preset.show.texts[params::text("source.file").value] = text("video_path");
        const bool fresh = flag("reencode_each_frame", true);
        if (mode == "Video Source") set("animation_mode", param("source.mode"), fresh ? 2 : 1);
    }

    // ---- prompts -----------------------------------------------------------------------------

    // Weights, thresholds and stops are renamed; texts stay as they are.
    std::string promptText(const std::string& prompt) const {
        const auto fields = split(trimmed(prompt), ":");
        std::string out = fields[0];
        for (std::size_t i = 1; i < fields.size(); ++i) {
            const auto parts = split(fields[i], "_");
            std::string field = fields[i];
            // A name with an underscore is no PyTTI formula, so the first part is all of it.
            field.replace(0, parts[0].size(), renamed(parts[0]));
            out += ":" + field;
        }
        return out;
    }

    void readPrompts() {
        const double fps = std::max(1e-6, number("frames_per_second", 12)), perFrame = std::max(1.0, number("steps_per_frame", 50));
        fps_ = fps;
        const double length = number("steps_per_scene", 100) / (perFrame * fps), fade = number("interpolation_steps", 0) / (perFrame * fps);
        const auto raw = [&](const char* key) { // put before and after as they are, spaces too
            const YAML::Node node = at(key);
            return empty(node) || !node.IsScalar() ? std::string() : node.Scalar();
        };
        const std::string prefix = raw("scene_prefix"), suffix = raw("scene_suffix");
        std::vector<std::vector<std::string>> scenes;
        for (const std::string& scene : split(text("scenes"), "||")) {
            if (trimmed(scene).empty()) continue;
            std::vector<std::string> prompts;
            for (const std::string& prompt : split(prefix + std::string(trimmed(scene)) + suffix, "|"))
                if (!trimmed(prompt).empty()) prompts.push_back(promptText(prompt));
            scenes.push_back(std::move(prompts));
        }
        std::vector<std::string> lines; // of the slots
        if (scenes.size() == 1) {
            for (const std::string& prompt : scenes[0]) lines.push_back("#pytti " + prompt);
        } else if (!scenes.empty()) {
            std::string line = "#pytti ";
            for (std::size_t i = 0; i < scenes.size(); ++i) {
                const std::string stays = i + 1 == scenes.size() ? "stay" : fmt::format("{:.6g} s", length);
                line += fmt::format("{}{{{}, fade {:.6g} s}} {}", i ? " || " : "", stays, fade, fmt::join(scenes[i], " | "));
            }
            lines.push_back(line);
        }
        for (const std::string& picture : split(text("direct_image_prompts"), "|"))
            if (!trimmed(picture).empty()) lines.push_back(pixelPrompt(picture));
        constexpr std::size_t kSlots = params::kPromptSlots;
        for (std::size_t i = kSlots; i < lines.size(); ++i) {
            const bool pytti = lines[kSlots - 1].starts_with("#pytti ") && lines[i].starts_with("#pytti ");
            if (pytti) lines[kSlots - 1] += " | " + lines[i].substr(7);
            else note("direct_image_prompts", "no slot is left for " + lines[i]);
        }
        for (std::size_t i = 0; i < std::min(lines.size(), kSlots); ++i) {
            const int slot = static_cast<int>(i);
            out_.preset.show.texts[params::promptText(slot).value] = lines[i];
            out_.preset.show.values[params::promptWeight(slot).value] = 1;
        }
    }

    // "path:weight_mask:stop" to =[path]:weight@[mask]:stop
    std::string pixelPrompt(const std::string& given) const {
        const auto fields = split(trimmed(given), ":");
        std::string out = "=[" + fields[0] + "]";
        if (fields.size() > 1) {
            const auto at = fields[1].find('_');
            out += ":" + renamed(fields[1].substr(0, at));
            if (at != std::string::npos) out += "@[" + fields[1].substr(at + 1) + "]";
        }
        return fields.size() > 2 ? out + ":" + renamed(fields[2]) : out;
    }

    // ---- motion ------------------------------------------------------------------------------

    void readMotion(const std::string& mode) {
        const std::string x = text("translate_x"), y = text("translate_y"), z = text("translate_z_3d");
        const std::string zoomX = text("zoom_x_2d"), zoomY = text("zoom_y_2d"), roll = text("rotate_2d");
        std::vector<std::string> turn = quaternion();
        const bool locked = flag("lock_camera", true);
        const double fov = number("field_of_view", 60) / kDegrees, near = number("near_plane", 1), far = number("far_plane", 10000);
        const std::string border = text("infill_mode", "wrap");
        if (mode != "off") choose("infill_mode", param("camera.border"), border);
        if (mode == "2D") {
            scaled("translate_x", x, param("camera.pan_x"), fps_ / height_);
            scaled("translate_y", y, param("camera.pan_y"), fps_ / height_);
            scaled("rotate_2d", roll, param("camera.roll"), fps_);
            const std::string& zoom = zoomX.empty() || constantOf(zoomX) == 0.0 ? zoomY : zoomX;
            const double size = &zoom == &zoomX ? width_ : height_;
            // PyTTI's zoom is in pixels of each side.
            const bool alike = zoomX == zoomY && (width_ == height_ || constantOf(zoomX) == 0.0);
            if (!zoomX.empty() && !zoomY.empty() && !alike) note("zoom_y_2d", "the picture grows alike in both directions, as zoom_x_2d says");
            rate("zoom_x_2d", zoom, param("camera.zoom"), [&](double v) { return v < size ? fps_ * std::log(size / (size - v)) : 1e3; },
                 [&](const std::string& f) { return fmt::format("{:.6g}*log({:.6g}/({:.6g} - ({})))", fps_, size, size, f); });
        } else if (mode == "3D") {
            set("animation_mode", param("camera.depth"), 1); // plane
            const double depth = std::max(1e-3, near + kMiddleDepth * (far - near)), slope = std::tan(fov / 2);
            // Half heights a second at the middle distance; the content goes the other way.
            const double truck = -fps_ / (slope * depth);
            scaled("translate_x", x, param("camera.truck_x"), truck);
            scaled("translate_y", y, param("camera.truck_y"), truck);
            scaled("translate_z_3d", z, param("camera.dolly"), fps_ * (height_ / 2) / (slope * depth * depth));
            if (locked) set("lock_camera", param("camera.lock"), 1);
            set("animation_mode", param("camera.perspective"), 1);
            readTurn(turn);
        }
    }

    std::vector<std::string> quaternion() {
        const YAML::Node node = at("rotate_3d");
        if (empty(node)) return {};
        std::vector<std::string> parts;
        if (node.IsSequence()) {
            for (const YAML::Node& part : node) parts.push_back(part.as<std::string>());
        } else {
            std::string_view list = trimmed(node.Scalar());
            if (list.starts_with('[') && list.ends_with(']')) list = list.substr(1, list.size() - 2);
            for (const std::string& part : split(list, ",")) parts.emplace_back(trimmed(part));
        }
        if (parts.size() != 4) {
            note("rotate_3d", "a quaternion has four numbers");
            return {};
        }
        return parts;
    }

    // x right, y down, z towards the viewer: a turn about y goes to the right, about x up, about z
    // clockwise. Angle of a unit quaternion: 2 acos(w); for formulas 2 asin of each part, which is
    // the same for the small angles of a frame.
    void readTurn(const std::vector<std::string>& q) {
        if (q.empty()) return;
        const std::array<ParamIndex, 3> targets{param("camera.pitch"), param("camera.yaw"), param("camera.roll")};
        const std::array<double, 3> signs{1, 1, -1};
        std::array<std::optional<double>, 4> numbers;
        for (std::size_t i = 0; i < 4; ++i) numbers[i] = constantOf(q[i]);
        const bool constant = numbers[0] && numbers[1] && numbers[2] && numbers[3];
        double factor = 2 * fps_ * kDegrees;
        if (constant) {
            const double length = std::hypot(*numbers[1], *numbers[2], *numbers[3]);
            if (length < 1e-12) return;
            factor = 2 * std::atan2(length, *numbers[0]) / length * fps_ * kDegrees;
        }
        for (std::size_t i = 0; i < 3; ++i) scaled("rotate_3d", q[i + 1], targets[i], signs[i] * factor);
    }

    const YAML::Node& root_;
    PyttiImport out_;
    std::set<std::string> used_;
    std::map<std::string, std::string> bands_; // variable -> band1 ...
    double fps_ = 12, width_ = 512, height_ = 512, scale_ = 1;
};

} // namespace

core::Result<PyttiImport> importPyttiText(const std::string& yaml, const std::string& origin) {
    try {
        const YAML::Node root = YAML::Load(yaml);
        if (!root.IsMap()) return Problem{ProblemId::FileSyntax, origin + ":1: no settings (key: value)"};
        return Importer(root).run(std::filesystem::path(origin).stem().string());
    } catch (const YAML::Exception& error) {
        return Problem{ProblemId::FileSyntax, fmt::format("{}:{}: {}", origin, error.mark.line + 1, error.msg)};
    }
}

core::Result<PyttiImport> importPytti(const std::filesystem::path& path) {
    const auto bytes = core::readFile(path);
    if (!bytes) return bytes.problem();
    return importPyttiText(bytes.value(), path.string());
}

} // namespace titanus::controls
