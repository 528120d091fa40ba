#pragma once
// Time that frames cost the GPU, read some frames late so that nobody waits for it.
// Thread: main, context current
#include "render/gl.h"

#include <array>

namespace titanus::render {

class GpuTimer {
  public:
    void begin() {
        if (running_ == kRing) return; // results are overdue: leave this frame out
        GlQuery& query = queries_[(oldest_ + running_) % kRing];
        if (!query) query = GlQuery::make();
        glBeginQuery(GL_TIME_ELAPSED, query.name());
        open_ = true;
    }
    void end() {
        if (!open_) return;
        glEndQuery(GL_TIME_ELAPSED);
        open_ = false;
        ++running_;
    }
    // Seconds of the oldest frame that is done; 0: none is.
    double collect() {
        if (running_ == 0) return 0;
        const GLuint name = queries_[oldest_].name();
        GLint ready = 0;
        glGetQueryObjectiv(name, GL_QUERY_RESULT_AVAILABLE, &ready);
        if (!ready) return 0;
        GLuint64 nanoseconds = 0;
        glGetQueryObjectui64v(name, GL_QUERY_RESULT, &nanoseconds);
        oldest_ = (oldest_ + 1) % kRing;
        --running_;
        return static_cast<double>(nanoseconds) * 1e-9;
    }

  private:
    static constexpr std::size_t kRing = 4;
    std::array<GlQuery, kRing> queries_;
    std::size_t oldest_ = 0, running_ = 0;
    bool open_ = false;
};

} // namespace titanus::render
