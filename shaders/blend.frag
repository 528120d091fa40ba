#version 410 core
// Between two canvases: the newer one, and the older one moved to the newer one's pose, faded over
// the painter's interval, so that 15 canvases a second read as fluid motion. The newer is sharpened
// so that the cubic B-spline of the next pass restores it instead of blurring it (a short
// approximation of the B-spline's inverse: 1 at rest, 1.9 instead of 3 at the finest detail).
#include "warp.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uFrom; // earlier blend, bottom row first
uniform sampler2D uTo;   // canvas as published, top row first
uniform float uWeight;   // 0: all old, 1: all new

void main() {
    vec4 to = vec4(0.0);
    ivec2 size = textureSize(uTo, 0);
    ivec2 at = ivec2(gl_FragCoord.x, float(size.y) - gl_FragCoord.y);
    for (int y = -1; y <= 1; ++y)
        for (int x = -1; x <= 1; ++x) {
            float weight = (x == 0 ? 1.44 : -0.22) * (y == 0 ? 1.44 : -0.22);
            to += weight * texelFetch(uTo, clamp(at + ivec2(x, y), ivec2(0), size - 1), 0);
        }
    if (uWeight < 1.0) to = mix(texture(uFrom, uvAt(sourceOf(pointAt(uv), 0.5))), to, uWeight);
    color = vec4(to.rgb, 1.0);
}
