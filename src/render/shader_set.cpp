#include "render/shader_set.h"

#include "core/files.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace titanus::render {
namespace fs = std::filesystem;
using core::Problem;
using core::ProblemId;
using core::Result;

namespace {

struct PassFiles { const char *vertex, *fragment; };
constexpr std::array<PassFiles, static_cast<std::size_t>(Pass::Count)> kPasses{{
    {"screen.vert", "start.frag"},
    {"screen.vert", "sharpen.frag"},
    {"screen.vert", "blend.frag"},
    {"screen.vert", "reconstruct.frag"},
    {"screen.vert", "tensor.frag"},
    {"screen.vert", "blur.frag"},
    {"screen.vert", "oil.frag"},
    {"screen.vert", "lines.frag"},
    {"screen.vert", "flow.frag"},
    {"screen.vert", "bristle.frag"},
    {"marks.vert", "strokes.frag"},
    {"marks.vert", "crystal.frag"},
    {"screen.vert", "surface.frag"},
    {"screen.vert", "pixels.frag"},
    {"screen.vert", "trails.frag"},
    {"screen.vert", "bright.frag"},
    {"screen.vert", "widen.frag"},
    {"screen.vert", "finish.frag"},
    {"screen.vert", "dim.frag"},
    {"screen.vert", "show.frag"},
    {"screen.vert", "flash_grid.frag"},
    {"screen.vert", "flash_state.frag"},
    {"screen.vert", "flash_gate.frag"},
    {"screen.vert", "flash_weight.frag"},
    {"screen.vert", "flash_hold.frag"},
}};

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front()))) line.remove_prefix(1);
    return line;
}

// Text of a file with its includes. `#line n k` keeps the compiler's messages on file k of `files`.
Result<std::string> expanded(const fs::path& path, std::vector<fs::path>& files) {
    auto read = core::readFile(path);
    if (!read) return read.problem();
    const std::size_t number = files.size();
    files.push_back(path);
    std::string out;
    if (number > 0) out += "#line 1 " + std::to_string(number) + "\n";
    std::string_view rest = read.value();
    for (int line = 1; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view text = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::string_view bare = trimmed(text);
        if (!bare.starts_with("#include")) {
            out.append(text).append("\n");
            continue;
        }
        const std::size_t open = bare.find('"'), close = bare.rfind('"');
        if (open == std::string_view::npos || close <= open)
            return Problem{ProblemId::ShaderInvalid,
                           path.filename().string() + ":" + std::to_string(line) + ": #include needs a name in quotes"};
        const fs::path included = path.parent_path() / bare.substr(open + 1, close - open - 1);
        if (std::find(files.begin(), files.end(), included) == files.end()) {
            auto inner = expanded(included, files);
            if (!inner) return inner.problem();
            out += inner.value();
        }
        out += "#line " + std::to_string(line + 1) + " " + std::to_string(number) + "\n";
    }
    return out;
}

// The first error of a compiler's log as "file:line: text". Forms: Mesa "1:12(5): error: …",
// NVIDIA "1(12) : error …", Apple and Intel "ERROR: 1:12: …". Anything else is passed on whole.
std::string readable(std::string log, const std::vector<fs::path>& files) {
    if (log.starts_with("ERROR: ")) log.erase(0, 7);
    const char *p = log.data(), *end = p + log.size();
    std::size_t file = 0;
    int line = 0;
    const auto first = std::from_chars(p, end, file);
    if (first.ec == std::errc() && first.ptr < end && (*first.ptr == ':' || *first.ptr == '(')) {
        const auto second = std::from_chars(first.ptr + 1, end, line);
        if (second.ec == std::errc() && file < files.size()) {
            std::string_view text(second.ptr, static_cast<std::size_t>(end - second.ptr));
            if (text.starts_with("(")) text.remove_prefix(std::min(text.find(')'), text.size() - 1));
            while (!text.empty() && std::string_view("): ").find(text.front()) != std::string_view::npos)
                text.remove_prefix(1);
            return files[file].filename().string() + ":" + std::to_string(line) + ": " +
                   std::string(text.substr(0, text.find('\n')));
        }
    }
    return files.front().filename().string() + ": " + log.substr(0, log.find('\n'));
}

Result<GLuint> compile(GLenum stage, const fs::path& path, const std::string& defines,
                       std::vector<fs::path>& allFiles) {
    std::vector<fs::path> files;
    auto text = expanded(path, files);
    allFiles.insert(allFiles.end(), files.begin(), files.end());
    if (!text) return text.problem();
    const GLuint shader = glCreateShader(stage);
    if (!defines.empty()) // #version must stay the first line, and line numbers what they were
        text.value().insert(text.value().find('\n') + 1, defines + "#line 2 0\n");
    const char* source = text.value().c_str();
    glShaderSource(shader, 1, &source, nullptr);
    glCompileShader(shader);
    GLint good = 0;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &good);
    if (good) return shader;
    std::string log(4096, '\0');
    GLsizei length = 0;
    glGetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), &length, log.data());
    log.resize(static_cast<std::size_t>(length));
    glDeleteShader(shader);
    return Problem{ProblemId::ShaderInvalid, readable(log, files)};
}

auto timesOf(const std::vector<fs::path>& files) {
    std::vector<std::pair<fs::path, fs::file_time_type>> out;
    for (const fs::path& file : files) {
        std::error_code missing;
        out.emplace_back(file, fs::last_write_time(file, missing));
    }
    return out;
}

} // namespace

GLint Program::at(const char* name) const {
    for (const auto& [known, location] : locations_)
        if (known == name) return location;
    const GLint location = glGetUniformLocation(program_.name(), name);
    locations_.emplace_back(name, location);
    return location;
}

void Program::texture(const char* name, int unit, GLuint texture) const {
    glActiveTexture(GL_TEXTURE0 + static_cast<GLenum>(unit));
    glBindTexture(GL_TEXTURE_2D, texture);
    glUniform1i(at(name), unit);
}

Result<Program> Program::build(const fs::path& folder, const std::string& vertex,
                               const std::string& fragment, const std::string& defines) {
    Program out;
    auto vs = compile(GL_VERTEX_SHADER, folder / vertex, {}, out.files_);
    if (!vs) return vs.problem();
    auto fragmentShader = compile(GL_FRAGMENT_SHADER, folder / fragment, defines, out.files_);
    if (!fragmentShader) {
        glDeleteShader(vs.value());
        return fragmentShader.problem();
    }
    out.program_ = GlProgram::make();
    const GLuint name = out.program_.name();
    for (const GLuint shader : {vs.value(), fragmentShader.value()}) {
        glAttachShader(name, shader);
        glDeleteShader(shader); // lives on while attached
    }
    glLinkProgram(name);
    GLint good = 0;
    glGetProgramiv(name, GL_LINK_STATUS, &good);
    if (good) return out;
    std::string log(4096, '\0');
    GLsizei length = 0;
    glGetProgramInfoLog(name, static_cast<GLsizei>(log.size()), &length, log.data());
    log.resize(static_cast<std::size_t>(length));
    return Problem{ProblemId::ShaderInvalid, fragment + ": " + log.substr(0, log.find('\n'))};
}

Result<ShaderSet> ShaderSet::load(const fs::path& folder, bool softwareGl) {
    ShaderSet set;
    set.folder_ = folder;
    set.variants_ = softwareGl;
    for (std::size_t i = 0; i < kPasses.size(); ++i) {
        auto program = Program::build(folder, kPasses[i].vertex, kPasses[i].fragment);
        if (!program) return program.problem();
        set.entries_[i].program = std::move(program).value();
        set.entries_[i].seen = timesOf(set.entries_[i].program.files());
    }
    return set;
}

const Program& ShaderSet::variant(Pass pass, const std::string& defines) const {
    for (const Variant& known : built_)
        if (known.pass == pass && known.defines == defines) return known.program;
    const PassFiles& files = kPasses[static_cast<std::size_t>(pass)];
    auto program = Program::build(folder_, files.vertex, files.fragment, defines);
    // The plain program compiled; should a variant of an edited file not, the plain one serves.
    if (!program) return (*this)[pass];
    built_.push_back({pass, defines, std::move(program).value()});
    return built_.back().program;
}

const Program& ShaderSet::finish(unsigned features) const {
    if (!variants_ || features == kFinishAll) return (*this)[Pass::Finish];
    return variant(Pass::Finish, "#define FEATURES " + std::to_string(features) + "\n");
}

const Program& ShaderSet::reconstruct(bool segments, bool ripple, bool flat, bool blocks) const {
    if (!variants_) return (*this)[Pass::Reconstruct];
    return variant(Pass::Reconstruct, "#define FEATURES " + std::to_string((segments ? 1 : 0) + (ripple ? 2 : 0) + (blocks ? 4 : 0)) +
                                          (flat ? "\n#define FLAT_SPACE\n" : "\n"));
}

const Program& ShaderSet::moving(Pass pass, bool flat) const {
    return variants_ && flat ? variant(pass, "#define FLAT_SPACE\n") : (*this)[pass];
}

const Program& ShaderSet::oil(int tapsPerSector) const {
    return variant(Pass::Oil, "#define TAPS " + std::to_string(tapsPerSector) + "\n");
}

bool ShaderSet::reload(const std::function<void(const Problem&)>& sink) {
    bool replaced = false;
    std::vector<std::string> told; // one broken include concerns many programs: one report
    for (std::size_t i = 0; i < kPasses.size(); ++i) {
        Entry& entry = entries_[i];
        auto now = timesOf(entry.program.files());
        if (now == entry.seen) continue;
        entry.seen = std::move(now);
        auto program = Program::build(folder_, kPasses[i].vertex, kPasses[i].fragment);
        if (program) {
            entry.program = std::move(program).value();
            entry.seen = timesOf(entry.program.files());
            replaced = true;
            const auto pass = static_cast<Pass>(i);
            std::erase_if(built_, [&](const Variant& v) { return v.pass == pass; });
        } else if (std::find(told.begin(), told.end(), program.problem().detail) == told.end()) {
            told.push_back(program.problem().detail);
            sink(program.problem());
        }
    }
    return replaced;
}

} // namespace titanus::render
