#version 410 core
// Anisotropic Kuwahara filter: each pixel takes the calmest of eight sectors of an ellipse that
// lies along the shapes, so areas become strokes of one colour and edges stay sharp.
// Source: idea of Kyprianidis, Kang, Döllner 2009; sectors sampled on rings instead of full
// windows (our simplification: 25..65 reads instead of hundreds).
#include "common.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uImage, uTensor;
uniform vec2 uTexel;      // of a pixel of the painting at reference height, in uv
uniform float uRadius;    // in those pixels
#ifndef TAPS
#define TAPS 8 // samples of a sector, 3..8: fewer are quicker
#endif
// Radius and turn of the samples of one sector; the first ones cover it best. Constants, because
// software GL reads an indexed uniform array one lane at a time.
const vec2 kPlaces[8] = vec2[](vec2(0.42, 0.0), vec2(0.8, 0.24), vec2(0.8, -0.24), vec2(1.0, 0.0),
                               vec2(0.6, 0.1), vec2(1.0, 0.3), vec2(1.0, -0.3), vec2(0.7, -0.12));

void main() {
    vec4 shape = shapeOf(texture(uTensor, uv).xyz);
    float anisotropy = shape.z * smoothstep(0.004, 0.03, shape.w);
    // Twice as long as wide for a clear direction, a circle where there is none.
    float longer = 1.0 + anisotropy, narrower = 1.0 / longer;
    vec2 t = shape.xy * uRadius * longer * uTexel, n = vec2(-shape.y, shape.x) * uRadius * narrower * uTexel;
    vec3 centre = texture(uImage, uv).rgb;
    vec3 sum = vec3(0.0);
    float total = 0.0;
    for (int sector = 0; sector < 8; ++sector) {
        vec3 mean = 0.6 * centre, square = 0.6 * centre * centre;
        float weights = 0.6;
        for (int i = 0; i < TAPS; ++i) {
            float radius = kPlaces[i].x, angle = float(sector) * 0.785398163 + kPlaces[i].y;
            float weight = exp(-0.8 * radius * radius);
            vec3 c = texture(uImage, uv + radius * (cos(angle) * t + sin(angle) * n)).rgb;
            mean += weight * c;
            square += weight * c * c;
            weights += weight;
        }
        mean /= weights;
        vec3 variance = max(square / weights - mean * mean, 0.0);
        float unrest = 255.0 * (variance.r + variance.g + variance.b);
        unrest *= unrest;
        float weight = 1.0 / (0.02 + unrest * unrest);
        sum += weight * mean;
        total += weight;
    }
    color = vec4(sum / total, 1.0);
}
