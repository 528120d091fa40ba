#include "controls/session.h"

#include "controls/preset_toml.h"
#include "core/files.h"

#include <fmt/format.h>

namespace titanus::controls {
namespace fs = std::filesystem;
using core::Problem;
using core::ProblemId;

namespace {

constexpr int kCopies = 3;

fs::path copyOf(const fs::path& file, int n) { return file.string() + fmt::format(".{}", n); }

} // namespace

fs::path sessionFile() { return core::stateDir() / "session.toml"; }

Session captureSession(const params::Store& store, const Preset& current) {
    Session session;
    session.preset = current;
    session.preset.show = store.show();
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const auto& row = params::kCatalogue[i];
        const float value = session.preset.show.values[i];
        if (!row.saved() && value != row.def)
            session.machine.emplace_back(params::ParamIndex{static_cast<std::uint16_t>(i)}, value);
    }
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (!params::kTexts[i].saved && !session.preset.show.texts[i].empty())
            session.machineTexts.emplace_back(params::TextIndex{static_cast<std::uint16_t>(i)},
                                              session.preset.show.texts[i]);
    return session;
}

void restoreSession(const Session& session, params::Store& store) {
    store.recall(session.preset.show, params::Origin::Start);
    restoreMachine(session, store);
}

void restoreMachine(const Session& session, params::Store& store) {
    for (const auto& [param, value] : session.machine)
        store.apply({param, value, params::Origin::Start, 0});
    for (const auto& [text, value] : session.machineTexts) store.setText(text, value);
}

std::string writeSession(const Session& session) {
    std::string machine;
    for (const auto& [param, value] : session.machine)
        machine += fmt::format("{} = {}\n", params::row(param).id, detail::writeValue(params::row(param), value));
    for (const auto& [text, value] : session.machineTexts)
        machine += fmt::format("{} = {}\n", params::kTexts[text.value].id, detail::quoted(value));
    return writePreset(session.preset) + (machine.empty() ? "" : "\n[machine]\n" + machine);
}

core::Result<Session> parseSession(const std::string& text, const std::string& origin,
                                   std::vector<Problem>* warnings) {
    auto parsed = detail::parseToml(text, origin);
    if (!parsed) return parsed.problem();
    toml::table& root = parsed.value();
    const detail::Reader reader{origin, warnings};
    Session session;
    if (const auto* machine = root["machine"].as_table()) {
        for (const auto& [id, node] : detail::leaves(*machine)) {
            if (const auto param = params::findParam(id)) {
                if (const auto value = detail::readValue(params::row(*param), *node, reader))
                    session.machine.emplace_back(*param, *value);
            } else if (const auto index = params::findText(id); index && node->is_string()) {
                session.machineTexts.emplace_back(*index, node->as_string()->get());
            } else {
                reader.unknown(*node, id);
            }
        }
        root.erase("machine");
    }
    session.preset = detail::presetFrom(root, reader);
    return session;
}

core::Result<void> saveSession(const fs::path& file, const Session& session) {
    std::error_code ec;
    if (fs::exists(file, ec)) {
        for (int n = kCopies; n > 1; --n) fs::rename(copyOf(file, n - 1), copyOf(file, n), ec);
        // A copy, not a rename: at no instant is there no session file.
        fs::copy_file(file, copyOf(file, 1), fs::copy_options::overwrite_existing, ec);
    }
    return core::writeFileAtomic(file, writeSession(session));
}

std::optional<Session> loadSession(const fs::path& file, std::vector<Problem>* problems) {
    std::error_code ec;
    for (int n = 0; n <= kCopies; ++n) {
        const fs::path path = n == 0 ? file : copyOf(file, n);
        if (!fs::exists(path, ec)) continue;
        const auto bytes = core::readFile(path);
        // An empty file is what a full disk leaves; it parses but says nothing.
        if (bytes && !bytes.value().empty()) {
            auto session = parseSession(bytes.value(), path.string(), problems);
            if (session) return std::move(session).value();
            if (problems) problems->push_back(session.problem());
        } else if (problems) {
            problems->push_back(bytes ? Problem{ProblemId::FileSyntax, path.string() + ": empty"} : bytes.problem());
        }
    }
    return std::nullopt;
}

} // namespace titanus::controls
