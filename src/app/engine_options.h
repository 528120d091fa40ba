#pragma once
// What the command line says of guides, as an engine wants it. Thread: any
#include "app/command_line.h"
#include "guidance/engine.h"

namespace titanus::app {

// Model, further guides with their weights, seed, and how videos are opened.
guidance::EngineOptions engineOptions(const CommonOptions& options, float aspect);

} // namespace titanus::app
