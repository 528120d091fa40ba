#pragma once
// What the performer sees and touches: panels made from the catalogue, meters, pads, problem list.
// Reads the values of one frame, posts what was touched to a sink; owns nothing of the show (only
// what belongs to looking at it: the chosen work space, the history behind the scrolling strip).
// Thread: main, with the window's GL context current   Ownership: the ImGui context
#include "analysis/features.h"
#include "core/image.h"
#include "core/problem.h"
#include "core/result.h"
#include "guidance/canvas.h"
#include "modulation/frame_state.h"
#include "params/store.h"
#include "render/picture.h"

#include <SDL.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace titanus::ui {

// What a MIDI binding or learn points at; monostate: nothing.
struct ActionTarget {
    params::Action action{};
    int argument = -1; // PresetRecall: index of the preset; SceneRecall: the pad
    bool operator==(const ActionTarget&) const = default;
};
using Target = std::variant<std::monostate, params::ParamIndex, ActionTarget>;

struct Figures {
    float fps = 0, fpsLow1 = 0;    // mean, 1 % low; frames per second
    float stepsPerSecond = 0;      // of guidance
    float canvasAgeMs = 0;
    std::uint64_t missedFrames = 0; // running totals
    std::uint64_t audioOverruns = 0;
    std::uint64_t droppedEvents = 0;
};
struct ProblemEntry {
    core::Problem problem;
    std::uint64_t count = 1;
    double seconds = 0; // app clock, last occurrence
};
// What a hand may change about a binding.
struct BindingEdit {
    float low = 0, high = 1;   // share of the range; low <= high
    params::RouteCurve curve{};
    bool invert = false;
    int mode = 0;              // index into UiInput::bindingModes
    int takeover = 0;          // index into UiInput::takeovers
    bool operator==(const BindingEdit&) const = default;
};
struct BindingView {
    Target target;
    std::string control;       // "nanoKONTROL2 CC 3"
    float low = 0, high = 1;   // share of the range
    bool conflict = false;     // the same control moves something else as well
    params::RouteCurve curve{};
    bool invert = false;
    int mode = 0, takeover = 0; // as in BindingEdit

    BindingEdit edit() const { return {low, high, curve, invert, mode, takeover}; }
};
// A fader of a controller that stands elsewhere than its value and waits to be picked up.
struct WaitingFader {
    params::ParamIndex param{};
    float travel = 0; // 0..1, where it stands on its control on the screen
};
// Something that moved the show, or tried to: a word in the why strip. Origin Preset: a scene or
// preset that came.
struct LaneEvent {
    params::Origin origin{};
    double seconds = 0; // app clock
    std::string text;   // "CC 3 > Zoom"
};
// A key as it is now, the performer's own among them.
struct KeyView {
    std::string_view chord; // "Ctrl+Z"
    params::Action action{};
    int argument = -1;
};

// The bank of scenes: 64 pads by rows from the top left. Strings and pictures are borrowed for the
// length of one draw.
inline constexpr int kPadColumns = 8, kPadRows = 8;
enum class PadState : std::uint8_t { Empty, Stored, Active, Modified, Blending };
struct ScenePad {
    PadState state{};
    std::string_view name{};
    std::uint32_t colour = 0x808080;        // 0xRRGGBB
    const core::Image* thumbnail = nullptr; // uploaded by the UI when the generation changes
    std::uint64_t generation = 0;           // of this scene's name and picture
    std::span<const std::string> tags{};    // for the autopilot
    float energy = 0.5f;                    // 0..1, the same
};
// A recall that waits for its line of the music.
struct PendingRecall {
    int pad = -1;              // -1: no pad (a preset, a cue)
    std::string_view name{};
    double seconds = 0, beats = 0; // until it begins
    float share = 0;           // 0 when asked for .. 1 when it begins
};
enum class PadHand : std::uint8_t { Recall, Store, Clear, Prepare, Blend }; // what the next pad pressed means

struct CueRow {
    std::string when, name, does; // "bar 17", "Verse", "scene 5"
};
struct CueView {
    std::string_view name{};
    std::span<const CueRow> rows{}; // empty: no list is loaded
    int current = -1, next = -1;
    bool running = false;
    std::optional<double> secondsToNext{}; // none: it waits for a hand
};

enum class AutopilotState : std::uint8_t { Off, Flying, Hand };
struct AutopilotView {
    AutopilotState state{};
    double barsUntilReturn = 0; // while a hand has the show
};

// WCAG 2.2: more than three general or red flashes in a second fail.
struct FlashMeter {
    float generalPerSecond = 0, redPerSecond = 0;
    bool limiting = false;     // the guard takes contrast away now
};

// What is wrong with a text, and where: byte from 0, -1 nowhere in particular.
struct TextProblem {
    std::string text{};        // empty: nothing is wrong
    int column = -1;
};
struct FormulaProblem {
    params::ParamIndex target{};
    TextProblem problem;
};

struct UiInput {
    const params::Store& store;
    const modulation::FrameState& frame;
    const analysis::Features& features;
    const guidance::Canvas* canvas = nullptr; // newest; none before the first
    render::Picture picture{};
    Figures figures{};
    double seconds = 0;                       // app clock
    std::span<const ProblemEntry> problems{};
    std::span<const std::string> presets{};
    int preset = -1;                          // index of the present one; -1 none
    bool presetModified = false;
    std::span<const std::string> audioInputs{}; // values for audio.input, e.g. "demo", "device:NAME"
    std::span<const std::string> midiInputs{};  // names
    std::span<const std::string> displays{};    // names
    std::string audioName{};                    // what plays now, for people
    std::string guideName{};
    std::span<const BindingView> bindings{};
    std::span<const BindingView> readyMade{}; // of the maps for the devices that are there
    std::span<const WaitingFader> waiting{};
    std::span<const LaneEvent> events{};        // new since the last draw
    std::span<const KeyView> keys{};
    bool learning = false;
    Target learnTarget{};                       // armed: the next control that moves is bound to it
    bool uiVisible = true, helpVisible = false;
    bool outputOpen = false;                  // the clean picture has a window of its own
    bool recording = false;
    double recordingSeconds = 0;
    bool firstRun = false;                    // shows the three first steps until dismissed

    std::span<const ScenePad> scenes{};       // 64, or none
    std::span<const std::string_view> sceneTags{}; // that a pad may have
    PadHand padHand{};                        // a store, clear or shift button waits for its pad
    int clearedPad = -1;                      // that can be brought back; -1: none
    int readiedPad = -1;                      // that a hand wants prepared; -1: none
    std::optional<PendingRecall> pending{};
    int preparedPad = -1;                     // that is painted out of sight; -1: none
    float preparedShare = 0;                  // of it, 0..1
    CueView cues{};
    AutopilotView autopilot{};
    std::span<const std::string_view> bindingModes{}, takeovers{}; // names, in the order of their indices
    std::span<const FormulaProblem> formulaProblems{};
    std::span<const TextProblem> promptProblems{}; // one per slot, or none
    bool stripFrozen = false;
    FlashMeter flash{};
    std::string governor{};                   // "gave up: 8 > 4 crops, oil > smooth"; empty: nothing
    std::string recordingName{};              // file that is being written
    std::span<const std::string> videoOutputs{}; // values for output.v4l2: "/dev/video10"
    bool journal = false;                     // the state is written down as it changes

    // The first key that does this; empty: none.
    std::string_view keyFor(params::Action action, int argument = -1) const;
    std::string keysFor(params::Action action) const; // all of them: "F, F11", "1-8"
};

// Where everything that was touched goes, in the frame in which it was touched.
class UiSink {
  public:
    virtual ~UiSink() = default;
    virtual void change(const params::ParamChange& change) = 0;
    virtual void action(const params::ActionEvent& event) = 0;
    virtual void text(params::TextIndex index, const std::string& value) = 0;
    virtual void routes(std::vector<params::Route> routes) = 0;
    virtual void learn(Target target) = 0;         // arm (monostate: disarm)
    virtual void forget(std::size_t binding) = 0;  // remove UiInput::bindings[binding]
    virtual void dismissProblems() = 0;
    virtual void dismissFirstRun() = 0;
    // Empty: the formula goes, the stored value counts again. A wrong one comes back as
    // UiInput::formulaProblems in the next draw.
    virtual void formula(params::ParamIndex, const std::string&) {}
    virtual void setBinding(std::size_t, const BindingEdit&) {}
    virtual void adoptBinding(std::size_t) {} // UiInput::readyMade[] becomes the last of the user's own
    virtual void renameScene(int, const std::string&) {} // pad, name
    virtual void tagScene(int, const std::vector<std::string>&, float) {} // pad, tags, energy
    virtual void bringBack() {}                          // the pad that was cleared last
    virtual void identify() {}                          // the number of the output's display, on it, for a moment
    virtual void moveScene(int, int) {}                  // from, to; swaps when both are taken
};

enum class WorkSpace : std::uint8_t { Perform, Map, Tune, Count };

// Rectangle of an interactive item as drawn in the last frame, for tests and robots. Pixels.
struct ItemRect {
    std::string id; // "camera.zoom", "action.freeze", "preset.3", ...
    float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    bool clipped = false; // partly or wholly scrolled out of its panel
};

class Ui {
  public:
    // Errors: GlUnavailable, FileUnreadable (font).
    static core::Result<std::unique_ptr<Ui>> create(SDL_Window* window, void* glContext);
    // No window, no GL: draws into ImGui's lists only. For tests.
    static core::Result<std::unique_ptr<Ui>> createHeadless(int width, int height);
    ~Ui();
    Ui(const Ui&) = delete;
    Ui& operator=(const Ui&) = delete;

    // Hand over every event of the window first. True: it was for the UI alone (a work space key,
    // typing in a field, the mouse on a panel). Panic and F-keys the show needs are never taken.
    bool processEvent(const SDL_Event& event);
    // Draws over what the window's framebuffer holds; nothing but help and problems if hidden.
    void draw(const UiInput& input, UiSink& sink);
    bool wantsText() const; // a field is being typed in: letter keys are not commands

    void setWorkSpace(WorkSpace space);
    WorkSpace workSpace() const;
    // Interactive items of the last frame, in order of drawing.
    const std::vector<ItemRect>& items() const;
    const std::string& focus() const; // id of the item the keyboard stands on; empty: none

  private:
    struct State;
    explicit Ui(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace titanus::ui
