#pragma once
// Ableton Link: tempo and beat shared over the network with whoever plays along. Only in a program that was
// configured with -DTITANUS_WITH_LINK=ON: Link's licence (GPL-2+) then binds that program.
// Thread: main (Link has threads of its own)
#include <memory>
#include <optional>

namespace titanus::controls {

class LinkSession {
  public:
    // Joins the session of the local network. Null: not built in.
    static std::unique_ptr<LinkSession> join();
    virtual ~LinkSession() = default;

    struct Now {
        double beats = 0;         // since the session's beginning; whole multiples of 4 are "ones"
        double periodSeconds = 0; // of a beat
    };
    // At this instant; null while nobody else is there.
    virtual std::optional<Now> now() = 0;
};

} // namespace titanus::controls
