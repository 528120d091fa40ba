#version 410 core
// Between two canvases: the older one moved to the newer one's pose and faded out over the
// painter's interval, so that 15 canvases a second read as fluid motion.
#include "warp.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uFrom, uTo; // both sharpened, bottom row first
uniform float uWeight;        // 0: all old, 1: all new

void main() {
    vec3 from = texture(uFrom, folded(uvAt(sourceOf(pointAt(uv), 0.5)))).rgb;
    color = vec4(mix(from, texture(uTo, uv).rgb, uWeight), 1.0);
}
