#pragma once
// Part of `titanus bench display`: what flash guard, control log, journal and collapse guard cost.
// Thread: main   Needs: a GL context that is current   Errors: as Renderer::create, OutputOpenFailed,
// OutputWriteFailed
#include "core/result.h"

#include <string>

namespace titanus::app {

// JSON.
core::Result<std::string> benchGuards(double seconds);

} // namespace titanus::app
