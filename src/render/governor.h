#pragma once
// Chooses how finely to paint so that frames arrive in time: a ladder of painting sizes, down at
// once when frames cost too much, up only after a long calm, and ever longer after an attempt that
// failed. Pure: fed with costs, answers with a step of the ladder.
// Thread: main   Ownership: value
#include <array>
#include <cstdint>
#include <string>

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

// What the frame-rate floor has cost so far. The app passes the factors to guidance.
struct GovernorState {
    float renderScale = 1;  // of the painting's height
    float cropFactor = 1;   // of guide.crops
    float canvasFactor = 1; // of the canvas's sides
    float paintingTime = 1; // share of its time in which guidance may step; else it rests
    std::string gaveUp{};   // in the order in which it was given up; empty: nothing
    bool operator==(const GovernorState&) const = default;
};

// Holds the performer's frame-rate floor (guard.fps_floor) by giving things up in a fixed order:
// painting, then crops, then canvas; the last given up comes back first. Cheaper steps alone free no
// core, since guidance would only make more of them: so it gets less time with them.
// Falls within frames; what is too much by far falls several rungs at once. Rises only if the measured
// cost, scaled by what the rung had saved, would fit: so a lasting load is not tried against again and again.
// Pure. Thread: main   Ownership: value
class FloorGuard {
  public:
    struct Rung { float renderScale, cropFactor, canvasFactor, paintingTime; const char* gaveUp; };
    static constexpr std::array<Rung, 8> kRungs{{
        {1, 1, 1, 1, ""},
        {0.7f, 1, 1, 1, "painting 70 %"},
        {0.5f, 1, 1, 1, "painting 50 %"},
        {0.35f, 1, 1, 1, "painting 35 %"},
        {0.35f, 0.5f, 1, 0.6f, "crops 1/2"},
        {0.35f, 0.25f, 1, 0.4f, "crops 1/4"},
        {0.35f, 0.25f, 0.75f, 0.3f, "canvas 3/4"},
        {0.35f, 0.25f, 0.5f, 0.2f, "canvas 1/2"},
    }};

    // What a frame cost without any waiting for the pacer or the screen, seconds. True if the rung
    // changed. floorFps 0: off.
    bool frame(double seconds, double floorFps);
    int rung() const { return rung_; }
    GovernorState state() const;

  private:
    void moveTo(int rung);

    int rung_ = 0, settle_ = 0, lateRow_ = 0, before_ = 0;
    double lateSum_ = 0, calmSum_ = 0, calmSeconds_ = 0, sinceMove_ = 0, wait_ = 2;
    double costBefore_ = 0, costAfter_ = 0;
    std::array<double, 8> cost_{}; // share of a rung's frame time of the rung above it; 0: not known
};

} // namespace titanus::render
