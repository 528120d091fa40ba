// A program without Ableton Link.
#include "controls/link_session.h"

namespace titanus::controls {

std::unique_ptr<LinkSession> LinkSession::join() { return nullptr; }

} // namespace titanus::controls
