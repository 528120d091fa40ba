#pragma once
// One function per command: data on stdout, log on stderr, exit code 0 good, 1 failed.
// Thread: main
#include "app/command_line.h"
#include "core/problem.h"

namespace titanus::app {

int runCommand(const Command& command);
int failed(const core::Problem& problem); // one line on stderr, 1

int play(const PlayOptions& options);
int render(const RenderOptions& options);
int draw(const DrawOptions& options);
int analyse(const AnalyseOptions& options);
int encode(const EncodeOptions& options);
int models(const ModelsOptions& options);
int importSettings(const ImportOptions& options);
int icon(const IconOptions& options);
int bench(const BenchOptions& options);
int benchPainter(const BenchOptions& options);
int benchLatency(const BenchOptions& options);
int listParams(const ParamsOptions& options);
int listDevices(const DevicesOptions& options);

} // namespace titanus::app
