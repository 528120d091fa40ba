#include "core/files.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace titanus::core {
namespace fs = std::filesystem;
namespace {

fs::path xdg(const char* variable, const char* fallback) {
    if (const char* set = std::getenv(variable); set && *set) return fs::path(set) / "titanus";
    const char* home = std::getenv("HOME");
    return fs::path(home && *home ? home : "/tmp") / fallback / "titanus";
}

Problem writeProblem(const fs::path& path) {
    return {ProblemId::OutputWriteFailed, path.string() + ": " + std::strerror(errno)};
}

} // namespace

Result<std::string> readFile(const fs::path& path) {
    std::error_code ec;
    if (fs::is_directory(path, ec))
        return Problem{ProblemId::FileUnreadable, path.string() + ": is a folder"};
    std::ifstream in(path, std::ios::binary);
    if (!in) return Problem{ProblemId::FileUnreadable, path.string() + ": " + std::strerror(errno)};
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<void> writeFileAtomic(const fs::path& path, const std::string& bytes) {
    std::error_code ec;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), ec);
    const fs::path temp = path.string() + ".tmp";
    const int fd = ::open(temp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return writeProblem(path);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const Problem problem = writeProblem(path);
            ::close(fd);
            ::unlink(temp.c_str());
            return problem;
        }
        done += static_cast<std::size_t>(n);
    }
    const bool synced = ::fsync(fd) == 0;
    if (::close(fd) != 0 || !synced || ::rename(temp.c_str(), path.c_str()) != 0) {
        const Problem problem = writeProblem(path);
        ::unlink(temp.c_str());
        return problem;
    }
    return {};
}

fs::path dataDir(const std::string& name) {
    if (const char* set = std::getenv("TITANUS_DATA"); set && *set) return fs::path(set) / name;
    std::error_code ec;
    const fs::path installed = fs::read_symlink("/proc/self/exe", ec).parent_path() / "../share/titanus" / name;
#ifdef TITANUS_SOURCE_DIR
    if (fs::path source = fs::path(TITANUS_SOURCE_DIR) / name; !fs::exists(installed, ec) && fs::exists(source, ec)) return source;
#endif
    return installed;
}

fs::path configDir() { return xdg("XDG_CONFIG_HOME", ".config"); }
fs::path stateDir() { return xdg("XDG_STATE_HOME", ".local/state"); }

} // namespace titanus::core
