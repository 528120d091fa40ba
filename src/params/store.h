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

    static Show defaults();
};

class Store {
  public:
    Store();

    // Clamps to the range, rounds Int, Bool and Choice; ignores values that are not finite.
    void apply(const ParamChange& change);
    void setText(TextIndex index, std::string value);
    void setRoutes(std::vector<Route> routes);
    // Saved values, texts and routes become the show's; machine settings stay.
    void recall(const Show& show, Origin origin);

    float operator[](ParamIndex index) const { return snapshot_[index]; }
    const std::string& operator[](TextIndex index) const { return (*texts_)[index]; }
    Origin origin(ParamIndex index) const { return origins_[index.value]; }
    const ParamSnapshot& snapshot() const { return snapshot_; }
    const std::shared_ptr<const TextTable>& texts() const { return texts_; }
    const std::vector<Route>& routes() const { return routes_; }
    std::uint64_t routesGeneration() const { return routesGeneration_; }
    Show show() const;

    // 100 deep; changes of one parameter by one origin within a second are one step.
    bool undo();
    bool redo();

  private:
    struct Memory { Show show; ParamIndex param; double time; };
    void remember(ParamIndex param, Origin origin, double time);

    ParamSnapshot snapshot_;
    std::array<Origin, kParamCount> origins_{};
    std::shared_ptr<const TextTable> texts_;
    std::vector<Route> routes_;
    std::uint64_t routesGeneration_ = 1;
    std::vector<Memory> past_, future_;
};

} // namespace titanus::params
