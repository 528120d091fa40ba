#include "controls/control_log.h"

#include "controls/log_format.h"
#include "core/thread_role.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;
using detail::ByteWriter;
using detail::LogType;

namespace {

constexpr std::size_t kLargestBuffer = 16u << 20;
constexpr double kFlushSeconds = 1;

void writeHeader(ByteWriter out, const ControlLogHeader& header) {
    out.count(static_cast<std::uint64_t>(header.version));
    out.text(header.program);
    out.count(header.seed);
    out.count(header.featureBytes);
    out.count(header.featureLayout);
    out.count(header.options.size());
    for (const auto& [key, value] : header.options) {
        out.text(key);
        out.text(value);
    }
}

template <class Rows> void writeIds(ByteWriter& out, const Rows& rows) {
    out.count(rows.size());
    for (const auto& row : rows) out.text(row.id);
}

} // namespace

namespace detail {

void putRoutes(ByteWriter& out, const std::vector<params::Route>& routes) {
    out.count(routes.size());
    for (const params::Route& r : routes) {
        out.count(static_cast<std::uint64_t>(r.source));
        out.count(r.target.value);
        out.f32(r.depth);
        out.u8(static_cast<std::uint8_t>(r.curve));
        out.f32(r.attackSeconds);
        out.f32(r.releaseSeconds);
        out.f32(r.holdSeconds);
        out.u8(static_cast<std::uint8_t>(r.quantise));
        out.u8(static_cast<std::uint8_t>((r.mute ? 1 : 0) | (r.solo ? 2 : 0)));
    }
}

void putFormulas(ByteWriter& out, const std::vector<params::Formula>& formulas) {
    out.count(formulas.size());
    for (const params::Formula& f : formulas) {
        out.count(f.target.value);
        out.text(f.text);
    }
}

void putShow(ByteWriter& out, const params::Show& show) {
    out.count(show.values.size());
    for (const float value : show.values) out.f32(value);
    out.count(show.texts.size());
    for (const std::string& text : show.texts) out.text(text);
    putRoutes(out, show.routes);
    putFormulas(out, show.formulas);
}

void putDifference(ByteWriter& out, std::span<const std::byte> now, std::vector<std::byte>& before) {
    std::size_t same = 0; // groups without a difference, not yet written
    const auto flush = [&] {
        if (same == 0) return;
        out.u8(0);
        out.count(same - 1);
        same = 0;
    };
    for (std::size_t at = 0; at < now.size(); at += 8) {
        const std::size_t end = std::min(at + 8, now.size());
        unsigned mask = 0;
        for (std::size_t i = at; i < end; ++i) mask |= now[i] != before[i] ? 1u << (i - at) : 0;
        if (mask == 0) {
            ++same;
            continue;
        }
        flush();
        out.u8(static_cast<std::uint8_t>(mask));
        for (std::size_t i = at; i < end; ++i)
            if (now[i] != before[i]) out.u8(static_cast<std::uint8_t>(now[i]));
    }
    flush();
    before.assign(now.begin(), now.end());
}

} // namespace detail

struct ControlLogWriter::Impl {
    std::filesystem::path path;
    int file = -1;
    std::uint32_t featureBytes = 0;
    std::vector<std::byte> features; // of the frame before
    std::uint64_t step = 0;
    std::string buffer, payload;
    double flushed = -1e9;
    std::uint64_t dropped = 0, total = 0;
    bool failed = false; // main has been told

    std::mutex mutex; // guards what follows; held for moments only
    std::condition_variable wake;
    std::string pending;
    std::size_t waiting = 0; // bytes handed over and not yet written
    std::optional<Problem> problem;
    bool stop = false;
    std::thread thread;

    // One record: type, length, payload, check. Whole or not at all.
    template <class Write> void add(LogType type, Write&& write) {
        payload.clear();
        write(ByteWriter{payload});
        if (failed || payload.size() > kLargestLogRecord || buffer.size() + waitingBytes() + payload.size() > kLargestBuffer) {
            ++dropped;
            return;
        }
        const std::size_t begin = buffer.size();
        ByteWriter out{buffer};
        out.u8(static_cast<std::uint8_t>(type));
        out.text(payload);
        out.raw(detail::crc16(std::string_view(buffer).substr(begin)));
        total += buffer.size() - begin;
    }
    std::size_t waitingBytes() {
        const std::lock_guard lock(mutex);
        return waiting;
    }
    void handOver() {
        {
            const std::lock_guard lock(mutex);
            waiting += buffer.size();
            pending += buffer;
        }
        buffer.clear();
        wake.notify_one();
    }
    void run() {
        core::currentRole() = core::Role::Io;
        std::unique_lock lock(mutex);
        for (;;) {
            wake.wait(lock, [&] { return stop || !pending.empty(); });
            if (pending.empty()) return;
            const std::string bytes = std::exchange(pending, {});
            lock.unlock();
            const int error = write(bytes);
            lock.lock();
            waiting -= bytes.size();
            if (error && !problem) problem = Problem{ProblemId::OutputWriteFailed, path.string() + ": " + std::strerror(error)};
        }
    }
    int write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::write(file, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return errno;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        ::fdatasync(file); // against power cuts; not every file system can
        return 0;
    }
};

ControlLogWriter::ControlLogWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    impl_->thread = std::thread([p = impl_.get()] { p->run(); });
}

ControlLogWriter::~ControlLogWriter() {
    impl_->add(LogType::End, [](ByteWriter) {});
    impl_->handOver();
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stop = true;
    }
    impl_->wake.notify_one();
    impl_->thread.join();
    ::close(impl_->file);
}

core::Result<std::unique_ptr<ControlLogWriter>> ControlLogWriter::create(const std::filesystem::path& path, const ControlLogHeader& header) {
    if (header.featureBytes > kLargestLogFeatures) return Problem{ProblemId::Internal, "features too large for the control log"};
    std::error_code ec;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->featureBytes = header.featureBytes;
    impl->features.resize(header.featureBytes);
    impl->buffer = detail::kLogMagic;
    impl->total = impl->buffer.size();
    impl->add(LogType::Header, [&](ByteWriter out) { writeHeader(out, header); });
    impl->add(LogType::Ids, [&](ByteWriter out) {
        writeIds(out, params::kCatalogue);
        writeIds(out, params::kActions);
        writeIds(out, params::kTexts);
        writeIds(out, params::kSources);
    });
    impl->add(LogType::Start, [&](ByteWriter out) { detail::putShow(out, header.start); });
    if (impl->dropped > 0) return Problem{ProblemId::OutputOpenFailed, path.string() + ": the beginning is too long"};
    impl->file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (impl->file < 0) return Problem{ProblemId::OutputOpenFailed, path.string() + ": " + std::strerror(errno)};
    std::unique_ptr<ControlLogWriter> writer(new ControlLogWriter(std::move(impl)));
    writer->impl_->handOver();
    return writer;
}

void ControlLogWriter::event(const ControlEvent& event) {
    using Kind = ControlEvent::Kind;
    switch (event.kind) {
    case Kind::Param:
        impl_->add(LogType::Param, [&](ByteWriter out) {
            out.count(event.param.param.value);
            out.f32(event.param.value);
            out.u8(static_cast<std::uint8_t>(event.param.origin));
            out.f64(event.param.time);
        });
        break;
    case Kind::Act:
        impl_->add(LogType::Act, [&](ByteWriter out) {
            out.count(static_cast<std::uint64_t>(event.action.action));
            out.whole(event.action.argument);
            out.u8(static_cast<std::uint8_t>(event.action.origin));
            out.f64(event.action.time);
        });
        break;
    case Kind::Text: text(event.text, event.string(), event.param.origin, event.param.time); break;
    case Kind::PresetName:
        impl_->add(LogType::PresetName, [&](ByteWriter out) {
            out.u8(static_cast<std::uint8_t>(event.action.origin));
            out.f64(event.action.time);
            out.text(event.string());
        });
        break;
    case Kind::Query:
    case Kind::TextQuery: break;
    }
}

void ControlLogWriter::text(params::TextIndex index, std::string_view value, params::Origin origin, double seconds) {
    impl_->add(LogType::Text, [&](ByteWriter out) {
        out.count(index.value);
        out.u8(static_cast<std::uint8_t>(origin));
        out.f64(seconds);
        out.text(value);
    });
}

void ControlLogWriter::routes(const std::vector<params::Route>& routes, params::Origin origin, double seconds) {
    impl_->add(LogType::Routes, [&](ByteWriter out) {
        out.u8(static_cast<std::uint8_t>(origin));
        out.f64(seconds);
        detail::putRoutes(out, routes);
    });
}

void ControlLogWriter::formulas(const std::vector<params::Formula>& formulas, params::Origin origin, double seconds) {
    impl_->add(LogType::Formulas, [&](ByteWriter out) {
        out.u8(static_cast<std::uint8_t>(origin));
        out.f64(seconds);
        detail::putFormulas(out, formulas);
    });
}

void ControlLogWriter::recall(const params::Show& show, double morphSeconds, std::string_view name, params::Origin origin,
                              double seconds) {
    impl_->add(LogType::Recall, [&](ByteWriter out) {
        out.u8(static_cast<std::uint8_t>(origin));
        out.f64(seconds);
        out.f64(morphSeconds);
        out.text(name);
        detail::putShow(out, show);
    });
}

void ControlLogWriter::blend(const params::Show& second, std::string_view name, params::Origin origin, double seconds) {
    impl_->add(LogType::Blend, [&](ByteWriter out) {
        out.u8(static_cast<std::uint8_t>(origin));
        out.f64(seconds);
        out.text(name);
        detail::putShow(out, second);
    });
}

void ControlLogWriter::blendEnd(double seconds) {
    impl_->add(LogType::BlendEnd, [&](ByteWriter out) { out.f64(seconds); });
}

void ControlLogWriter::frame(double seconds, std::uint64_t step, std::span<const std::byte> features) {
    const bool with = impl_->featureBytes > 0 && features.size() == impl_->featureBytes;
    const std::uint64_t before = impl_->dropped;
    std::vector<std::byte> last = with ? impl_->features : std::vector<std::byte>{};
    impl_->add(LogType::Frame, [&](ByteWriter out) {
        out.f64(seconds);
        out.whole(static_cast<std::int64_t>(step - impl_->step));
        out.u8(with ? 1 : 0);
        if (with) detail::putDifference(out, features, last);
    });
    if (impl_->dropped != before) return; // the reader has not seen this frame
    impl_->step = step;
    if (with) impl_->features.swap(last);
}

void ControlLogWriter::check(std::uint64_t hash) {
    impl_->add(LogType::Check, [&](ByteWriter out) { out.raw(hash); });
}

void ControlLogWriter::note(std::string_view text, double seconds) {
    impl_->add(LogType::Note, [&](ByteWriter out) {
        out.f64(seconds);
        out.text(text);
    });
}

core::Result<void> ControlLogWriter::tick(double seconds) {
    if (seconds >= impl_->flushed && seconds - impl_->flushed < kFlushSeconds) return {};
    impl_->flushed = seconds;
    std::optional<Problem> problem;
    {
        const std::lock_guard lock(impl_->mutex);
        problem = impl_->problem;
    }
    if (problem) {
        impl_->buffer.clear();
        if (impl_->failed) return {};
        impl_->failed = true;
        return *problem;
    }
    impl_->handOver();
    return {};
}

std::uint64_t ControlLogWriter::bytes() const { return impl_->total; }
std::uint64_t ControlLogWriter::dropped() const { return impl_->dropped; }

} // namespace titanus::controls
