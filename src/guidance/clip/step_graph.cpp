#include "guidance/clip/step_graph.h"

#include "core/log.h"

#if defined(TITANUS_WITH_CUDA) && __has_include(<cuda_runtime_api.h>) && __has_include(<ATen/cuda/CUDAGraph.h>)
#define TITANUS_CUDA_GRAPHS 1
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace titanus::guidance {

#ifdef TITANUS_CUDA_GRAPHS

struct StepGraph::Recording {
    at::cuda::CUDAGraph graph;
};

bool StepGraph::compiledIn() { return true; }

void takeOwnStream(const Device& device) {
    if (!device.where.is_cuda()) return;
    const auto index = device.where.index();
    if (c10::cuda::getCurrentCUDAStream(index) != c10::cuda::getDefaultCUDAStream(index)) return;
    c10::cuda::getDefaultCUDAStream(index).synchronize(); // weights may still be on their way
    c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(false, index));
}

bool StepGraph::record(const std::function<void()>& operations) {
    auto made = std::make_unique<Recording>();
    c10::cuda::getCurrentCUDAStream(device_.where.index()).synchronize();
    bool begun = false;
    try {
        made->graph.capture_begin();
        begun = true;
        operations();
        made->graph.capture_end();
    } catch (const std::exception& e) {
        const std::string what = e.what();
        core::logInfo("the step cannot be recorded on the GPU, it runs operation by operation: " + what.substr(0, what.find('\n')));
        try {
            if (begun) made->graph.capture_end(); // or the stream would stay in recording
        } catch (const std::exception&) { // an invalid recording says so here again
        }
        return false;
    }
    recording_ = std::move(made);
    return true;
}

#else

struct StepGraph::Recording {};

bool StepGraph::compiledIn() { return false; }
void takeOwnStream(const Device&) {}
bool StepGraph::record(const std::function<void()>&) { return false; }

#endif

StepGraph::StepGraph(const Device& device) : device_(device) {}
StepGraph::~StepGraph() = default;

void StepGraph::run(const std::vector<std::int64_t>& key, const std::function<void()>& operations) {
    constexpr int kWarmUp = 3; // libraries choose their kernels and take their memory meanwhile
    const bool able = compiledIn() && device_.where.is_cuda() && !refused_ && !key.empty();
    if (!able || key != key_) {
        recording_.reset();
        key_ = key;
        seen_ = 0;
    }
    if (able && !recording_ && ++seen_ > kWarmUp) refused_ = !record(operations);
    if (!recording_) {
        operations();
        return;
    }
#ifdef TITANUS_CUDA_GRAPHS
    recording_->graph.replay();
#endif
    ++replays_;
}

} // namespace titanus::guidance
