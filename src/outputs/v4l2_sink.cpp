#include "outputs/v4l2_sink.h"

#include <algorithm>

namespace titanus::outputs {
namespace {

// ITU-R BT.601 with limited range, as 8-bit fixed point: what programs assume of a camera's YUYV.
std::uint8_t lumaOf(int r, int g, int b) { return static_cast<std::uint8_t>((66 * r + 129 * g + 25 * b + 128 + 16 * 256) >> 8); }
std::uint8_t blueOf(int r, int g, int b) { return static_cast<std::uint8_t>((-38 * r - 74 * g + 112 * b + 128 + 128 * 256) >> 8); }
std::uint8_t redOf(int r, int g, int b) { return static_cast<std::uint8_t>((112 * r - 94 * g - 18 * b + 128 + 128 * 256) >> 8); }

} // namespace

void packV4l2(V4l2Pixels pixels, int width, int height, std::span<const std::uint8_t> rgba, std::span<std::uint8_t> out) {
    const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    const std::uint8_t* in = rgba.data();
    std::uint8_t* to = out.data();
    if (pixels == V4l2Pixels::Rgb24) {
        for (std::size_t i = 0; i < count; ++i, in += 4, to += 3) std::copy_n(in, 3, to);
        return;
    }
    for (std::size_t i = 0; i + 1 < count; i += 2, in += 8, to += 4) { // an even width: pairs stay in their row
        const int r = (in[0] + in[4]) / 2, g = (in[1] + in[5]) / 2, b = (in[2] + in[6]) / 2;
        to[0] = lumaOf(in[0], in[1], in[2]);
        to[1] = blueOf(r, g, b);
        to[2] = lumaOf(in[4], in[5], in[6]);
        to[3] = redOf(r, g, b);
    }
}

} // namespace titanus::outputs

#ifndef __linux__

namespace titanus::outputs {
core::Result<std::unique_ptr<PictureSink>> openV4l2Sink(const V4l2Options& options) {
    return core::Problem{core::ProblemId::OutputOpenFailed, options.device + ": virtual cameras of this kind are Linux only"};
}
std::vector<std::string> v4l2Outputs() { return {}; }
} // namespace titanus::outputs

#else

#include "core/spsc.h"
#include "core/thread_role.h"

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace titanus::outputs {
using core::Problem;
using core::ProblemId;

namespace {

constexpr std::size_t kBuffers = 3;
constexpr auto kPoll = std::chrono::milliseconds(2);
constexpr int kPatienceMs = 100; // looks for stop() while a reader takes nothing

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { if (fd_ >= 0) ::close(fd_); }
    Descriptor(Descriptor&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

int askDevice(int fd, unsigned long request, void* argument) {
    int result = 0;
    do result = ::ioctl(fd, request, argument);
    while (result < 0 && errno == EINTR);
    return result;
}

std::size_t frameBytes(const V4l2Options& o) {
    return static_cast<std::size_t>(o.width) * static_cast<std::size_t>(o.height) * (o.pixels == V4l2Pixels::Yuyv ? 2 : 3);
}

// Empty if the device takes these pictures, else the reason.
std::string negotiate(int fd, const V4l2Options& o) {
    v4l2_capability can{};
    if (askDevice(fd, VIDIOC_QUERYCAP, &can) < 0) return "is no video device";
    const unsigned caps = can.capabilities & V4L2_CAP_DEVICE_CAPS ? can.device_caps : can.capabilities;
    if (!(caps & V4L2_CAP_VIDEO_OUTPUT)) return "is a camera, not a virtual one (modprobe v4l2loopback)";
    v4l2_format format{};
    format.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    format.fmt.pix.width = static_cast<unsigned>(o.width);
    format.fmt.pix.height = static_cast<unsigned>(o.height);
    format.fmt.pix.pixelformat = o.pixels == V4l2Pixels::Yuyv ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_RGB24;
    format.fmt.pix.field = V4L2_FIELD_NONE;
    format.fmt.pix.bytesperline = static_cast<unsigned>(frameBytes(o) / static_cast<std::size_t>(o.height));
    format.fmt.pix.sizeimage = static_cast<unsigned>(frameBytes(o));
    format.fmt.pix.colorspace = o.pixels == V4l2Pixels::Yuyv ? V4L2_COLORSPACE_SMPTE170M : V4L2_COLORSPACE_SRGB;
    const auto wanted = format.fmt.pix;
    if (askDevice(fd, VIDIOC_S_FMT, &format) < 0) return std::string("refuses the format: ") + std::strerror(errno);
    const auto& got = format.fmt.pix;
    if (got.width != wanted.width || got.height != wanted.height || got.pixelformat != wanted.pixelformat)
        return "insists on " + std::to_string(got.width) + "x" + std::to_string(got.height) + ", another reader has it open";
    v4l2_streamparm rate{};
    rate.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    rate.parm.output.timeperframe = {1000, static_cast<unsigned>(std::lround(1000 * o.fps))};
    (void)askDevice(fd, VIDIOC_S_PARM, &rate); // a hint for readers; old drivers do not know it
    return {};
}

class V4l2Sink final : public PictureSink {
  public:
    V4l2Sink(const V4l2Options& options, Descriptor device)
        : options_(options), device_(std::move(device)), packed_(frameBytes(options)), free_(kBuffers), filled_(kBuffers) {
        const auto bytes = static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height) * 4;
        for (std::size_t i = 0; i < kBuffers; ++i) {
            pool_.emplace_back(bytes);
            free_.push(static_cast<int>(i));
        }
        thread_ = std::thread([this] { run(); });
    }
    ~V4l2Sink() override { stop(); }

    int width() const override { return options_.width; }
    int height() const override { return options_.height; }
    std::span<std::uint8_t> buffer() override {
        if (taken_ < 0 && !free_.pop(taken_)) {
            taken_ = -1;
            countSkipped();
            return {};
        }
        return pool_[static_cast<std::size_t>(taken_)];
    }
    void submit(double) override {
        if (taken_ >= 0) filled_.push(std::exchange(taken_, -1));
    }
    void stop() override {
        stop_.store(true);
        if (thread_.joinable()) thread_.join();
    }
    void countSkipped() override { skipped_.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t skipped() const override { return skipped_.load(std::memory_order_relaxed); }
    std::uint64_t written() const override { return written_.load(std::memory_order_relaxed); }
    bool failed() const override { return failed_.load(std::memory_order_relaxed); }
    bool nextProblem(core::ProblemNote& note) override { return problems_.pop(note); }

  private:
    void run() {
        core::currentRole() = core::Role::Io;
        while (true) {
            const bool stopping = stop_.load();
            int index = 0;
            bool worked = false;
            while (filled_.pop(index)) {
                if (!failed()) {
                    packV4l2(options_.pixels, options_.width, options_.height, pool_[static_cast<std::size_t>(index)], packed_);
                    handOn();
                }
                free_.push(index);
                worked = true;
            }
            if (stopping) return;
            if (!worked) std::this_thread::sleep_for(kPoll);
        }
    }

    // A whole picture; a pipe takes it in pieces. Given up when stop() is asked for and nobody reads.
    void handOn() {
        for (std::size_t done = 0; done < packed_.size();) {
            const ssize_t n = ::write(device_.get(), packed_.data() + done, packed_.size() - done);
            if (n > 0) {
                done += static_cast<std::size_t>(n);
            } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
                pollfd waits{device_.get(), POLLOUT, 0};
                if (::poll(&waits, 1, kPatienceMs) == 0 && stop_.load()) return;
            } else {
                const std::string why = n < 0 ? std::strerror(errno) : "takes nothing";
                problems_.push(core::ProblemNote::from({ProblemId::OutputWriteFailed, options_.device + ": " + why}));
                failed_.store(true);
                return;
            }
        }
        written_.fetch_add(1, std::memory_order_relaxed);
    }

    V4l2Options options_;
    Descriptor device_;
    std::vector<std::uint8_t> packed_; // io's
    std::vector<std::vector<std::uint8_t>> pool_;
    core::Spsc<int> free_, filled_;
    core::Spsc<core::ProblemNote> problems_{2};
    int taken_ = -1; // main's
    std::atomic<std::uint64_t> skipped_{0}, written_{0};
    std::atomic<bool> stop_{false}, failed_{false};
    std::thread thread_;
};

} // namespace

std::vector<std::string> v4l2Outputs() {
    std::vector<std::string> found;
    for (int n = 0; n < 64; ++n) {
        const std::string path = "/dev/video" + std::to_string(n);
        const Descriptor device(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
        v4l2_capability about{};
        if (device.get() < 0 || askDevice(device.get(), VIDIOC_QUERYCAP, &about) < 0) continue;
        if (about.device_caps & V4L2_CAP_VIDEO_OUTPUT) found.push_back(path);
    }
    return found;
}

core::Result<std::unique_ptr<PictureSink>> openV4l2Sink(const V4l2Options& options) {
    const auto problem = [&](const std::string& why) {
        return Problem{ProblemId::OutputOpenFailed, options.device + " " + why};
    };
    if (options.width < 2 || options.height < 1 || options.width % 2 != 0) return problem("needs an even width");
    Descriptor device(::open(options.device.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    if (device.get() < 0) return problem(std::string("cannot be opened: ") + std::strerror(errno));
    if (options.negotiate)
        if (const std::string why = negotiate(device.get(), options); !why.empty()) return problem(why);
    return std::unique_ptr<PictureSink>(std::make_unique<V4l2Sink>(options, std::move(device)));
}

} // namespace titanus::outputs

#endif
