// Loaded before the C library: makes chosen calls of the program under test fail, as a full disk,
// a pulled stick or a worn one would.
//   TITANUS_FAULTS="CALL:PATH PART:ERRNO[:FROM[:COUNT]];..."  CALL: open read write fsync rename mmap
//     mkdir memory; FROM: number of the first matching call that fails (1), COUNT: how many (all).
//     memory is posix_memalign, the allocator of tensors; its PATH is the library that calls.
//     ERRNO may be HANG: the call never returns.
//   TITANUS_FAULTS_ARMED=FILE   calls fail only while FILE exists: so a test chooses the moment
//   TITANUS_FAULTS_LOG=FILE     one line per failed call: so a test knows that there was one
// Files that are read or written through FILE* inside the C library are out of its reach; the
// program's own writers, libstdc++'s streams, FFmpeg and libsndfile call these functions.
// Thread: any
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr int kHang = -1;

struct Fault {
    std::string call, part;
    int error = EIO;
    long from = 1, count = LONG_MAX;
    std::atomic<long> seen{0};
};

int errorNamed(std::string_view name) {
    struct Row { std::string_view name; int value; };
    constexpr Row kRows[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"EACCES", EACCES}, {"EROFS", EROFS}, {"ENOMEM", ENOMEM}, {"ENOENT", ENOENT}, {"HANG", kHang}};
    for (const Row& row : kRows)
        if (row.name == name) return row.value;
    std::fprintf(stderr, "fault shim: no error named %.*s\n", static_cast<int>(name.size()), name.data());
    std::abort();
}

std::vector<Fault*> readFaults() {
    std::vector<Fault*> all; // for the life of the process
    const char* set = std::getenv("TITANUS_FAULTS");
    for (std::string_view rest = set ? set : ""; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        const std::size_t a = one.find(':'), b = one.find(':', a + 1), c = one.find(':', b + 1);
        if (a == one.npos || b == one.npos) std::abort();
        auto* fault = new Fault;
        fault->call = one.substr(0, a);
        fault->part = one.substr(a + 1, b - a - 1);
        fault->error = errorNamed(one.substr(b + 1, c == one.npos ? c : c - b - 1));
        if (c != one.npos) std::sscanf(std::string(one.substr(c + 1)).c_str(), "%ld:%ld", &fault->from, &fault->count);
        all.push_back(fault);
    }
    return all;
}

bool armed() {
    static const char* const file = std::getenv("TITANUS_FAULTS_ARMED");
    return !file || ::syscall(SYS_access, file, F_OK) == 0;
}

void note(const Fault& fault, const char* path) {
    static const char* const file = std::getenv("TITANUS_FAULTS_LOG");
    if (!file) return;
    const long fd = ::syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (fd < 0) return;
    const std::string line = fault.call + " " + path + "\n";
    static_cast<void>(::syscall(SYS_write, fd, line.data(), line.size()));
    ::syscall(SYS_close, fd);
}

// True when this call is to fail; errno is set.
bool fails(const char* call, const char* path) {
    static const std::vector<Fault*> faults = readFaults();
    for (Fault* fault : faults) {
        if (fault->call != call || !std::strstr(path, fault->part.c_str()) || !armed()) continue;
        const long number = ++fault->seen;
        if (number < fault->from || number - fault->from >= fault->count) continue;
        note(*fault, path);
        while (fault->error == kHang) ::pause();
        errno = fault->error;
        return true;
    }
    return false;
}
bool fails(const char* call, int fd) {
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const long size = ::syscall(SYS_readlink, link, path, sizeof path - 1);
    if (size <= 0) return false;
    path[size] = 0;
    return fails(call, path);
}

template <typename F> F* real(const char* name) { return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name)); }

mode_t modeOf(int flags, va_list arguments) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

} // namespace

#define TITANUS_HOOK extern "C" __attribute__((visibility("default")))
#define TITANUS_OPEN(name)                                                                        \
    TITANUS_HOOK int name(const char* path, int flags, ...) {                                     \
        va_list arguments;                                                                        \
        va_start(arguments, flags);                                                               \
        const mode_t mode = modeOf(flags, arguments);                                             \
        va_end(arguments);                                                                        \
        static const auto next = real<int(const char*, int, ...)>(#name);                         \
        return fails("open", path) ? -1 : next(path, flags, mode);                                \
    }
#define TITANUS_OPENAT(name)                                                                      \
    TITANUS_HOOK int name(int folder, const char* path, int flags, ...) {                         \
        va_list arguments;                                                                        \
        va_start(arguments, flags);                                                               \
        const mode_t mode = modeOf(flags, arguments);                                             \
        va_end(arguments);                                                                        \
        static const auto next = real<int(int, const char*, int, ...)>(#name);                    \
        return fails("open", path) ? -1 : next(folder, path, flags, mode);                        \
    }
#define TITANUS_FOPEN(name)                                                                       \
    TITANUS_HOOK std::FILE* name(const char* path, const char* mode) {                            \
        static const auto next = real<std::FILE*(const char*, const char*)>(#name);               \
        return fails("open", path) ? nullptr : next(path, mode);                                  \
    }
TITANUS_OPEN(open)
TITANUS_OPEN(open64)
TITANUS_OPENAT(openat)
TITANUS_OPENAT(openat64)
TITANUS_FOPEN(fopen)
TITANUS_FOPEN(fopen64)

TITANUS_HOOK ssize_t read(int fd, void* to, std::size_t size) {
    static const auto next = real<ssize_t(int, void*, std::size_t)>("read");
    return fails("read", fd) ? -1 : next(fd, to, size);
}
TITANUS_HOOK ssize_t write(int fd, const void* from, std::size_t size) {
    static const auto next = real<ssize_t(int, const void*, std::size_t)>("write");
    return fails("write", fd) ? -1 : next(fd, from, size);
}
TITANUS_HOOK ssize_t writev(int fd, const iovec* parts, int count) {
    static const auto next = real<ssize_t(int, const iovec*, int)>("writev");
    return fails("write", fd) ? -1 : next(fd, parts, count);
}
TITANUS_HOOK int fsync(int fd) {
    static const auto next = real<int(int)>("fsync");
    return fails("fsync", fd) ? -1 : next(fd);
}
TITANUS_HOOK int rename(const char* from, const char* to) {
    static const auto next = real<int(const char*, const char*)>("rename");
    return fails("rename", to) ? -1 : next(from, to);
}
TITANUS_HOOK int mkdir(const char* path, mode_t mode) {
    static const auto next = real<int(const char*, mode_t)>("mkdir");
    return fails("mkdir", path) ? -1 : next(path, mode);
}
TITANUS_HOOK void* mmap(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) {
    static const auto next = real<void*(void*, std::size_t, int, int, int, off_t)>("mmap");
    if (fd >= 0 && fails("mmap", fd)) return reinterpret_cast<void*>(-1); // MAP_FAILED
    return next(at, size, protection, flags, fd, offset);
}
TITANUS_HOOK int posix_memalign(void** to, std::size_t alignment, std::size_t size) {
    static const auto next = real<int(void**, std::size_t, std::size_t)>("posix_memalign");
    // dladdr would look for the symbol as well, through all of torch's, at every tensor.
    dl_find_object caller{};
    if (_dl_find_object(__builtin_return_address(0), &caller) == 0 && fails("memory", caller.dlfo_link_map->l_name)) return ENOMEM;
    return next(to, alignment, size);
}
