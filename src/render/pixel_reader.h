#pragma once
// Pictures from the GPU into memory without waiting for it: a ring of pixel buffers with fences.
// Live: request() each frame, collect() whatever is finished; when the ring is full a frame is
// refused and the caller counts it. Offline: collect with wait.
// Thread: main, GL context current   Ownership: owns its GL objects; never holds the Picture
// Layout of the bytes: RGBA, 8 bit, sRGB-encoded, first row on top, rows packed; alpha 255.
#include "core/image.h"
#include "render/picture.h"

#include <cstdint>
#include <memory>
#include <span>

namespace titanus::render {

struct ReadFrame {
    std::uint64_t frame = 0; // of the Picture
    double seconds = 0;
};

class PixelReader {
  public:
    // A picture of another size is scaled to width x height. depth: frames in flight.
    PixelReader(int width, int height, int depth = 3);
    ~PixelReader();
    PixelReader(PixelReader&&) noexcept;
    PixelReader& operator=(PixelReader&&) noexcept;

    int width() const;
    int height() const;
    std::size_t bytes() const; // of one frame

    // Starts the transfer. False if every buffer is in flight: skipped, nothing was started.
    bool request(const Picture& picture);
    // Copies the oldest requested frame to `out` (bytes() long) if it has arrived; frames come in
    // the order of their requests. With wait it blocks until it has. False: nothing to collect.
    bool collect(std::span<std::uint8_t> out, ReadFrame& info, bool wait = false);
    int inFlight() const;

    // One frame, waiting for it.
    static core::Image read(const Picture& picture);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace titanus::render
