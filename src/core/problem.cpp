#include "core/problem.h"

#include <algorithm>

namespace titanus::core {
namespace {

using enum ProblemId;
using enum Severity;

constexpr std::array kRows{
    ProblemRow{AudioDeviceMissing, Error, "audio device not found",
               "`titanus devices` lists what there is; --input demo plays without one"},
    ProblemRow{AudioDeviceLost, Warning, "audio device went away",
               "plug it in again: it is reopened by name every second"},
    ProblemRow{AudioOpenFailed, Error, "audio device cannot be opened",
               "close the program that holds it, or choose another input"},
    ProblemRow{AudioFileUnreadable, Error, "sound file cannot be read",
               "give a WAV, FLAC, OGG, MP3 or AIFF file"},
    ProblemRow{AudioFileEmpty, Error, "sound file has no samples", "give a file with sound in it"},
    ProblemRow{AudioOverrun, Warning, "sound arrived faster than it was analysed",
               "close other programs; samples were dropped"},
    ProblemRow{AudioNonFinite, Warning, "input delivered samples that are not numbers",
               "check the plug-ins before Titanus; they were replaced by silence"},
    ProblemRow{ModelMissing, Error, "model not found",
               "give a folder that holds config.json and model.safetensors"},
    ProblemRow{ModelBroken, Error, "model file is damaged or of another kind",
               "copy or download it again; `titanus models verify DIR` says more"},
    ProblemRow{GuidanceFailed, Error, "guidance stopped",
               "the last picture keeps moving; guidance is started again"},
    ProblemRow{GuidanceNotFinite, Warning, "a step gave values that are not numbers",
               "the last good canvas was kept; lower guide.rate if it repeats"},
    ProblemRow{PromptInvalid, Warning, "prompt not understood", "the previous prompt stays"},
    ProblemRow{PromptTruncated, Info, "prompt is longer than the guide reads",
               "its end is ignored; shorten it or split it at |"},
    ProblemRow{PictureUnreadable, Error, "picture cannot be read", "give a PNG or JPEG file"},
    ProblemRow{FileUnreadable, Error, "file cannot be read", "check the path and its permissions"},
    ProblemRow{FileSyntax, Error, "file is not valid", "correct the place named, or remove the file"},
    ProblemRow{PresetUnknownKey, Warning, "unknown key", "`titanus params` lists the ids; it was kept"},
    ProblemRow{PresetValueInvalid, Warning, "value out of range or of the wrong type",
               "it was clamped or left out"},
    ProblemRow{ParamUnknown, Error, "no such parameter", "`titanus params` lists the ids"},
    ProblemRow{ParamValueInvalid, Error, "not a value for this parameter",
               "`titanus params` shows range and choices"},
    ProblemRow{FormulaInvalid, Warning, "formula not understood", "the value before it stays"},
    ProblemRow{MidiUnavailable, Info, "MIDI is not available",
               "start the ALSA sequencer or JACK; all else works"},
    ProblemRow{MidiDeviceLost, Warning, "MIDI device went away",
               "plug it in again: it is reopened by name"},
    ProblemRow{OscBindFailed, Error, "OSC port cannot be opened",
               "another program uses it: choose another with --osc-listen"},
    ProblemRow{OscPacketInvalid, Warning, "OSC packet not understood", "it was ignored and counted"},
    ProblemRow{ControlQueueFull, Warning, "control events arrived faster than frames",
               "some were dropped and counted"},
    ProblemRow{DisplayMissing, Warning, "display not found",
               "`titanus devices` lists displays; the output opens in a window"},
    ProblemRow{DisplayLost, Warning, "output display went away", "the output is shown in a window"},
    ProblemRow{GlUnavailable, Error, "OpenGL 4.1 is not available",
               "start it on a display with OpenGL, or use --headless or `titanus render`"},
    ProblemRow{ShaderInvalid, Warning, "shader does not compile",
               "the last good one stays in use; see the line named"},
    ProblemRow{OutputOpenFailed, Error, "output cannot be opened",
               "check folder, free space and the ending (.mp4, .mkv or a folder)"},
    ProblemRow{OutputWriteFailed, Error, "output cannot be written", "check the free space"},
    ProblemRow{OutputFramesSkipped, Warning, "recording skipped frames",
               "lower the output size or choose a faster codec"},
    ProblemRow{UsageError, Error, "command not understood", "see --help"},
    ProblemRow{Internal, Error, "unexpected failure", "please report this line and what led to it"},
    ProblemRow{PresetMissing, Error, "no such preset", "give a name or number of the list, or a file"},
};

constexpr bool inOrder() {
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if (static_cast<std::size_t>(kRows[i].id) != i) return false;
    return kRows.size() == static_cast<std::size_t>(Count);
}
static_assert(inOrder(), "one row for each ProblemId, in the order of the enumeration");

} // namespace

const ProblemRow& row(ProblemId id) { return kRows[static_cast<std::size_t>(id)]; }

std::string Problem::line() const {
    const ProblemRow& r = row(id);
    std::string out(r.text);
    // A detail may end with the place and a caret under it; in one line the caret says nothing.
    const std::size_t last = detail.rfind('\n');
    const bool caret = last != std::string::npos && detail.find_first_not_of(' ', last + 1) == detail.size() - 1 && detail.back() == '^';
    if (!detail.empty()) out += ": " + detail.substr(0, caret ? last : detail.size());
    out += " (" + std::string(r.remedy) + ")";
    std::replace(out.begin(), out.end(), '\n', ' ');
    return out;
}

ProblemNote ProblemNote::from(const Problem& problem) {
    ProblemNote note;
    note.id = problem.id;
    const std::size_t n = std::min(problem.detail.size(), note.detail.size() - 1);
    std::copy_n(problem.detail.begin(), n, note.detail.begin());
    return note;
}

Problem ProblemNote::unpack() const { return {id, std::string(detail.data())}; }

} // namespace titanus::core
