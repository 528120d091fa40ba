#include "guidance/model_get.h"

#include "core/files.h"
#include "guidance/model_list.h"
#include "guidance/safetensors.h"
#include "guidance/sha256.h"

#include <fmt/format.h>
#include <stb/stb_image.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>

extern char** environ;

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;
namespace fs = std::filesystem;

namespace {

constexpr auto kLook = std::chrono::milliseconds(200); // between two looks at a download

// Waits for a program, calling `look` meanwhile. Returns its exit code, -1: it could not be started;
// `said`: the last line on its stderr.
int runProgram(const std::vector<std::string>& arguments, std::string& said, const std::function<void()>& look) {
    int pipeEnds[2];
    if (pipe2(pipeEnds, O_CLOEXEC) != 0) return -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipeEnds[1], 2);
    std::vector<char*> argv;
    for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    pid_t child = 0;
    const int failed = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipeEnds[1]);
    int status = -1;
    if (failed == 0) {
        std::thread reader([&] { // a full pipe would stop the program
            char buffer[512];
            for (ssize_t n; (n = read(pipeEnds[0], buffer, sizeof buffer)) > 0;) said.append(buffer, static_cast<std::size_t>(n));
        });
        while (waitpid(child, &status, WNOHANG) == 0) {
            if (look) look();
            std::this_thread::sleep_for(kLook);
        }
        reader.join();
    }
    close(pipeEnds[0]);
    while (!said.empty() && said.back() == '\n') said.pop_back();
    if (const auto line = said.rfind('\n'); line != std::string::npos) said = said.substr(line + 1);
    if (failed != 0) said = std::strerror(failed);
    return failed == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct File { std::string host, path, name, sha256; };

// What the hub itself says of a large file: X-Linked-ETag is its SHA-256 (docs of huggingface_hub). Empty: nothing.
std::string announcedHash(const fs::path& headers) {
    const auto text = core::readFile(headers);
    if (!text) return {};
    constexpr std::string_view kName = "x-linked-etag:";
    std::string found;
    for (std::size_t at = 0; at < text.value().size();) {
        const std::size_t end = std::min(text.value().find('\n', at), text.value().size());
        std::string line = text.value().substr(at, end - at);
        at = end + 1;
        std::transform(line.begin(), line.end(), line.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (!line.starts_with(kName)) continue;
        std::string hash = line.substr(kName.size());
        std::erase_if(hash, [](unsigned char c) { return !std::isalnum(c); }); // quotes, spaces
        if (hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == hash.npos) found = std::move(hash); // not of a small file
    }
    return found;
}

// To `folder`/name by way of name.part, which a broken download leaves behind to be gone on with.
core::Result<void> fetch(const File& file, const fs::path& folder, const GetOptions& o) {
    const fs::path whole = folder / file.name, part = folder / (file.name + ".part");
    std::error_code error;
    std::string wanted = file.sha256; // else what the hub announces with the download
    // Empty: sound. Without any hash a safetensors file still tells its own length.
    const auto fault = [&](const fs::path& path) -> core::Result<std::string> {
        if (!wanted.empty()) {
            const auto hash = sha256OfFile(path);
            if (!hash) return hash.problem();
            return hash.value() == wanted ? std::string() : "sha256 is not " + wanted;
        }
        if (whole.extension() != ".safetensors") return std::string();
        const auto opened = Safetensors::open(path);
        return opened ? std::string() : "what came is no whole safetensors file";
    };
    if (fs::exists(whole, error)) {
        const auto wrong = fault(whole);
        if (!wrong) return wrong.problem();
        if (wrong.value().empty()) return {};
        fs::remove(whole, error); // of other contents: fetched anew
    }
    const std::string link = (o.mirror.empty() ? file.host : o.mirror) + file.path + file.name;
    std::string said;
    const auto look = [&] {
        std::error_code none;
        const auto bytes = fs::file_size(part, none);
        if (o.progress && !none) o.progress(file.name, bytes, 0);
    };
    const auto download = [&] {
        said.clear();
        const fs::path headers = folder / (file.name + ".headers");
        const int result = runProgram({o.curl, "--fail", "--location", "--silent", "--show-error", "--retry", "3", "--continue-at", "-", "--dump-header",
                                       headers.string(), "--output", part.string(), link}, said, look);
        if (file.sha256.empty()) wanted = announcedHash(headers);
        std::error_code none;
        fs::remove(headers, none);
        return result;
    };
    const bool resumed = fs::exists(part, error);
    int code = download();
    // 33, 36, and 22 with 416: the server cannot go on from here. Either all is here already or the
    // server sends whole files only; a part that is not proved whole by its hash is begun anew.
    if (resumed && (code == 33 || code == 36 || (code == 22 && said.find("416") != said.npos))) {
        const auto wrong = fault(part);
        if (!wrong) return wrong.problem();
        if (!wanted.empty() && wrong.value().empty()) code = 0;
        else if (fs::remove(part, error)) code = download();
    }
    if (code != 0)
        return Problem{ProblemId::ModelMissing,
                       code < 0 ? fmt::format("{} does not start: {}; fetch {} by hand into {}", o.curl, said, link, folder.string())
                                : fmt::format("{} ({}); call it again to go on, or fetch {} on another machine into {}", said, code, link, folder.string())};
    const auto wrong = fault(part);
    if (!wrong) return wrong.problem();
    if (!wrong.value().empty()) {
        fs::remove(part, error);
        return Problem{ProblemId::ModelBroken, whole.string() + ": " + wrong.value() + "; it was thrown away"};
    }
    fs::rename(part, whole, error);
    if (error) return Problem{ProblemId::OutputWriteFailed, whole.string() + ": " + error.message()};
    if (o.progress) o.progress(file.name, fs::file_size(whole, error), fs::file_size(whole, error));
    return {};
}

core::Result<void> fetchMerges(const fs::path& folder, const GetOptions& o) {
    std::error_code error;
    if (fs::exists(folder / "bpe_simple_vocab_16e6.txt", error) || fs::exists(folder / "merges.txt", error)) return {};
    const MergesRow& row = clipMerges();
    const File file{std::string(row.host), std::string(row.folder), std::string(row.file), std::string(row.sha256)};
    if (const auto done = fetch(file, folder, o); !done) return done;
    const auto text = gunzipFile(folder / file.name);
    if (!text) return text.problem();
    if (const auto written = core::writeFileAtomic(folder / "bpe_simple_vocab_16e6.txt", text.value()); !written) return written;
    fs::remove(folder / file.name, error);
    return {};
}

} // namespace

// Unpacks a .gz: its header is skipped, stb's inflate does the rest (RFC 1952).
core::Result<std::string> gunzipFile(const fs::path& file) {
    const auto packed = core::readFile(file);
    if (!packed) return packed.problem();
    const std::string& s = packed.value();
    const auto broken = [&] { return Problem{ProblemId::ModelBroken, file.string() + ": is no gzip file"}; };
    if (s.size() < 18 || s.compare(0, 3, "\x1f\x8b\x08") != 0) return broken();
    const auto flags = static_cast<unsigned char>(s[3]);
    std::size_t at = 10;
    if (flags & 4) at += 2 + static_cast<unsigned char>(s[at]) + 256u * static_cast<unsigned char>(s[at + 1]);
    for (const unsigned named : {8u, 16u})
        if (flags & named) at = s.find('\0', std::min(at, s.size())) + 1;
    if (flags & 2) at += 2;
    if (at == 0 || at + 8 >= s.size()) return broken();
    int length = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        stbi_zlib_decode_noheader_malloc(s.data() + at, static_cast<int>(s.size() - at - 8), &length), &std::free);
    if (!text) return broken();
    return std::string(text.get(), static_cast<std::size_t>(length));
}

core::Result<std::string> sha256OfFile(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return Problem{ProblemId::FileUnreadable, path.string()};
    Sha256 hash;
    std::vector<char> block(1 << 20);
    while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0)
        hash.add(std::as_bytes(std::span(block.data(), static_cast<std::size_t>(in.gcount()))));
    if (in.bad()) return Problem{ProblemId::FileUnreadable, path.string()};
    return hash.hex();
}

std::vector<std::string> gettableModels() {
    std::vector<std::string> names;
    for (const ModelRow& row : modelRows()) names.emplace_back(row.name);
    return names;
}

core::Result<fs::path> getModel(const std::string& name, const GetOptions& o) {
    const auto rows = modelRows();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const ModelRow& r) { return r.name == name; });
    if (row == rows.end()) return Problem{ProblemId::UsageError, fmt::format("no model {}; there are {}", name, fmt::join(gettableModels(), ", "))};
    const fs::path folder = o.into / name;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return Problem{ProblemId::OutputWriteFailed, folder.string() + ": " + error.message()};
    // Small files first: whoever is offline learns it before half a gigabyte is waited for.
    if (const auto done = fetchMerges(folder, o); !done) return done.problem();
    const auto file = [&](std::string_view which, std::string_view hash) {
        return File{std::string(row->host), std::string(row->folder), std::string(which), std::string(hash)};
    };
    if (!row->config.empty())
        if (const auto done = fetch(file(row->config, ""), folder, o); !done) return done.problem();
    if (!row->activation.empty()) {
        const auto text = fmt::format("{{\"name\": \"{}\", \"activation\": \"{}\"}}\n", row->title, row->activation);
        if (const auto done = core::writeFileAtomic(folder / "model.json", text); !done) return done.problem();
    }
    if (const auto done = fetch(file(row->weights, row->sha256), folder, o); !done) return done.problem();
    return folder;
}

core::Result<void> convertModel(const fs::path& from, const fs::path& to, const ConvertOptions& o) {
    std::error_code error;
    if (!fs::exists(from, error)) return Problem{ProblemId::ModelMissing, from.string()};
    const fs::path part = to.string() + ".part";
    std::string said;
    const int code = runProgram({o.python, o.script.string(), from.string(), part.string()}, said, {});
    if (code != 0) {
        fs::remove(part, error);
        return Problem{ProblemId::ModelBroken, fmt::format("{}: {}", from.string(), said.empty() ? o.python + " failed" : said)};
    }
    fs::rename(part, to, error);
    if (error) return Problem{ProblemId::OutputWriteFailed, to.string() + ": " + error.message()};
    return {};
}

} // namespace titanus::guidance
