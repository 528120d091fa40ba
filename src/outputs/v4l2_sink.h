#pragma once
// The picture as a virtual camera (v4l2loopback), for OBS, browsers and other show programs on the
// same machine. Linux only: elsewhere open() says so.
// Thread: main; writer on role Io, joined by stop()   Owns: device, buffers, thread
// Errors: OutputOpenFailed (device missing, not a virtual camera, format refused), OutputWriteFailed
// once while running, then failed(). A device without readers takes pictures all the same.
#include "core/result.h"
#include "outputs/picture_sink.h"

#include <memory>
#include <string>
#include <vector>

namespace titanus::outputs {

enum class V4l2Pixels : std::uint8_t { Yuyv, Rgb24 }; // YUYV: BT.601 limited range, 4:2:2

struct V4l2Options {
    std::string device = "/dev/video10";
    int width = 1280, height = 720; // px; even width
    double fps = 30;                // told to the device; pictures leave when they come
    V4l2Pixels pixels = V4l2Pixels::Yuyv;
    bool negotiate = true;          // false: a file or pipe instead of a device, for tests
};

core::Result<std::unique_ptr<PictureSink>> openV4l2Sink(const V4l2Options& options);

// Devices that take pictures, e.g. "/dev/video10"; looks at each, a moment's work.
std::vector<std::string> v4l2Outputs();

// One picture into the bytes that the device is given; out: width*height*2 or *3 bytes.
void packV4l2(V4l2Pixels pixels, int width, int height, std::span<const std::uint8_t> rgba, std::span<std::uint8_t> out);

} // namespace titanus::outputs
