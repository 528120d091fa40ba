#pragma once
// The camera: what moves the canvas. Guidance and display both move it, at two clocks, by the
// same formulas; this file is their one definition (GLSL in shaders/warp.glsl and the torch grid
// in guidance/clip/warp.cpp follow `sourceOf`, and tests compare them with it).
//
// Coordinates: centre 0,0; y up; unit = half the picture's height; x spans -aspect..aspect.
// An affine view M says where the content of an older picture is now: now = M * then.
// Thread: any   Ownership: values   Real-time safe: yes
#include <array>
#include <cstdint>

namespace titanus::modulation {

struct Vec2 { double x = 0, y = 0; };

// x' = a x + b y + tx,  y' = c x + d y + ty
struct Affine {
    double a = 1, b = 0, c = 0, d = 1, tx = 0, ty = 0;

    Vec2 operator*(Vec2 p) const { return {a * p.x + b * p.y + tx, c * p.x + d * p.y + ty}; }
    Affine operator*(const Affine& o) const; // this after o
    Affine inverse() const;
    double scale() const;                    // sqrt |det|
};

enum class DepthField : std::uint8_t { Flat, Plane, Tunnel, Sphere, Luminance };
enum class Border : std::uint8_t { Mirror, Wrap, Black, Smear };

// Where the camera is, as running totals: a reader takes the difference between two poses. The
// affine part is counted from the start of an epoch, because an endless zoom would overflow any
// number; `bridges[k]` leads from the start of epoch (epoch - 1 - k) to the start of (epoch - k).
struct CameraPose {
    static constexpr int kBridges = 4;
    Affine view;
    std::uint32_t epoch = 0;
    std::array<Affine, kBridges> bridges{};
    double dolly = 0, truckX = 0, truckY = 0; // distance travelled
    double yawRad = 0, pitchRad = 0;
};

// Motion between two poses, small in all but the affine part.
struct CameraMotion {
    Affine view;                               // now = view * then
    float dolly = 0, truckX = 0, truckY = 0, yawRad = 0, pitchRad = 0;
    bool identity() const;
};

// From an older pose to a newer; identity if the older is more than kBridges epochs behind.
CameraMotion between(const CameraPose& then, const CameraPose& now);

struct CameraRates { // per second
    float zoom = 0, panX = 0, panY = 0, rollRad = 0, shear = 0;
    float dolly = 0, truckX = 0, truckY = 0, yawRad = 0, pitchRad = 0;
};
// Moves the pose on by dt seconds.
void advance(CameraPose& pose, const CameraRates& rates, double dtSeconds);

struct CameraSpace { // how depth is made; the same for display and guidance
    DepthField depth = DepthField::Flat;
    Border border = Border::Mirror;
    float relief = 0.7f;   // 0..1
    float aspect = 16.f / 9;
    // How dolly sees depth: 0 true perspective, speed as 1 / depth; 1 as PyTTI, as 1 / depth squared.
    float perspective = 0;
};

// Distance of the scene at a point, >= 0.25, 1 = middle. luminance 0..1 is read for Luminance only.
double depthAt(const CameraSpace& space, Vec2 p, double luminance);

// Where in the older picture the content now seen at p comes from: inverse affine first, then the
// displacement of dolly, truck and turn by the depth at p. Identity motion returns p.
Vec2 sourceOf(const CameraMotion& motion, const CameraSpace& space, Vec2 p, double luminance);

// Largest displacement of any corner, in the unit above: guidance warps once it passes half a pixel.
double largestShift(const CameraMotion& motion, const CameraSpace& space);

} // namespace titanus::modulation
