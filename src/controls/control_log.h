#pragma once
// The compact log of a set, for playing it again exactly and rendering it better: what every hand
// did, what the sound analysis said in each frame, which step the painting had reached.
//
// File: "TITANLOG", then records. A record is type (1 byte), length (LEB128), payload, CRC-16 of
// all that (CCITT-FALSE, little endian). Numbers in payloads: LEB128 or IEEE little endian.
// The reader stops at the first record that is not whole: what a killed program left is read to
// its last whole record. Parameters, actions, texts and sources are numbered by tables of ids in
// the file's beginning, so later catalogues read older logs; what is not known is left out and
// counted. Features are stored as bytes that differ from the frame before.
//
// Thread: ControlLogWriter main (owns one io thread that writes each second; main never waits)
// Bounds: buffer of the writer 16 MiB, then records are left out and a problem says so
#include "controls/event.h"
#include "core/result.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace titanus::controls {

inline constexpr int kControlLogVersion = 1;
inline constexpr std::size_t kLargestLogRecord = 1u << 20; // bytes of payload
inline constexpr std::size_t kLargestLogFeatures = 1u << 16; // bytes of a frame's features

struct ControlLogHeader {
    int version = kControlLogVersion;
    std::string program;            // name and version of what wrote it
    std::uint64_t seed = 0;
    std::uint32_t featureBytes = 0; // size of the features of a frame; 0: not logged
    std::uint64_t featureLayout = 0; // any number that changes with the features' layout
    std::vector<std::pair<std::string, std::string>> options; // "sound" = path, "model", "size", ...
    params::Show start;             // all values, machine's included, exactly as they were

    const std::string* option(std::string_view key) const;
};

struct ControlLogRecord {
    enum class Kind : std::uint8_t {
        Event,    // `event`, as it was handled; Text events carry `text`, of any length
        Routes,   // `show.routes`, `origin`
        Formulas, // `show.formulas`, `origin`
        Recall,   // `show` to morph to in `morphSeconds`; `text` names it, `origin`
        Blend,    // by hand between the show as it is and `show`; `text` names it, `origin`
        BlendEnd, // where it stands
        Frame,    // the morph is stepped: `seconds`, `step`, `features`
        Check,    // `hash` of the store after that step, to see that a replay is exact
        Note,     // `text`: anything worth knowing (recording started, guard bypassed, ...)
        End       // the set was closed in order
    };
    Kind kind{};
    double seconds = 0;             // app clock
    ControlEvent event;
    params::Origin origin{};
    std::string text;
    params::Show show;
    double morphSeconds = 0;
    std::uint64_t step = 0;         // optimiser steps done
    std::uint64_t hash = 0;         // hashOf(store)
    std::vector<std::byte> features;
};

class ControlLogWriter {
  public:
    // Errors: OutputOpenFailed.
    static core::Result<std::unique_ptr<ControlLogWriter>> create(const std::filesystem::path& path,
                                                                  const ControlLogHeader& header);
    ~ControlLogWriter(); // writes End and waits for the last byte
    ControlLogWriter(const ControlLogWriter&) = delete;
    ControlLogWriter& operator=(const ControlLogWriter&) = delete;

    void event(const ControlEvent& event); // Query events are not kept
    void text(params::TextIndex index, std::string_view value, params::Origin origin, double seconds);
    void routes(const std::vector<params::Route>& routes, params::Origin origin, double seconds);
    void formulas(const std::vector<params::Formula>& formulas, params::Origin origin, double seconds);
    void recall(const params::Show& show, double morphSeconds, std::string_view name, params::Origin origin, double seconds);
    void blend(const params::Show& second, std::string_view name, params::Origin origin, double seconds);
    void blendEnd(double seconds);
    // Once each frame, just before Morph::step(store, seconds), so that the order of the log is the
    // order of acting. `features`: what this frame is modulated by, featureBytes bytes or none.
    void frame(double seconds, std::uint64_t step, std::span<const std::byte> features);
    // Right after that step, with hashOf(store).
    void check(std::uint64_t hash);
    void note(std::string_view text, double seconds);

    // Call each frame: hands the buffer to the io thread each second. A failure (disk full) is
    // returned once; logging stops then, the show goes on.
    core::Result<void> tick(double seconds);
    std::uint64_t bytes() const;   // written or about to be
    std::uint64_t dropped() const; // records that found the buffer full

  private:
    struct Impl;
    explicit ControlLogWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

class ControlLogReader {
  public:
    // Errors: FileUnreadable, FileSyntax (not a log, a newer version, a broken beginning).
    static core::Result<ControlLogReader> open(const std::filesystem::path& path);
    static core::Result<ControlLogReader> parse(std::string bytes, const std::string& origin);

    const ControlLogHeader& header() const { return header_; }
    // The next record in the order of the file, which is the order of acting. False at the end.
    bool next(ControlLogRecord& record);
    // After next() gave false: the file ends in the middle of a record, or in a damaged one.
    bool truncated() const { return truncated_; }
    bool closed() const { return closed_; }          // End was there
    std::uint64_t leftOut() const { return leftOut_; } // records of parameters not known here

  private:
    ControlLogReader() = default;

    core::Result<void> begin(const std::string& origin);

    std::string bytes_;
    std::size_t at_ = 0;
    ControlLogHeader header_;
    enum class Step : std::uint8_t { Good, LeftOut, Bad };
    Step decode(std::uint8_t type, std::string_view payload, ControlLogRecord& record);
    std::optional<std::pair<std::uint8_t, std::string_view>> take(); // the next whole record

    struct Ids { std::vector<int> params, actions, texts, sources; } ids_; // number in the file -> here, -1: unknown
    std::vector<std::byte> features_; // of the frame before
    std::uint64_t step_ = 0, leftOut_ = 0;
    bool truncated_ = false, closed_ = false;
};

// Of everything that a preset holds and of the machine's numbers: equal stores give equal hashes, and
// a difference of one bit in one value another (but for one chance in 2^64). Some microseconds.
std::uint64_t hashOf(const params::Store& store);

// The state that the log begins with, machine settings included; nothing before it can be undone.
void restore(const ControlLogHeader& header, params::Store& store);

// Carries out on a store what only concerns the store: parameters, texts, routes, formulas, undo and
// redo. False for the rest, which is the caller's: Recall starts a Morph with `show`,
// `morphSeconds`, `seconds`; Blend and BlendEnd begin and end a controls::Blend; Frame steps both at `seconds`; other actions (what they did to the
// store without a record of its own); names of presets (their Recall follows); Note; End.
bool replay(const ControlLogRecord& record, params::Store& store);

} // namespace titanus::controls
