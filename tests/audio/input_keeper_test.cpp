#include "audio/input_keeper.h"

#include "fake_backend.h"

#include <atomic>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

using namespace titanus::audio;
using titanus::core::Problem;
using titanus::core::ProblemId;
using State = InputKeeper::State;

namespace {

// Moved by the test while the keeper's thread reads it.
class SharedClock final : public titanus::core::Clock {
  public:
    double seconds() const override { return seconds_.load(); }
    void set(double seconds) { seconds_.store(seconds); }
    void advance(double seconds) { set(seconds_.load() + seconds); }

  private:
    std::atomic<double> seconds_{0};
};

class Keeping : public testing::Test {
  protected:
    Keeping() {
        backend_.plug(card("One", 44100));
        backend_.plug(card("Two", 96000));
        backend_.rescan();
    }
    static Device card(std::string name, double rate) {
        return {.name = std::move(name), .system = "ALSA", .inputs = 2, .sampleRate = rate};
    }
    InputKeeper::Events events() {
        return {.input = [this](Input* input) { seen_.push_back(input ? input->info().name : ""); },
                .problem = [this](const Problem& p) { problems_.push_back(p); }};
    }
    // Polls until `state`, as the show does; the io thread works in between.
    bool reach(InputKeeper& keeper, State state) {
        for (int i = 0; i < 2000; ++i) {
            keeper.poll();
            if (keeper.state() == state) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    }
    void sound() {
        const std::vector<float> block(64, 0.25f);
        backend_.block(block.data(), nullptr, 32);
    }

    FakeBackend backend_;
    SharedClock clock_;
    std::vector<std::string> seen_;
    std::vector<Problem> problems_;
};

TEST_F(Keeping, StartSaysWhyNot) {
    InputKeeper keeper(backend_, clock_, events());
    const auto opened = keeper.open({.spec = "device:Three"});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.problem().id, ProblemId::AudioDeviceMissing);
    EXPECT_EQ(keeper.state(), State::Closed);
    EXPECT_TRUE(seen_.empty());
}

TEST_F(Keeping, L1_VanishedDeviceIsReportedOnceAndComesBackByName) {
    InputKeeper keeper(backend_, clock_, events());
    ASSERT_TRUE(keeper.open({.spec = "device:one"}));
    sound();
    keeper.poll();
    EXPECT_EQ(keeper.state(), State::Running);

    backend_.unplug("One");
    backend_.finish();
    keeper.poll();
    EXPECT_EQ(keeper.state(), State::Lost);
    EXPECT_EQ(keeper.input(), nullptr);
    const int before = backend_.rescans();
    for (int i = 0; i < 3000 && backend_.rescans() < before + 4; ++i) { // vain attempts, one line
        keeper.poll();
        clock_.advance(0.05);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_GE(backend_.rescans(), before + 4);
    EXPECT_EQ(keeper.state(), State::Lost);
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_EQ(problems_[0].id, ProblemId::AudioDeviceLost);
    EXPECT_EQ(problems_[0].detail, "One");

    backend_.plug(card("One", 48000)); // at another rate
    for (int i = 0; i < 3000 && keeper.state() == State::Lost; ++i) {
        keeper.poll();
        clock_.advance(keeper.state() == State::Lost ? 0.05 : 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_EQ(keeper.state(), State::Running);
    EXPECT_EQ(keeper.input()->info().sampleRate, 48000);
    EXPECT_EQ(seen_, (std::vector<std::string>{"One", "", "One"}));
}

TEST_F(Keeping, StalledDeviceIsReopened) {
    InputKeeper keeper(backend_, clock_, events());
    ASSERT_TRUE(keeper.open({.spec = "device:One"}));
    sound();
    clock_.set(0.6);
    keeper.poll();
    EXPECT_EQ(keeper.state(), State::Lost);
    ASSERT_TRUE(reach(keeper, State::Running)); // it is still there, so the first attempt succeeds
    EXPECT_EQ(problems_.size(), 1u);
    EXPECT_EQ(backend_.openCount(), 1);
}

TEST_F(Keeping, L1_SwitchesLiveWithoutWaiting) {
    InputKeeper keeper(backend_, clock_, events());
    ASSERT_TRUE(keeper.open({.spec = "device:One"}));
    keeper.request({.spec = "device:Two"});
    EXPECT_EQ(keeper.state(), State::Opening);
    EXPECT_EQ(seen_.back(), ""); // the old ring was left before it went
    ASSERT_TRUE(reach(keeper, State::Running));
    EXPECT_EQ(keeper.input()->info().sampleRate, 96000);
    EXPECT_EQ(backend_.openCount(), 1);
    keeper.request({.spec = "silence"});
    keeper.request({.spec = "device:One"}); // the last wish counts
    for (int i = 0; i < 1000 && seen_.back() != "One"; ++i) {
        keeper.poll();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_EQ(seen_.back(), "One");
    EXPECT_TRUE(problems_.empty());
}

TEST_F(Keeping, FailedSwitchBringsTheOldInputBack) {
    InputKeeper keeper(backend_, clock_, events());
    ASSERT_TRUE(keeper.open({.spec = "device:One"}));
    keeper.request({.spec = "/no/such/file.wav"});
    ASSERT_TRUE(reach(keeper, State::Running));
    EXPECT_EQ(keeper.input()->info().name, "One");
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_EQ(problems_[0].id, ProblemId::AudioFileUnreadable);
}

TEST_F(Keeping, LostOutputLetsTheDemoGoOnWhereItWas) {
    backend_.plug({.name = "Speakers", .system = "ALSA", .outputs = 2, .sampleRate = 48000,
                   .defaultOutput = true});
    backend_.rescan();
    InputKeeper keeper(backend_, clock_, events());
    ASSERT_TRUE(keeper.open({.spec = "demo"}));
    EXPECT_EQ(keeper.input()->info().output, "Speakers");
    std::vector<float> out(2 * 4800);
    for (int i = 0; i < 5; ++i) backend_.block(nullptr, out.data(), 4800); // half a second
    backend_.unplug("Speakers");
    clock_.set(0.7);
    keeper.poll();
    ASSERT_TRUE(reach(keeper, State::Running));
    EXPECT_EQ(keeper.input()->info().output, "");
    EXPECT_GE(keeper.input()->position(), 0.5);
    EXPECT_LT(keeper.input()->position(), 20);
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_EQ(problems_[0].detail, "Speakers");
}

TEST_F(Keeping, RescanFindsNewDevicesAndKeepsTheInput) {
    InputKeeper keeper(backend_, clock_, events());
    ASSERT_TRUE(keeper.open({.spec = "device:One"}));
    backend_.plug(card("Three", 48000));
    EXPECT_EQ(keeper.devices().inputs.size(), 2u);
    keeper.rescan();
    ASSERT_TRUE(reach(keeper, State::Running));
    EXPECT_EQ(keeper.devices().inputs.size(), 3u);
    EXPECT_EQ(keeper.input()->info().name, "One");
}

TEST_F(Keeping, EndsCleanlyWhileOpening) {
    InputKeeper keeper(backend_, clock_, events());
    keeper.request({.spec = "demo"});
}

} // namespace
