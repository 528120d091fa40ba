// Two Link peers on a network of their own: one is ours. Only where Link is built in; without a network
// namespace and multicast on its loopback there is no session to join, and the test says so.
#include "controls/link_session.h"

#include <ableton/Link.hpp>
#include <gtest/gtest.h>

#include <sched.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <thread>

namespace titanus::controls {
namespace {

bool until(const std::function<bool()>& there) {
    for (int i = 0; i < 200; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(50)))
        if (there()) return true;
    return false;
}

TEST(Link, L9_TwoPeersAgreeToAFiftiethOfABeat) {
    const bool alone = ::unshare(CLONE_NEWNET) == 0 &&
                       std::system("ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo") == 0;
    if (!alone) GTEST_SKIP() << "no network namespace of its own here (needs root and iproute2)";
    ableton::Link other(98);
    other.enable(true);
    const auto ours = LinkSession::join();
    ASSERT_TRUE(ours);
    ASSERT_TRUE(until([&] { return ours->now().has_value(); })) << "no peer was found";
    const auto agree = [&](double bpm) {
        return until([&] {
            const auto now = ours->now();
            const auto theirs = other.captureAppSessionState();
            const double beats = theirs.beatAtTime(other.clock().micros(), 4);
            return now && std::abs(60 / now->periodSeconds - bpm) < 0.1 && std::abs(std::remainder(now->beats - beats, 4)) < 0.02;
        });
    };
    EXPECT_TRUE(agree(98) || agree(120)) << "whoever was first gives the tempo";
    auto state = other.captureAppSessionState();
    state.setTempo(140, other.clock().micros());
    other.commitAppSessionState(state);
    EXPECT_TRUE(agree(140)) << "a tempo set by one is everybody's";
    other.enable(false);
    EXPECT_TRUE(until([&] { return !ours->now(); })) << "alone again";
}

} // namespace
} // namespace titanus::controls
