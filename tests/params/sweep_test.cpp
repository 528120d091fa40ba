#include "params/sweep.h"

#include <gtest/gtest.h>

namespace titanus::params {
namespace {

TEST(Sweep, P38EveryCombinationOfTheListsInOrder) {
    const auto runs = expandSweeps({"camera.zoom=0.1,0.2", "camera.border=wrap,black", "look.hue=30"});
    ASSERT_TRUE(runs);
    std::vector<std::string> names;
    for (const SweepRun& run : runs.value()) names.push_back(run.name);
    EXPECT_EQ(names, (std::vector<std::string>{"camera.zoom=0.1,camera.border=wrap,look.hue=30", "camera.zoom=0.1,camera.border=black,look.hue=30",
                                               "camera.zoom=0.2,camera.border=wrap,look.hue=30", "camera.zoom=0.2,camera.border=black,look.hue=30"}));
    const SweepRun& last = runs.value().back();
    ASSERT_EQ(last.values.size(), 3u);
    EXPECT_EQ(last.values[0], (std::pair{param("camera.zoom"), 0.2f}));
    EXPECT_EQ(last.values[1], (std::pair{param("camera.border"), 2.f}));
}

TEST(Sweep, WithoutAListThereIsOneRun) {
    ASSERT_TRUE(expandSweeps({}));
    EXPECT_EQ(expandSweeps({}).value().size(), 1u);
    EXPECT_TRUE(expandSweeps({}).value()[0].values.empty());
}

TEST(Sweep, MistakesAreOneLineEach) {
    using core::ProblemId;
    const std::pair<std::vector<std::string>, ProblemId> cases[]{
        {{"camera.zoom"}, ProblemId::UsageError},       {{"camera.zoom="}, ProblemId::UsageError},
        {{"camera.zom=1"}, ProblemId::ParamUnknown},    {{"camera.zoom=0.1,99"}, ProblemId::ParamValueInvalid},
        {{"camera.zoom=0.1,"}, ProblemId::ParamValueInvalid}, {{"camera.zoom=0", "camera.zoom=1"}, ProblemId::UsageError},
        {{"look.hue=1,2,3,4,5,6,7,8,9,10", "look.bloom=0,.1,.2,.3,.4,.5,.6,.7,.8,.9", "look.flash=0,.1,.2,.3,.4,.5,.6,.7,.8,.9",
          "look.trails=0,1"}, ProblemId::UsageError}};
    for (const auto& [sweeps, id] : cases) {
        const auto runs = expandSweeps(sweeps);
        ASSERT_FALSE(runs) << sweeps[0];
        EXPECT_EQ(runs.problem().id, id) << runs.problem().line();
    }
}

} // namespace
} // namespace titanus::params
