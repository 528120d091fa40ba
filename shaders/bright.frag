#version 410 core
// What glows: bright places, at a fixed small size. Squared, as light adds up.
#include "common.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform vec2 uStep;

vec3 glow(vec2 at) {
    vec3 c = texture(uImage, at).rgb;
    float top = max(c.r, max(c.g, c.b));
    return c * c * smoothstep(0.45, 0.95, top);
}

void main() {
    color = vec4(0.25 * (glow(uv + uStep) + glow(uv - uStep) + glow(uv + uStep * vec2(1.0, -1.0)) +
                         glow(uv + uStep * vec2(-1.0, 1.0))), 1.0);
}
