#version 410 core
// Before the first canvas: slow veils in muted colours, so the screen is alive and never black.
#include "common.glsl"
in vec2 uv;
out vec4 color;
uniform float uSeconds, uAspect;
uniform uint uSeed;

float valueAt(ivec2 cell, uint layer) {
    return unit(pcg(uint(cell.x) + pcg(uint(cell.y) + pcg(layer + uSeed * 7919u))));
}
float noise(vec2 p, uint layer) {
    ivec2 cell = ivec2(floor(p));
    vec2 f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(valueAt(cell, layer), valueAt(cell + ivec2(1, 0), layer), f.x),
               mix(valueAt(cell + ivec2(0, 1), layer), valueAt(cell + ivec2(1, 1), layer), f.x), f.y);
}
float veils(vec2 p, uint layer) {
    return 0.5 * noise(p, layer) + 0.3 * noise(p * 2.1 + 7.0, layer + 1u) + 0.2 * noise(p * 4.3 + 3.0, layer + 2u);
}

void main() {
    vec2 p = (uv * 2.0 - 1.0) * vec2(uAspect, 1.0);
    float t = 0.06 * uSeconds;
    vec2 bend = vec2(veils(p * 1.1 + t, 1u), veils(p * 1.1 - t, 11u)) - 0.5;
    float a = veils(p * 0.9 + 2.2 * bend + vec2(t, -0.7 * t), 21u);
    float b = veils(p * 1.3 - 1.8 * bend - t, 31u);
    vec3 night = vec3(0.05, 0.07, 0.13), slate = vec3(0.16, 0.24, 0.36);
    vec3 rose = vec3(0.46, 0.28, 0.36), amber = vec3(0.72, 0.52, 0.34);
    vec3 c = mix(night, slate, smoothstep(0.25, 0.75, a));
    c = mix(c, rose, 0.65 * smoothstep(0.5, 0.8, b));
    c = mix(c, amber, 0.5 * smoothstep(0.58, 0.85, a * b * 2.4));
    color = vec4(c, 1.0);
}
