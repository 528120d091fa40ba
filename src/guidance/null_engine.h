#pragma once
// A painter without a model: every prompt is a field of colour waves of its own, drawn from its
// text alone; weights mix the fields, the camera moves the canvas. It lets the whole instrument run
// and be tested where torch is absent, and shows what is played, not what is meant.
// Thread: guidance   Owns: its canvas   Deterministic: yes
#include "guidance/engine.h"

namespace titanus::guidance {

std::unique_ptr<Engine> makeNullEngine(const EngineOptions& options);

} // namespace titanus::guidance
