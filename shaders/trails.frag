#version 410 core
// Earlier frames stay, moved on by the camera. What is brighter than the present stays longest, so
// trails glow instead of veiling the picture.
#include "common.glsl"
#include "warp.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uPaint, uPrevious;
uniform float uKeep;   // share of the earlier picture that is left after this frame
uniform float uVeil;   // how much even darker earlier pictures show

void main() {
    vec3 now = texture(uPaint, uv).rgb;
    vec3 then = texture(uPrevious, uvAt(sourceOf(pointAt(uv), luma(now)))).rgb;
    vec3 glow = max(now, then * uKeep);
    color = vec4(mix(glow, then, uVeil * uKeep), 1.0);
}
