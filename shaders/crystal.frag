#version 410 core
// A facet: a pyramid whose depth test against its neighbours leaves a cell with straight edges
// (Voronoi by depth buffer, Hoff et al. 1999, with a polygon as distance). Its sides catch the
// light each their own way, like a cut stone.
#include "common.glsl"
in vec2 local;
flat in vec3 paint;
flat in float random;
flat in vec2 axis;
out vec4 color; // alpha: height

void main() {
    const float sides = 5.0;
    // The side that this pixel lies on, and the distance it measures.
    float turn = random * 2.0 * kPi;
    float angle = atan(local.y, local.x) - turn, wedge = 2.0 * kPi / sides;
    float side = (floor(angle / wedge) + 0.5) * wedge + turn;
    vec2 out_ = vec2(cos(side), sin(side));
    float d = dot(local, out_) / 0.81; // of the inscribed polygon
    if (d > 1.0) discard;
    gl_FragDepth = d;
    vec2 facing = axis * out_.x + vec2(-axis.y, axis.x) * out_.y;
    float light = dot(facing, vec2(-0.57, 0.82));
    float cut = 0.05 + 0.06 * fract(random * 7.0);
    vec3 c = paint * (1.0 + cut * light) + 0.03 * light * light * step(0.0, light);
    // A little darker towards the rim: the stone has depth.
    c *= 1.04 - 0.14 * d * d;
    color = vec4(clamp(c, 0.0, 1.0), clamp(0.9 - 0.8 * d, 0.0, 1.0));
}
