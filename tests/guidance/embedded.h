#pragma once
// The embedded guide, engines on it and pictures on disk, for tests that need torch.
#include "core/image.h"
#include "guidance/clip/engine_clip.h"
#include "guidance/show.h"
#include "support/temp_folder.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace titanus::guidance {

inline std::unique_ptr<Guide> freshGuide() {
    at::set_num_threads(1); // the same sums in the same order on every machine
    auto loaded = loadGuide({});
    if (!loaded) throw std::runtime_error(loaded.problem().line());
    return std::move(loaded).value();
}

inline const Guide& guide() {
    static const std::unique_ptr<Guide> shared = freshGuide();
    return *shared;
}

inline std::unique_ptr<ClipEngine> engine(EngineOptions options = {}, const Device& device = {}) {
    auto own = freshGuide();
    own->moveTo(device);
    return std::make_unique<ClipEngine>(std::move(own), options, std::vector<Judge>{}, device);
}

inline std::filesystem::path file(const core::Image& image, const std::string& name) {
    const auto path = scratch() / (name + ".png"); // an engine reads it when it likes
    EXPECT_TRUE(core::writePng(path, image));
    return path;
}

// Mean difference of two published canvases of one size.
inline double distance(const Canvas& a, const Canvas& b) {
    EXPECT_EQ(a.rgba.size(), b.rgba.size());
    double sum = 0;
    for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(a.rgba[i] - b.rgba[i]);
    return sum / static_cast<double>(a.rgba.size());
}

} // namespace titanus::guidance
