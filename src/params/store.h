#pragma once
// The values of the show. `apply` is the only writer of a number, `setText` of a text: they clamp,
// round, record who did it and bump a generation. Everyone else gets copies.
// Thread: main (copies anywhere)   Owns: all values, texts and routes   Units: the catalogue's
#include "core/result.h"
#include "params/route.h"

#include <memory>
#include <string>
#include <vector>

namespace titanus::params {

enum class Origin : std::uint8_t { Start, CommandLine, Preset, Ui, Key, Midi, Osc, Undo, Replay };

// What crosses threads: a request, never an act.
struct ParamChange {
    ParamIndex param{};
    float value = 0;      // in the parameter's unit
    Origin origin{};
    double time = 0;      // seconds of the app's clock when it happened
};
struct ActionEvent {
    Action action{};
    int argument = 0;     // PresetRecall: index; switches: 1 on, 0 off, -1 toggle
    Origin origin{};
    double time = 0;
};

// Trivially copyable picture of all numbers, for other threads.
struct ParamSnapshot {
    std::array<float, kParamCount> values{};
    std::uint64_t generation = 0;

    float operator[](ParamIndex index) const { return values[index.value]; }
    bool on(ParamIndex index) const { return values[index.value] >= 0.5f; }
    int choice(ParamIndex index) const { return static_cast<int>(values[index.value] + 0.5f); }
};
static_assert(std::is_trivially_copyable_v<ParamSnapshot>);

// Texts are immutable once published: share, never edit.
struct TextTable {
    std::array<std::string, kTextCount> values{};
    std::uint64_t generation = 0;

    const std::string& operator[](TextIndex index) const { return values[index.value]; }
};

// Everything a preset holds.
struct Show {
    std::array<float, kParamCount> values{};
    std::array<std::string, kTextCount> texts{};
    std::vector<Route> routes;
    std::vector<Formula> formulas; // at most one for a parameter

    static Show defaults();
};

class Store {
  public:
    Store();

    // Clamps to the range, rounds Int, Bool and Choice; ignores values that are not finite.
    void apply(const ParamChange& change);
    void setText(TextIndex index, std::string value, Origin origin = Origin::Ui);
    void setRoutes(std::vector<Route> routes, Origin origin = Origin::Ui);
    void setFormulas(std::vector<Formula> formulas, Origin origin = Origin::Ui);
    // Saved values, texts, routes and formulas become the show's; machine settings stay.
    void recall(const Show& show, Origin origin);

    float operator[](ParamIndex index) const { return snapshot_[index]; }
    const std::string& operator[](TextIndex index) const { return (*texts_)[index]; }
    Origin origin(ParamIndex index) const { return origins_[index.value]; }
    const ParamSnapshot& snapshot() const { return snapshot_; }
    const std::shared_ptr<const TextTable>& texts() const { return texts_; }
    const std::vector<Route>& routes() const { return routes_; }
    std::uint64_t routesGeneration() const { return routesGeneration_; }
    const std::vector<Formula>& formulas() const { return formulas_; }
    std::uint64_t formulasGeneration() const { return formulasGeneration_; }
    Show show() const;

    // 100 deep: what a hand did on the screen or keyboard, and recalls. One step is a drag (changes
    // of one parameter within a second of each other), the typing of one text, the changing of one
    // route. A step takes back only what it changed, so a MIDI fader moved since stays.
    bool undo();
    bool redo();
    // What follows with Origin::Preset (a morph) is one step back to here.
    void checkpoint();
    // Nothing before this can be undone: the end of starting up.
    void forgetHistory();

  private:
    struct Step { // how to go back: the value before
        enum class Kind : std::uint8_t { Param, Text, Routes, Formulas, Show } kind{};
        std::size_t index = 0;        // of the parameter, text or changed route
        double time = 0;
        float value = 0;
        std::string text{};
        std::vector<Route> routes{};
        std::vector<Formula> formulas{};
        std::shared_ptr<const Show> show{};
    };
    void remember(Step step);
    Step swapWith(const Step& step); // makes the step undone and returns the way back
    void write(ParamIndex index, float value, Origin origin);
    void writeText(TextIndex index, std::string value);
    void writeRoutes(std::vector<Route> routes);
    void writeFormulas(std::vector<Formula> formulas);
    void writeShow(const Show& show, Origin origin);

    ParamSnapshot snapshot_;
    std::array<Origin, kParamCount> origins_{};
    std::shared_ptr<const TextTable> texts_;
    std::vector<Route> routes_;
    std::uint64_t routesGeneration_ = 1;
    std::vector<Formula> formulas_;
    std::uint64_t formulasGeneration_ = 1;
    std::vector<Step> past_, future_;
};

} // namespace titanus::params
