#include "controls/link_session.h"

#include <ableton/Link.hpp>

namespace titanus::controls {
namespace {

constexpr double kQuantum = 4; // beats in Link's bar
constexpr double kFirstBpm = 120; // until somebody else is there

class Joined final : public LinkSession {
  public:
    Joined() { link_.enable(true); }
    std::optional<Now> now() override {
        if (link_.numPeers() == 0) return std::nullopt;
        const auto state = link_.captureAppSessionState();
        return Now{state.beatAtTime(link_.clock().micros(), kQuantum), 60 / state.tempo()};
    }

  private:
    ableton::Link link_{kFirstBpm};
};

} // namespace

std::unique_ptr<LinkSession> LinkSession::join() { return std::make_unique<Joined>(); }

} // namespace titanus::controls
