#pragma once
// Parameters + sound + formulas + routes + time -> FrameState. Pure but for its followers and the
// camera's pose: same inputs, same outputs, whatever the clock.
// A value is: the stored number, or what its formula gives; for prompt weights drawn towards what
// the puck among the stars says; plus the routes.
// Thread: main   Ownership: value   Real-time safe: yes, unless routes or formulas change
#include "modulation/constellation.h"
#include "modulation/formulas.h"
#include "modulation/frame_state.h"
#include "modulation/lfo.h"

namespace titanus::modulation {

struct ModulationInput {
    const params::Store& store;
    const analysis::Features& features;
    double seconds = 0;      // show time of this frame
    double dtSeconds = 0;    // since the frame before; not negative
    double soundSeconds = 0; // where the sound will be when the frame is seen
    float aspect = 16.f / 9;
    bool blackout = false, frozen = false;
    std::uint64_t reseeds = 0;
    const StarMap* stars = nullptr; // for constellation.*; nullptr: none yet
};

class Modulator {
  public:
    explicit Modulator(std::uint64_t seed) : seed_(seed) { state_.seed = seed; }

    // The returned state is valid until the next update.
    const FrameState& update(const ModulationInput& in);
    // What does not compile, what gave no number: for the problem list and the faders.
    const Formulas& formulas() const { return formulas_; }

  private:
    struct Follower {
        params::Source source{};
        params::ParamIndex target{};
        float value = 0;
        float held = 0;         // the source as read on the last line of the music
        double line = -1e18;    // which one that was
        float holdLeft = 0;     // seconds
    };

    void readSources(const ModulationInput& in);
    void applyRoutes(const ModulationInput& in);
    void applyStars(const ModulationInput& in);
    void applyOffset(params::ParamIndex index);
    float followed(const params::Route& route, Follower& follower, float dt) const;
    double lineOf(params::RouteQuantise quantise) const;
    void adoptRoutes(const params::Store& store);
    void moveCamera(const ModulationInput& in);
    float pulse(std::size_t kind, const analysis::Features& features, double dt);

    std::uint64_t seed_;
    FrameState state_;
    std::array<Lfo, 4> lfos_{};
    double noiseTime_ = 0;
    std::array<std::uint64_t, analysis::kOnsetKindCount> seenOnsets_{};
    std::array<float, analysis::kOnsetKindCount> pulses_{};
    std::uint64_t routesGeneration_ = 0;
    std::vector<Follower> followers_; // one per route, same order
    Formulas formulas_;
    Constellation constellation_;
    std::array<float, params::kParamCount> offsets_{}; // of the routes, in shares of the travel
    double downbeat_ = 0;             // number of a beat that is a "one"
    bool started_ = false;
};

// The right side of a route's curve; sources that swing below 0 keep their sign.
float shaped(params::RouteCurve curve, float x);

} // namespace titanus::modulation
