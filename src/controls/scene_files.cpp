#include "controls/scene_files.h"

#include "controls/preset_toml.h"
#include "core/thread_role.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace titanus::controls::detail {
namespace fs = std::filesystem;
using core::Problem;
using core::ProblemId;

namespace {

constexpr std::size_t kMostProblems = 100; // a broken disk does not fill the memory

// "scene-12.toml" -> 12; 0 if it is no such name.
int idOf(const fs::path& path) {
    const std::string stem = path.stem().string();
    constexpr std::string_view kPrefix = "scene-";
    int id = 0;
    if (!stem.starts_with(kPrefix)) return 0;
    const auto [end, error] = std::from_chars(stem.data() + kPrefix.size(), stem.data() + stem.size(), id);
    return error == std::errc{} && end == stem.data() + stem.size() && id > 0 && id < 1000000 ? id : 0;
}

fs::path tomlOf(const fs::path& folder, int id) { return folder / fmt::format("scene-{}.toml", id); }

// A name that stays in its folder.
bool isPlainName(const std::string& name) {
    return name.starts_with("scene-") && name.ends_with(".png") && name.find('/') == std::string::npos;
}

} // namespace

std::string sceneText(const StoredScene& s, const std::string& canvasFile) {
    std::string out = writePreset(s.scene.preset);
    out += fmt::format("\n[scene]\npad = {}\nrevision = {}\ncolour = \"#{:06x}\"\n", s.pad + 1, s.scene.revision, s.scene.colour);
    if (s.other >= 0) out += fmt::format("moved_from = {}\n", s.other + 1);
    if (!canvasFile.empty()) out += "canvas = " + detail::quoted(canvasFile) + "\n";
    return out;
}

core::Result<StoredScene> parseScene(const std::string& text, const std::string& origin, std::string& canvasFile,
                                     std::vector<Problem>* warnings) {
    auto parsed = parseToml(text, origin);
    if (!parsed) return parsed.problem();
    toml::table& root = parsed.value();
    const Reader reader{origin, warnings};
    const auto* own = root["scene"].as_table();
    if (!own) return Problem{ProblemId::FileSyntax, origin + ": no [scene]"};
    StoredScene out;
    const auto pad = (*own)["pad"].value_or<std::int64_t>(0);
    if (pad < 1 || pad > kScenePads)
        return Problem{ProblemId::FileSyntax, fmt::format("{}:{}: pad: 1 to {}", origin, own->source().begin.line, kScenePads)};
    out.pad = static_cast<int>(pad) - 1;
    const auto from = (*own)["moved_from"].value_or<std::int64_t>(0);
    out.other = from >= 1 && from <= kScenePads ? static_cast<int>(from) - 1 : -1;
    out.scene.revision = static_cast<std::uint64_t>(std::max<std::int64_t>((*own)["revision"].value_or<std::int64_t>(0), 0));
    const auto colour = (*own)["colour"].value_or<std::string>("");
    if (colour.size() == 7 && colour[0] == '#')
        std::from_chars(colour.data() + 1, colour.data() + colour.size(), out.scene.colour, 16);
    canvasFile = (*own)["canvas"].value_or<std::string>("");
    if (!canvasFile.empty() && !isPlainName(canvasFile)) {
        reader.warn(ProblemId::PresetValueInvalid, *own->get("canvas"), "canvas: a picture of this folder expected");
        canvasFile.clear();
    }
    root.erase("scene");
    out.scene.preset = presetFrom(root, reader);
    return out;
}

SceneFiles::SceneFiles(fs::path folder) : folder_(std::move(folder)) {
    if (folder_.empty()) return;
    std::error_code ec;
    firstUse_ = !fs::exists(folder_, ec);
    // Known before the first scene is stored, which may be before all are read.
    for (fs::directory_iterator it(folder_, ec), end; !ec && it != end; it.increment(ec))
        largestId_ = std::max(largestId_, idOf(it->path()));
    reading_ = !firstUse_;
    thread_ = std::thread([this] { run(); });
}

SceneFiles::~SceneFiles() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void SceneFiles::write(StoredScene scene) {
    if (folder_.empty()) return;
    const std::lock_guard lock(mutex_);
    const int id = scene.id;
    jobs_[id] = {false, std::move(scene)};
    wake_.notify_one();
}

void SceneFiles::remove(int id) {
    if (folder_.empty() || id == 0) return;
    const std::lock_guard lock(mutex_);
    jobs_[id] = {true, {}};
    wake_.notify_one();
}

void SceneFiles::flush() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return folder_.empty() || (jobs_.empty() && !busy_ && !reading_); });
}

void SceneFiles::waitUntilRead() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return !reading_; });
}

std::vector<StoredScene> SceneFiles::takeRead() {
    const std::lock_guard lock(mutex_);
    return std::exchange(read_, {});
}

std::vector<Problem> SceneFiles::takeProblems() {
    const std::lock_guard lock(mutex_);
    return std::exchange(problems_, {});
}

bool SceneFiles::loading() const {
    const std::lock_guard lock(mutex_);
    return reading_ || !read_.empty();
}

std::size_t SceneFiles::unwritten() const {
    const std::lock_guard lock(mutex_);
    return jobs_.size() + (busy_ ? 1 : 0);
}

// ---- io thread ---------------------------------------------------------------------------------

void SceneFiles::report(Problem problem) {
    const std::lock_guard lock(mutex_);
    if (problems_.size() < kMostProblems) problems_.push_back(std::move(problem));
}

void SceneFiles::run() {
    core::currentRole() = core::Role::Io;
    if (!firstUse_) readAll();
    std::unique_lock lock(mutex_);
    reading_ = false;
    idle_.notify_all();
    for (;;) {
        wake_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
        if (jobs_.empty()) return; // stopping, and everything is written
        // In the order of the hand: the smallest revision first, removals before all.
        auto next = jobs_.begin();
        for (auto it = jobs_.begin(); it != jobs_.end(); ++it)
            if (it->second.gone || (!next->second.gone && it->second.scene.scene.revision < next->second.scene.scene.revision)) next = it;
        const int id = next->first;
        const Job job = std::move(next->second);
        jobs_.erase(next);
        busy_ = true;
        lock.unlock();
        if (job.gone) erase(id);
        else save(job.scene);
        lock.lock();
        busy_ = false;
        if (jobs_.empty()) idle_.notify_all();
    }
}

void SceneFiles::readAll() {
    std::vector<fs::path> files;
    std::set<std::string> loose; // pictures that no scene names: left by a kill between two writes
    std::error_code ec;
    for (fs::directory_iterator it(folder_, ec), end; !ec && it != end; it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (it->path().extension() == ".toml" && idOf(it->path()) > 0) files.push_back(it->path());
        else if (isPlainName(name)) loose.insert(name);
        else if (name.starts_with("scene-") && name.ends_with(".tmp")) loose.insert(name);
    }
    if (ec) report({ProblemId::FileUnreadable, folder_.string() + ": " + ec.message()});
    std::vector<std::pair<StoredScene, std::string>> found;
    bool allRead = true;
    for (const fs::path& file : files) {
        const auto bytes = core::readFile(file);
        std::vector<Problem> warnings;
        std::string canvas;
        auto scene = bytes ? parseScene(bytes.value(), file.string(), canvas, &warnings) : core::Result<StoredScene>(bytes.problem());
        for (Problem& warning : warnings) report(std::move(warning));
        if (!scene) {
            report(scene.problem());
            allRead = false;
            continue;
        }
        scene.value().id = idOf(file);
        loose.erase(canvas);
        found.emplace_back(std::move(scene).value(), std::move(canvas));
    }
    // Of two that claim one pad the newer has it.
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first.scene.revision > b.first.scene.revision; });
    std::map<int, int> cameFrom; // pad -> where the scene that has it now came from
    for (auto& [scene, canvas] : found) {
        const auto [first, fresh] = cameFrom.try_emplace(scene.pad, scene.other);
        scene.other = fresh ? -1 : first->second;
    }
    for (auto& [scene, canvas] : found) {
        if (!canvas.empty()) {
            auto image = core::readImage(folder_ / canvas);
            if (image) {
                scene.scene.canvas = std::make_shared<const core::Image>(std::move(image).value());
                scene.scene.thumbnail = thumbnailOf(*scene.scene.canvas);
                pictures_[scene.id] = {canvas, scene.scene.canvas};
            } else {
                report(image.problem()); // the scene itself is whole
            }
        }
        const std::lock_guard lock(mutex_);
        read_.push_back(std::move(scene));
        if (stop_) return;
    }
    // A file that does not read may name any of them: then nothing is thrown away.
    if (allRead)
        for (const std::string& name : loose) drop(name);
}

void SceneFiles::drop(const std::string& file) {
    std::error_code ec;
    fs::remove(folder_ / file, ec); // stays behind at worst
}

bool SceneFiles::savePicture(const std::string& name, const core::Image& image) {
    const auto written = core::writePng(folder_ / name, image);
    if (!written) report(written.problem());
    return written.ok();
}

// Picture, then the TOML that names it, then the old picture goes.
void SceneFiles::save(const StoredScene& scene) {
    std::error_code ec;
    fs::create_directories(folder_, ec);
    const Picture before = pictures_[scene.id];
    Picture now = before;
    if (const auto& canvas = scene.scene.canvas; canvas != before.image) {
        now = {canvas ? fmt::format("scene-{}-{}.png", scene.id, scene.scene.revision) : "", canvas};
        if (canvas && !savePicture(now.file, *canvas)) now = before; // the numbers at least
    }
    if (const auto written = core::writeFileAtomic(tomlOf(folder_, scene.id), sceneText(scene, now.file)); !written) {
        report(written.problem());
        return;
    }
    pictures_[scene.id] = now;
    if (before.file != now.file && !before.file.empty()) drop(before.file);
}

void SceneFiles::erase(int id) {
    std::error_code ec;
    if (!fs::remove(tomlOf(folder_, id), ec) && ec) {
        report({ProblemId::OutputWriteFailed, tomlOf(folder_, id).string() + ": " + ec.message()});
        return;
    }
    if (const auto have = pictures_.find(id); have != pictures_.end()) {
        if (!have->second.file.empty()) drop(have->second.file);
        pictures_.erase(have);
    }
}

} // namespace titanus::controls::detail
