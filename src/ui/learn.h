#pragma once
// What learn mode asks for next, in words: a click, then a movement of the controller, then it says
// what was bound. Thread: main   Ownership: value
#include "ui/ui.h"

namespace titanus::ui {

class LearnGuide {
  public:
    // Call each frame, shown or not: notices what was bound.
    void follow(const UiInput& input);
    struct Words { std::string first, second; }; // two lines; empty: nothing to say
    Words words(const UiInput& input) const;

  private:
    Target armed_{};   // of the frame before
    std::string done_; // what was bound last, until another control is clicked
    double doneSeconds_ = -1e9;
};

} // namespace titanus::ui
