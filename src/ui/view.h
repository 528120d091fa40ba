#pragma once
// What one frame of drawing works with: the input, the sink, the looks, and the memory that belongs
// to looking (never to the show). Thread: main   Ownership: references for the length of one draw
#include "ui/gpu.h"
#include "ui/history.h"
#include "ui/learn.h"
#include "ui/theme.h"
#include "ui/ui.h"

#include <array>
#include <deque>
#include <optional>

namespace titanus::ui {

// What the UI remembers from frame to frame.
struct Memory {
    // A number being typed into a control.
    std::optional<params::ParamIndex> typing;
    std::string typed;
    bool typedWrong = false, typingStarted = false;
    std::optional<params::ParamIndex> pressed; // the fader the mouse last went down on
    float travelAtPress = 0, dragTravel = 0;
    std::string typedProblem;
    int formulaSent = 0; // draws left in which the app may refuse the formula just sent
    // Texts as they stand in the fields; prompts are sent when the hand rests.
    std::array<std::string, params::kTextCount> texts;
    std::array<double, params::kTextCount> textEdited{}; // app clock of the last key, 0: nothing to send
    int tunePage = 0, presetPage = 0, performPage = 0;
    bool stars = false; // PERFORM: the constellation in the place of the picture
    int bindingChosen = -1, cornerChosen = 0;
    LearnGuide learn;
    int padRenamed = -1, padTagged = -1; // in the pad's menu
    std::size_t padTagRow = 0;
    std::string padName;
    int cueSeen = -1;

    // Where the keyboard stands: the id of an item, and what was pressed since the last draw.
    struct Keys {
        int x = 0, y = 0, walk = 0; // arrows; along the order of drawing
        float nudge = 0;            // of a value, in hundredths of its travel
        bool enter = false, reset = false, leave = false;
        bool any() const { return x || y || walk || nudge != 0 || enter || reset || leave; }
    } keys;
    std::string focus;
    bool listOpen = false; // a list or menu lies over everything and has the keys
    int listRow = -1;
    std::string listFilter;

    // The constellation as it is shown: everything glides.
    struct Sky {
        struct Spot { double seconds = 0; float x = 0, y = 0; };
        std::deque<Spot> tail; // of the comet, oldest first
        std::array<modulation::StarMap::Place, params::kPromptSlots> star{};
        std::array<float, params::kPromptSlots> light{}; // 0 not there .. 1 there
        modulation::StarMap::Place comet{};
        std::array<std::array<float, 3>, 24> nebula{};   // colours of the canvas, 6 x 4
        std::array<float, 3> colour{};                   // its mean
        bool started = false;
        float grabX = 0, grabY = 0;                      // from the pointer to the puck, in places
    } sky;
    bool grid = false; // MAP: matrix as grid instead of list
    int routeChosen = -1, pressRow = 0, pressColumn = 0; // the cell of the matrix that is held
    float depthAtPress = 0;
    bool problemsOpen = false;
    int cellShown = -1; // MAP: route of the matrix in the row of controls
    std::array<float, 2> peakHold{};
    std::array<double, 2> peakHeld{};
    std::array<std::uint64_t, analysis::kOnsetKindCount> onsetSeen{};
    std::array<float, analysis::kOnsetKindCount> lamp{};
    double lastSeconds = 0;
    History history;
};

struct View {
    const UiInput& in;
    UiSink& sink;
    const Fonts& fonts;
    Gpu& gpu;
    Memory& memory;
    std::vector<ItemRect>& items;
    float s = 1;                                // scale
    float dt = 0;                               // seconds since the last draw
    WorkSpace* space = nullptr;

    ImDrawList* list() const { return ImGui::GetWindowDrawList(); }
    float px(float size) const { return size * s; }
    // Lays an invisible button into the box and notes it in `items`. True when clicked.
    bool hit(std::string_view id, const Box& box);
    void note(std::string_view id, const Box& box);
    void panel(const Box& box) const;
    // Small capitals above a block; returns the header's box for more.
    Box title(Box& box, std::string_view text) const;
    // Help under the mouse after a moment.
    void tip(std::string_view head, std::string_view help, std::string_view foot = {}) const;
    void change(params::ParamIndex index, float value) const;
    bool armed(const Target& target) const { return in.learning && in.learnTarget == target; }
    const BindingView* binding(const Target& target) const;
    // The keyboard stands on this item.
    bool focused(std::string_view id) const { return memory.focus == id; }
    // Asked back to the default: right-click on the last item, or Backspace while it has the focus.
    bool reset(std::string_view id) const;
    const params::Formula* formula(params::ParamIndex index) const;
};

// Panels; each fills its box.
void drawTopBar(View& view, Box box);
void drawStatusBar(View& view, Box box);
void drawPerform(View& view, Box box);
void drawMap(View& view, Box box);
void drawTune(View& view, Box box);
void drawPreview(View& view, Box box);
void drawLearnLine(View& view, const Box& picture);
void drawMeters(View& view, Box box, bool spectrum);
void drawClock(View& view, Box box);
void drawPages(View& view, Box& head); // tabs of PERFORM's right side
void drawPrompts(View& view, Box box);
void drawScenes(View& view, Box box);
void drawCues(View& view, Box box);
void drawStars(View& view, Box box);
void followStars(View& view); // each frame, shown or not: the tail is history
void drawPresets(View& view, Box box);
void drawRoutes(View& view, Box box);
// One route as a row of controls, ids "PREFIX.depth" etc. True when it was changed.
bool drawRoute(View& view, std::string_view prefix, params::Route& route, const Box& row, bool& removed);
void drawRouteHeads(View& view, const Box& row);
void drawGrid(View& view, Box box);
void drawBindings(View& view, Box box);
void drawOutput(View& view, Box box);
void drawStrip(View& view, Box box);
void drawHelp(View& view, const Box& window);
void drawProblems(View& view, const Box& window);
void drawFirstRun(View& view, const Box& window);

} // namespace titanus::ui
