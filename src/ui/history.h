#pragma once
// The last seconds of what was heard and what it moved: the data behind the why strip. Gathered in
// every frame, also while the strip is not shown, so that it can be frozen after the fact.
// Thread: main   Ownership: value   Units: seconds of the app clock
#include "ui/ui.h"

#include <deque>

namespace titanus::ui {

class History {
  public:
    static constexpr double kSeconds = 8;

    struct Column {
        double seconds = 0;
        std::array<float, analysis::kBandCount> bands{};
        std::array<float, analysis::kOnsetKindCount> onsets{}; // strength of those since the last column
        bool beat = false, bar = false;                        // a beat, a one, fell since then
    };
    struct Mark {
        double seconds = 0;
        bool outside = false; // MIDI, OSC, keyboard, a scene that came; else a route that fired
        std::string text;
        params::Origin origin{}; // of what came from outside
    };

    void add(const UiInput& input);
    const std::deque<Column>& columns() const { return columns_; } // oldest first
    const std::deque<Mark>& marks() const { return marks_; }

  private:
    std::deque<Column> columns_;
    std::deque<Mark> marks_;
    std::array<std::uint64_t, analysis::kOnsetKindCount> onsets_{};
    std::array<float, params::kSourceCount> sources_{};
    double beat_ = 0;
    bool started_ = false;
};

} // namespace titanus::ui
