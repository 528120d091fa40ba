#pragma once
// A sound system under the test's thumb: devices that vanish, stall or run at another rate; blocks
// come when the test says so, on the thread that says so.
#include "audio/backend.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <mutex>

namespace titanus::audio {

class FakeBackend final : public Backend {
  public:
    struct Opened {
        std::string name;
        StreamClient* client;
        int channels;
        bool output, started;
    };

    // [test]
    void plug(Device device) {
        const std::lock_guard lock(mutex_);
        present_.push_back(std::move(device));
    }
    void unplug(const std::string& name) {
        const std::lock_guard lock(mutex_);
        std::erase_if(present_, [&](const Device& d) { return d.name == name; });
    }
    void refuse(bool on) { refuse_ = on; }
    int openCount() {
        const std::lock_guard lock(mutex_);
        return static_cast<int>(open_.size());
    }
    int rescans() {
        const std::lock_guard lock(mutex_);
        return rescans_;
    }
    // One block into (or out of) the newest stream.
    void block(const float* in, float* out, std::size_t frames, bool xrun = false) {
        client()->block(in, out, frames, xrun);
    }
    void finish() { client()->finished(); }
    int channels() { return open_.back()->channels; }

    std::vector<Device> devices() override {
        const std::lock_guard lock(mutex_);
        return listed_.empty() && rescans_ == 0 ? present_ : listed_;
    }
    bool rescan() override {
        const std::lock_guard lock(mutex_);
        if (!open_.empty()) return false;
        ++rescans_;
        listed_ = present_;
        return true;
    }
    core::Result<std::unique_ptr<Stream>> openInput(const Device& device, int channels,
                                                    StreamClient& client) override {
        return open(device, device.sampleRate, std::min(channels, device.inputs), client, false);
    }
    core::Result<std::unique_ptr<Stream>> openOutput(const Device& device, double,
                                                     StreamClient& client) override {
        return open(device, device.sampleRate, 2, client, true);
    }

  private:
    class FakeStream final : public Stream {
      public:
        FakeStream(FakeBackend& owner, std::shared_ptr<Opened> state, double rate)
            : owner_(owner), state_(std::move(state)), rate_(rate) {}
        ~FakeStream() override {
            const std::lock_guard lock(owner_.mutex_);
            std::erase(owner_.open_, state_);
        }
        double sampleRate() const override { return rate_; }
        int channels() const override { return state_->channels; }
        double latencySeconds() const override { return 0.01; }
        core::Result<void> start() override {
            state_->started = true;
            return {};
        }
        void stop() override { state_->started = false; }

      private:
        FakeBackend& owner_;
        std::shared_ptr<Opened> state_;
        double rate_;
    };

    StreamClient* client() {
        const std::lock_guard lock(mutex_);
        assert(!open_.empty());
        return open_.back()->client;
    }
    core::Result<std::unique_ptr<Stream>> open(const Device& device, double rate, int channels,
                                               StreamClient& client, bool output) {
        if (refuse_) return core::Problem{core::ProblemId::AudioOpenFailed, device.name};
        const std::lock_guard lock(mutex_);
        auto state = std::make_shared<Opened>(Opened{device.name, &client, channels, output, false});
        open_.push_back(state);
        return std::unique_ptr<Stream>(std::make_unique<FakeStream>(*this, state, rate));
    }

    std::mutex mutex_;
    std::vector<Device> present_, listed_;
    std::vector<std::shared_ptr<Opened>> open_;
    int rescans_ = 0;
    std::atomic<bool> refuse_{false};
};

} // namespace titanus::audio
