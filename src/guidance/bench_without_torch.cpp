// There is nothing to measure or to encode without a model; each command says so in one line.
#include "guidance/bench.h"
#include "guidance/encode.h"

namespace titanus::guidance {
namespace {

core::Problem absent() { return {core::ProblemId::ModelMissing, "this program was built without libtorch"}; }

} // namespace

core::Result<GuidanceBench> benchGuidance(const std::filesystem::path&, double) { return absent(); }
core::Result<ResponseBench> benchResponse(const std::filesystem::path&) { return absent(); }
core::Result<QualityBench> benchQuality(const std::filesystem::path&, int, const std::filesystem::path&) { return absent(); }

core::Result<std::vector<Embedding>> encodeTexts(const std::filesystem::path&, const std::vector<std::string>&) { return absent(); }
core::Result<std::vector<Embedding>> encodeImageFiles(const std::filesystem::path&, const std::vector<std::filesystem::path>&) { return absent(); }
core::Result<std::vector<int>> tokenIds(const std::filesystem::path&, const std::string&) { return absent(); }
core::Result<std::string> verifyModel(const std::filesystem::path&) { return absent(); }

} // namespace titanus::guidance
