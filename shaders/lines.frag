#version 410 core
// Difference of Gaussians across the shapes (as in flow-based DoG, Kang, Lee, Chui 2007): negative
// where an ink line belongs.
#include "common.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uImage, uTensor;
uniform vec2 uTexel;
uniform float uSigma; // in texels

void main() {
    vec4 shape = shapeOf(texture(uTensor, uv).xyz);
    vec2 n = vec2(-shape.y, shape.x) * uTexel;
    float inner = 0.0, outer = 0.0, innerSum = 0.0, outerSum = 0.0;
    for (int i = -4; i <= 4; ++i) {
        float d = float(i) * 0.75; // in sigma
        float l = luma(texture(uImage, uv + n * d * uSigma).rgb);
        float a = exp(-0.5 * d * d), b = exp(-0.5 * d * d / 2.56);
        inner += a * l;
        innerSum += a;
        outer += b * l;
        outerSum += b;
    }
    color = vec4(inner / innerSum - outer / outerSum, 0.0, 0.0, 1.0);
}
