#pragma once
// What one frame of drawing works with: the input, the sink, the looks, and the memory that belongs
// to looking (never to the show). Thread: main   Ownership: references for the length of one draw
#include "ui/history.h"
#include "ui/theme.h"
#include "ui/ui.h"

#include <array>
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
    // Prompts as they stand in the fields; sent when the hand rests.
    std::array<std::string, params::kPromptSlots> prompts;
    std::array<double, params::kPromptSlots> promptEdited{}; // app clock of the last key, 0: nothing to send
    int tunePage = 0, presetPage = 0;
    bool grid = false; // MAP: matrix as grid instead of list
    int routeChosen = -1, pressRow = 0, pressColumn = 0; // the cell of the matrix that is held
    float depthAtPress = 0;
    bool problemsOpen = false, stripFrozen = false;
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
};

// Panels; each fills its box.
void drawTopBar(View& view, Box box);
void drawStatusBar(View& view, Box box);
void drawPerform(View& view, Box box);
void drawMap(View& view, Box box);
void drawTune(View& view, Box box);
void drawPreview(View& view, Box box);
void drawMeters(View& view, Box box, bool spectrum);
void drawClock(View& view, Box box);
void drawPrompts(View& view, Box box);
void drawPresets(View& view, Box box);
void drawRoutes(View& view, Box box);
void drawGrid(View& view, Box box);
void drawBindings(View& view, Box box);
void drawStrip(View& view, Box box);
void drawHelp(View& view, const Box& window);
void drawProblems(View& view, const Box& window);
void drawFirstRun(View& view, const Box& window);

} // namespace titanus::ui
