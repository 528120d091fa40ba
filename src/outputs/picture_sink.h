#pragma once
// Where live pictures go besides the window, at the output's rate: recorder, virtual camera; others
// can join. The display never waits: a sink that has no free buffer skips the picture and counts it.
// Thread: main   Ownership: the sink owns its buffers and its thread
// Layout: RGBA, 8 bit, sRGB-encoded, first row on top, width*height*4 bytes
#include "core/problem.h"

#include <cstdint>
#include <span>

namespace titanus::outputs {

class PictureSink {
  public:
    virtual ~PictureSink() = default;

    virtual int width() const = 0;
    virtual int height() const = 0;
    // A buffer to fill, or nothing if all are waiting: that picture is skipped and counted.
    virtual std::span<std::uint8_t> buffer() = 0;
    // Hands the buffer last taken on; `seconds` on any steady clock.
    virtual void submit(double seconds) = 0;
    // A picture that could not be read back in time.
    virtual void countSkipped() = 0;
    virtual void stop() = 0; // hands on what waits and closes

    virtual std::uint64_t skipped() const = 0;
    virtual std::uint64_t written() const = 0; // frames that left the sink
    virtual bool failed() const = 0;           // for good: stop it
    virtual bool nextProblem(core::ProblemNote& note) = 0;
};

} // namespace titanus::outputs
