// What is said of a problem: one line anywhere, with the place and a caret under it on the console.
#include "core/log.h"

#include <gtest/gtest.h>

namespace titanus::core {
namespace {

std::string said(const Problem& problem) {
    testing::internal::CaptureStderr();
    logFailure(problem);
    return testing::internal::GetCapturedStderr();
}

TEST(Problem, APlaceWithACaretStaysOneLineAndIsDrawnOnTheConsole) {
    const Problem problem{ProblemId::PromptInvalid, "no such name: two at column 7:\na fox:two\n      ^"};
    const std::string line = problem.line(), remedy = " (" + std::string(row(problem.id).remedy) + ")", text(row(problem.id).text);
    EXPECT_EQ(line, text + ": no such name: two at column 7: a fox:two" + remedy);
    EXPECT_EQ(said(problem), "titanus: error: " + text + ": no such name: two at column 7" + remedy + "\n    a fox:two\n          ^\n");
}

TEST(Problem, AnyOtherDetailIsOneLineEverywhere) {
    for (const std::string detail : {"", "^", "a\nb", "a:\nb\nc ^", "\n", "\n^"}) {
        const Problem problem{ProblemId::FileUnreadable, detail};
        EXPECT_EQ(problem.line().find('\n'), std::string::npos);
        EXPECT_NE(problem.line().find(row(problem.id).remedy), std::string::npos);
        EXPECT_TRUE(said(problem).starts_with("titanus: error: "));
    }
}

} // namespace
} // namespace titanus::core
