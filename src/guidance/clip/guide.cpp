#include "guidance/clip/guide.h"

#include "core/files.h"
#include "guidance/clip/embedded_guide.h"

namespace titanus::guidance {

at::Tensor Guide::encodeText(const std::string& text, bool* truncated) const {
    auto it = cache_.find(text);
    if (it == cache_.end()) {
        const at::NoGradGuard noGrad;
        Encoded encoded;
        const at::Tensor raw = encodeTokens(tokenise(text, &encoded.truncated));
        encoded.embedding = raw / (raw.norm() + 1e-12);
        constexpr std::size_t kMostCached = 4096; // typing a prompt leaves one entry a letter
        if (cache_.size() >= kMostCached) cache_.clear();
        it = cache_.emplace(text, std::move(encoded)).first;
    }
    if (truncated) *truncated = it->second.truncated;
    return it->second.embedding;
}

core::Result<std::unique_ptr<Guide>> loadGuide(const std::filesystem::path& path) {
    return loadEmbeddedGuide(path.empty() ? core::dataDir("models") / "titanus-guide" : path);
}

} // namespace titanus::guidance
