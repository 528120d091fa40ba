#include "guidance/clip/guide.h"

#include "core/files.h"
#include "guidance/clip/clip_guide.h"
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
    if (path.empty()) return loadEmbeddedGuide(core::dataDir("models") / "titanus-guide");
    // Hugging Face calls its description config.json too: the format entry tells.
    const auto config = core::readFile(path / "config.json");
    if (config && config.value().find("\"titanus-guide\"") != std::string::npos) return loadEmbeddedGuide(path);
    return loadClipGuide(path);
}

} // namespace titanus::guidance
