#pragma once
// Size of a canvas from its shape and its shorter side. Thread: any
#include <algorithm>
#include <cmath>

namespace titanus::guidance {

struct CanvasSize {
    int width = 0, height = 0; // px
    bool operator==(const CanvasSize&) const = default;
};

inline CanvasSize canvasSize(float aspect, int shorter) {
    const auto longer = static_cast<int>(std::lround(static_cast<float>(shorter) * std::max(aspect, 1 / aspect)));
    return aspect >= 1 ? CanvasSize{longer, shorter} : CanvasSize{shorter, longer};
}

} // namespace titanus::guidance
