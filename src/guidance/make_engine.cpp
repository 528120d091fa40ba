#include "guidance/engine.h"
#include "guidance/null_engine.h"
#include "guidance/switching_engine.h"

#ifdef TITANUS_WITH_TORCH
#include "guidance/clip/make_engine.h"
#endif

namespace titanus::guidance {

bool engineHasTorch() {
#ifdef TITANUS_WITH_TORCH
    return true;
#else
    return false;
#endif
}

core::Result<std::unique_ptr<Engine>> makeEngine(const EngineOptions& options) {
#ifdef TITANUS_WITH_TORCH
    if (!options.null) return SwitchingEngine::make(options, makeClipEngine);
#endif
    return makeNullEngine(options);
}

} // namespace titanus::guidance
