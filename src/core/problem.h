#pragma once
// Everything that can go wrong from outside, as one table: each row has a stable number, a
// severity, what happened and what the user can do. On stage a problem is shown once and
// counted; at start it is one line on stderr.
// Thread: any   Ownership: values
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace titanus::core {

enum class Severity : std::uint8_t { Info, Warning, Error };

enum class ProblemId : std::uint16_t {
    // audio
    AudioDeviceMissing,
    AudioDeviceLost,
    AudioOpenFailed,
    AudioFileUnreadable,
    AudioFileEmpty,
    AudioOverrun,
    AudioNonFinite,
    // models and guidance
    ModelMissing,
    ModelBroken,
    GuidanceFailed,
    GuidanceNotFinite,
    PromptInvalid,
    PromptTruncated,
    PictureUnreadable,
    // presets, parameters, control
    FileUnreadable,
    FileSyntax,
    PresetUnknownKey,
    PresetValueInvalid,
    ParamUnknown,
    ParamValueInvalid,
    FormulaInvalid,
    MidiUnavailable,
    MidiDeviceLost,
    OscBindFailed,
    OscPacketInvalid,
    ControlQueueFull,
    // picture
    DisplayMissing,
    DisplayLost,
    GlUnavailable,
    ShaderInvalid,
    // outputs
    OutputOpenFailed,
    OutputWriteFailed,
    OutputFramesSkipped,
    UsageError,
    Internal,
    PresetMissing,
    Count
};

struct ProblemRow {
    ProblemId id;
    Severity severity;
    std::string_view text;   // what happened; the detail names the thing
    std::string_view remedy; // what the user can do
};

const ProblemRow& row(ProblemId id);

// One occurrence. `detail` names the thing (device, file, key, line) in a few words.
struct Problem {
    ProblemId id{};
    std::string detail;

    std::string line() const; // "text: detail (remedy)", without a line break
};

// The form that crosses threads in an Spsc: fixed size, truncated if need be.
struct ProblemNote {
    ProblemId id{};
    std::array<char, 222> detail{};

    static ProblemNote from(const Problem& problem);
    Problem unpack() const;
};

} // namespace titanus::core
