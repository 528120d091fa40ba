#pragma once
// Chooses how finely to paint so that frames arrive in time: a ladder of painting sizes, down at
// once when frames cost too much, up only after a long calm, and ever longer after an attempt that
// failed. Pure: fed with costs, answers with a step of the ladder.
// Thread: main   Ownership: value
#include <array>
#include <cstdint>

namespace titanus::render {

// What a step of the ladder means. Sizes are heights in pixels of the painting buffer.
struct PaintStep {
    int paintHeight;   // of the painting buffer
    int oilTaps;       // samples per sector of the oil filter, 3..8
    float finishScale; // of the finished picture's size, 1: all of it
};
inline constexpr std::array<PaintStep, 8> kPaintSteps{{
    {180, 3, 0.5f},
    {216, 3, 0.667f},
    {270, 3, 0.75f},
    {270, 3, 1.f},
    {360, 4, 1.f},
    {540, 5, 1.f},
    {720, 6, 1.f},
    {1080, 8, 1.f},
}};
inline constexpr int kPaintStepCount = static_cast<int>(kPaintSteps.size());

class Governor {
  public:
    explicit Governor(int step) : step_(step) {}

    // One frame's cost and what it may cost, both in seconds. Returns true if the step changed.
    bool frame(double costSeconds, double budgetSeconds);
    int step() const { return step_; }
    // Highest step that makes sense for a picture of this height.
    void setCeiling(int pictureHeight);

  private:
    static constexpr int kWindow = 24; // frames judged together
    void moveTo(int step);

    int step_ = 3, ceiling_ = kPaintStepCount - 1;
    int count_ = 0, late_ = 0, calm_ = 0, patience_ = 8, sinceUp_ = 1 << 20;
    double sum_ = 0;
};

} // namespace titanus::render
