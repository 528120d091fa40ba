// There is nothing to measure without a model; each bench says so in one line.
#include "guidance/bench.h"

namespace titanus::guidance {
namespace {

core::Problem absent() { return {core::ProblemId::ModelMissing, "this program was built without libtorch"}; }

} // namespace

core::Result<GuidanceBench> benchGuidance(const std::filesystem::path&, double) { return absent(); }
core::Result<ResponseBench> benchResponse(const std::filesystem::path&) { return absent(); }
core::Result<QualityBench> benchQuality(const std::filesystem::path&, int, const std::filesystem::path&) { return absent(); }

} // namespace titanus::guidance
