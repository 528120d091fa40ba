#include "modulation/camera.h"

#include <algorithm>
#include <cmath>

namespace titanus::modulation {

Affine Affine::operator*(const Affine& o) const {
    return {a * o.a + b * o.c, a * o.b + b * o.d, c * o.a + d * o.c, c * o.b + d * o.d,
            a * o.tx + b * o.ty + tx, c * o.tx + d * o.ty + ty};
}

Affine Affine::inverse() const {
    const double det = a * d - b * c, i = 1 / det;
    return {d * i, -b * i, -c * i, a * i, (b * ty - d * tx) * i, (c * tx - a * ty) * i};
}

double Affine::scale() const { return std::sqrt(std::abs(a * d - b * c)); }

bool CameraMotion::identity() const {
    return view.a == 1 && view.b == 0 && view.c == 0 && view.d == 1 && view.tx == 0 &&
           view.ty == 0 && dolly == 0 && truckX == 0 && truckY == 0 && yawRad == 0 && pitchRad == 0;
}

CameraMotion between(const CameraPose& then, const CameraPose& now) {
    CameraMotion motion;
    const std::uint32_t behind = now.epoch - then.epoch;
    if (behind > CameraPose::kBridges) return motion;
    // Both poses from the start of then's epoch: now = view * bridges * start.
    Affine fromStart = now.view;
    for (std::uint32_t k = 0; k < behind; ++k) fromStart = fromStart * now.bridges[k];
    motion.view = fromStart * then.view.inverse();
    motion.dolly = static_cast<float>(now.dolly - then.dolly);
    motion.truckX = static_cast<float>(now.truckX - then.truckX);
    motion.truckY = static_cast<float>(now.truckY - then.truckY);
    motion.yawRad = static_cast<float>(now.yawRad - then.yawRad);
    motion.pitchRad = static_cast<float>(now.pitchRad - then.pitchRad);
    return motion;
}

void advance(CameraPose& pose, const CameraRates& r, double dt) {
    const double grow = std::exp(r.zoom * dt), angle = r.rollRad * dt;
    const double cs = std::cos(angle), sn = std::sin(angle), lean = r.shear * dt;
    // Lean, then turn and grow about the centre, then pan. Pan counts picture heights = 2 units.
    const Affine turn{grow * cs, -grow * sn, grow * sn, grow * cs, 2 * r.panX * dt, 2 * r.panY * dt};
    pose.view = turn * (Affine{1, lean, 0, 1, 0, 0} * pose.view);
    pose.dolly += r.dolly * dt;
    pose.truckX += r.truckX * dt;
    pose.truckY += r.truckY * dt;
    pose.yawRad += r.yawRad * dt;
    pose.pitchRad += r.pitchRad * dt;
    // A new epoch long before numbers grow unsafe; the old one stays reachable over its bridge.
    const double s = pose.view.scale();
    if (s < 1.0 / 64 || s > 64 || std::hypot(pose.view.tx, pose.view.ty) > 64) {
        for (int k = CameraPose::kBridges - 1; k > 0; --k)
            pose.bridges[static_cast<std::size_t>(k)] = pose.bridges[static_cast<std::size_t>(k - 1)];
        pose.bridges[0] = pose.view;
        pose.view = {};
        ++pose.epoch;
    }
}

double depthAt(const CameraSpace& space, Vec2 p, double luminance) {
    const double relief = space.relief, radius = std::hypot(p.x, p.y);
    double depth = 1;
    switch (space.depth) {
    case DepthField::Flat: break;
    // A ground that comes towards the viewer below the middle, a far sky above it.
    case DepthField::Plane: depth = 1 / (1 + relief * std::clamp(1.2 * -p.y, -0.6, 1.2)); break;
    // Far in the middle, walls near at the edges.
    case DepthField::Tunnel: depth = 1 / (0.45 + relief * 0.75 * radius + (1 - relief) * 0.55); break;
    // Near in the middle, falling away to the rim.
    case DepthField::Sphere: depth = 1 - relief * 0.6 * (std::exp(-1.2 * radius * radius) - 0.4); break;
    // Bright is near.
    case DepthField::Luminance: depth = 1 - relief * 1.2 * (luminance - 0.5); break;
    }
    return std::clamp(depth, 0.25, 4.0);
}

Vec2 sourceOf(const CameraMotion& m, const CameraSpace& space, Vec2 p, double luminance) {
    const double depth = depthAt(space, p, luminance);
    // A step forwards by `dolly` makes what is at `depth` grow by depth / (depth - dolly); the
    // floor keeps the viewer from flying through it.
    const double pull = 1 + space.perspective * (1 / depth - 1);
    const double grow = std::max(depth - m.dolly * pull, 0.2 * depth) / depth;
    // Unit focal length: a turn moves every depth alike, a truck the near things more.
    const double x = p.x * grow + m.truckX / depth + std::tan(m.yawRad);
    const double y = p.y * grow + m.truckY / depth + std::tan(m.pitchRad);
    return m.view.inverse() * Vec2{x, y};
}

double largestShift(const CameraMotion& motion, const CameraSpace& space) {
    double most = 0;
    for (double x : {-1.0, 0.0, 1.0})
        for (double y : {-1.0, 0.0, 1.0}) {
            const Vec2 p{x * space.aspect, y}, q = sourceOf(motion, space, p, 0.75);
            most = std::max(most, std::hypot(q.x - p.x, q.y - p.y));
        }
    return most;
}

} // namespace titanus::modulation
