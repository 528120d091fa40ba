#pragma once
// Plays the control log of a set again on a desk: what the hands did, with the sound analysis of
// then, at the pace of the caller's clock. Thread: main   Ownership: the log in memory
#include "analysis/features.h"
#include "app/desk.h"
#include "controls/control_log.h"

namespace titanus::app {

// Changes whenever a log of features could be misread.
std::uint64_t featureLayout();

class Replay {
  public:
    // Errors: FileUnreadable, FileSyntax.
    static core::Result<std::unique_ptr<Replay>> open(const std::string& file);

    const controls::ControlLogHeader& header() const { return reader_.header(); }
    std::string option(std::string_view key, std::string otherwise) const;
    // The show as it stood when the log began. Call once, before the first advance.
    void begin(Desk& desk, ProblemBoard& problems) const;
    // Does everything up to `seconds` since the log's first frame.
    void advance(double seconds, Desk& desk);
    const analysis::Features& features() const { return features_; }
    bool ended() const { return ended_; }
    // How long the set was; reads the log through. Seconds.
    double duration() const { return duration_; }

  private:
    explicit Replay(controls::ControlLogReader reader) : reader_(std::move(reader)) {}
    void measure(controls::ControlLogReader reader);
    bool readGroup();
    void carryOut(const controls::ControlLogRecord& record, Desk& desk);
    void check(std::uint64_t hash, const Desk& desk);
    void say() const;

    controls::ControlLogReader reader_;
    std::vector<controls::ControlLogRecord> group_; // what was done before the frame at its end
    bool grouped_ = false, ended_ = false;
    double first_ = -1, duration_ = 0;
    analysis::Features features_{};
    // Whether the values were those of then, bit by bit, after each frame; said at the end.
    struct { std::uint64_t frames = 0, different = 0; double firstSeconds = 0; } checked_;
    double frame_ = 0; // of the last frame, since the first
};

} // namespace titanus::app
