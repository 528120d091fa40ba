#version 410 core
// A facet: a cone whose depth test against its neighbours leaves the Voronoi cell of its centre
// (Hoff et al. 1999). Every facet is tilted its own way, and its height falls to the rim, which
// the relief of the last pass lights as a bevel.
#include "common.glsl"
in vec2 local;
flat in vec3 paint;
flat in float random;
out vec4 color; // alpha: height

void main() {
    float d = length(local);
    if (d > 1.0) discard;
    gl_FragDepth = d;
    float angle = random * 2.0 * kPi;
    vec2 tilt = vec2(cos(angle), sin(angle));
    float slope = dot(local, tilt);
    vec3 c = paint * (1.0 + 0.5 * slope * (0.4 + random) + 0.22 * dot(tilt, vec2(-0.5, 0.8)));
    color = vec4(clamp(c, 0.0, 1.0), clamp(0.75 - 0.7 * d + 0.25 * slope, 0.0, 1.0));
}
