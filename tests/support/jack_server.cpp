#include "support/jack_server.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace titanus::support {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

bool onPath(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "/usr/bin");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
    return false;
}

// Child with stdin closed, stderr hidden and stdout to `out` (-1: hidden); dies with this process.
pid_t spawn(const std::vector<std::string>& arguments, int out) {
    std::vector<char*> argv;
    for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(out >= 0 ? out : null, 1);
    dup2(null, 2);
    execvp(argv[0], argv.data());
    _exit(127);
}

} // namespace

JackServer::JackServer(Options options) {
    for (const char* program : {"jackd", "jack_lsp", "jack_wait"})
        if (!onPath(program)) {
            reason_ = std::string(program) + " is not installed";
            return;
        }
    if (!takeName()) {
        reason_ = "no name is free: eight such servers run already";
        return;
    }
    const std::vector<std::pair<std::string, std::string>> environment{
        {"HOME", folder()}, {"XDG_RUNTIME_DIR", folder()}, {"JACK_DEFAULT_SERVER", name_},
        {"JACK_NO_START_SERVER", "1"}, {"JACK_NO_AUDIO_RESERVATION", "1"}};
    for (const auto& [key, value] : environment) {
        const char* old = std::getenv(key.c_str());
        before_.emplace_back(key, old ? old : "");
        setenv(key.c_str(), value.c_str(), 1);
    }
    std::vector<std::string> command{"jackd", "--no-realtime", "-n", name_};
    if (options.synchronous) command.insert(command.end(), {"--sync", "-t", "100"}); // it waits ten times as long: 1 s
    command.insert(command.end(), {"-d", "dummy", "-r", std::to_string(options.sampleRate), "-p", std::to_string(options.periodFrames)});
    server_ = spawn(command, -1);
    // jack_wait gives up by itself; a server that died at once is seen sooner.
    const auto giveUp = Clock::now() + 15s;
    while (Clock::now() < giveUp) {
        if (waitpid(server_, nullptr, WNOHANG) == server_) {
            server_ = -1;
            reason_ = "jackd ended at once";
            return;
        }
        if (run({"jack_lsp"}).find("system:capture_1") != std::string::npos) return;
        std::this_thread::sleep_for(50ms);
    }
    reason_ = "jackd did not answer within 15 s";
}

// JACK remembers up to eight servers that were killed, and gives the place of one back to its name
// alone: hence a few names, each held by a socket that goes with this process.
bool JackServer::takeName() {
    nameHolder_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int i = 0; i < 8; ++i) {
        name_ = "titanustest" + std::to_string(i);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string holder = name_ + " of user " + std::to_string(getuid());
        holder.copy(address.sun_path + 1, sizeof address.sun_path - 1); // behind a zero: a name without a file
        if (bind(nameHolder_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
    }
    return false;
}

JackServer::~JackServer() {
    stop();
    if (nameHolder_ >= 0) close(nameHolder_);
    for (const auto& [key, value] : before_)
        if (value.empty()) unsetenv(key.c_str());
        else setenv(key.c_str(), value.c_str(), 1);
}

void JackServer::stop() {
    for (const pid_t child : children_) end(child); // players first: a dead server makes them hang
    children_.clear();
    if (server_ > 0) end(server_);
    server_ = -1;
}

void JackServer::end(pid_t pid) {
    kill(pid, SIGTERM);
    for (int i = 0; i < 100; ++i) {
        if (waitpid(pid, nullptr, WNOHANG) != 0) return;
        std::this_thread::sleep_for(20ms);
    }
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
}

pid_t JackServer::start(const std::vector<std::string>& arguments) {
    if (arguments.empty() || !onPath(arguments[0])) return -1;
    const pid_t pid = spawn(arguments, -1);
    if (pid > 0) children_.push_back(pid);
    return pid;
}

std::string JackServer::run(const std::vector<std::string>& arguments) {
    int ends[2];
    if (arguments.empty() || pipe2(ends, O_CLOEXEC) != 0) return {};
    const pid_t pid = spawn(arguments, ends[1]);
    close(ends[1]);
    std::string out;
    char part[4096];
    for (ssize_t n; (n = read(ends[0], part, sizeof part)) != 0;) {
        if (n > 0) out.append(part, static_cast<std::size_t>(n));
        else if (errno != EINTR) break;
    }
    close(ends[0]);
    if (pid > 0) waitpid(pid, nullptr, 0);
    return out;
}

std::string JackServer::waitForPort(const std::string& part, double seconds) {
    const auto giveUp = Clock::now() + std::chrono::duration<double>(seconds);
    do {
        std::istringstream lines(run({"jack_lsp"}));
        for (std::string line; std::getline(lines, line);)
            if (line.find(part) != std::string::npos) return line;
        std::this_thread::sleep_for(50ms);
    } while (Clock::now() < giveUp);
    return {};
}

bool JackServer::connect(const std::string& from, const std::string& to) {
    run({"jack_connect", from, to});
    std::istringstream lines(run({"jack_lsp", "-c", from})); // connections are indented below
    for (std::string line; std::getline(lines, line);)
        if (line == "   " + to) return true;
    return false;
}

} // namespace titanus::support
