#pragma once
// What the recurrent networks are made of: an affine map with 8-bit weights and a gated recurrent layer (Cho et al. 2014).
// Thread: one at a time   Real-time safe: yes after construction
#include <array>
#include <cstddef>
#include <new>
#include <span>
#include <vector>

namespace titanus::analysis {

// Begins where a cache line does: a load across two of them costs two.
template <class T> struct AtCacheLine {
    using value_type = T;
    static constexpr std::align_val_t kLine{64};
    AtCacheLine() = default;
    template <class U> AtCacheLine(const AtCacheLine<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kLine)); }
    void deallocate(T* p, std::size_t n) { ::operator delete(p, n * sizeof(T), kLine); }
    bool operator==(const AtCacheLine&) const = default;
};
using Numbers = std::vector<float, AtCacheLine<float>>;

class Affine {
  public:
    // Rows are outputs: weight = scale of the row * 8-bit number.
    Affine(std::span<const signed char> weights, std::span<const float> scale, std::span<const float> bias);
    std::size_t in() const { return in_; }
    std::size_t out() const { return bias_.size(); }
    void apply(const float* x, float* y) const;
    // Two at once: each weight is fetched for both, and fetching is what it costs.
    void apply(const float* x, const float* otherX, float* y, float* otherY) const;

  private:
    std::size_t in_;
    Numbers weights_, bias_; // transposed, so that the inner loop runs over outputs
};

// Two listeners with the same weights, each with a state of its own.
class GatedLayer {
  public:
    static constexpr std::size_t kListeners = 2;
    // Outputs of both: reset, update and candidate gates, one after the other.
    GatedLayer(Affine fromInput, Affine fromState);
    void forget(std::size_t listener);
    void copy(std::size_t from, std::size_t to);
    void step(const float* x, const float* otherX); // the same twice costs once
    const float* state(std::size_t listener) const { return listeners_[listener].state.data(); }

  private:
    struct Listener {
        Numbers state, input, kept; // and what both give to the gates
    };
    static void turn(Listener& l, const Numbers& input);
    Affine fromInput_, fromState_;
    std::array<Listener, kListeners> listeners_;
};

} // namespace titanus::analysis
