#pragma once
// A private JACK server on the dummy driver, paced in real time, for tests with real sound and real
// MIDI bytes and without hardware. Nothing outside the test sees it: it has its own name, HOME and
// XDG_RUNTIME_DIR, and the environment variables are set for this process so that libjack, and
// PortAudio and RtMidi above it, connect to it and nothing else.
// Recipe measured on Debian 12 with jackd2 1.9.21.
#include "support/temp_folder.h"

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace titanus::support {

class JackServer {
  public:
    struct Options {
        int sampleRate = 48000, periodFrames = 256;
        // The server waits for its clients in each cycle, so that a busy machine makes it late but loses nothing;
        // for clients that stay to the end, since it waits a second for one that went. Otherwise, as musicians
        // run it, a late client's cycle is overtaken by the next, and MIDI bytes with it.
        bool synchronous = false;
    };

    // Starts it and waits until it answers; see running().
    JackServer() : JackServer(Options{}) {}
    explicit JackServer(Options options);
    ~JackServer(); // ends it and everything run by start(), removes its folders, restores the environment
    JackServer(const JackServer&) = delete;
    JackServer& operator=(const JackServer&) = delete;

    bool running() const { return reason_.empty(); }
    const std::string& reason() const { return reason_; } // why not: for GTEST_SKIP
    void stop(); // kills the server, as when a device is pulled out

    // Runs a program beside it until the end of the server. Returns its process id, -1 on failure.
    pid_t start(const std::vector<std::string>& arguments);
    // Runs a program and returns what it printed on stdout.
    std::string run(const std::vector<std::string>& arguments);
    // Full name of the first port that holds `part` (jack_lsp), waiting up to `seconds`; "" if none.
    std::string waitForPort(const std::string& part, double seconds = 5);
    bool connect(const std::string& from, const std::string& to);
    // A folder of its own that vanishes with it.
    const std::string& folder() const { return folder_.path.native(); }

  private:
    bool takeName();
    void end(pid_t pid);

    TempFolder folder_;
    std::string reason_, name_;
    int nameHolder_ = -1;
    pid_t server_ = -1;
    std::vector<pid_t> children_;
    std::vector<std::pair<std::string, std::string>> before_; // environment; "" = unset
};

} // namespace titanus::support
