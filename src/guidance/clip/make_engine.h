#pragma once
// The torch engine for callers without torch headers. Thread: any; sets torch's thread count
#include "guidance/engine.h"

namespace titanus::guidance {

core::Result<std::unique_ptr<Engine>> makeClipEngine(const EngineOptions& options);

} // namespace titanus::guidance
