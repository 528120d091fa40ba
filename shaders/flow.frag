#version 410 core
// Smooths along the shapes: what belongs to one line becomes one line.
#include "common.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uImage, uTensor;
uniform vec2 uTexel;
uniform float uLength; // of a step, in texels
uniform vec2 uClarity; // of the direction: no steps below the first, whole ones from the second

void main() {
    vec4 sum = texture(uImage, uv);
    vec4 shape = shapeOf(texture(uTensor, uv).xyz);
    float reach = uLength * smoothstep(uClarity.x, uClarity.y, shape.z);
    float total = 1.0;
    for (int side = -1; side <= 1; side += 2) {
        vec2 at = uv, direction = shape.xy * float(side);
        for (int i = 1; i <= 3; ++i) {
            at += direction * reach * uTexel;
            vec2 next = shapeOf(texture(uTensor, at).xyz).xy;
            direction = dot(next, direction) < 0.0 ? -next : next; // a tangent has no sign
            float weight = 1.0 - 0.25 * float(i);
            sum += weight * texture(uImage, at);
            total += weight;
        }
    }
    color = sum / total;
}
