#version 410 core
// The grain of the brush: noise that is carried by the camera, drawn out along the shapes and
// renewed a little each frame (image-based flow visualisation, van Wijk 2002), so its lines follow
// the scene. Mean 0.5.
#include "common.glsl"
#include "warp.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uPrevious, uTensor, uNoise;
uniform vec2 uTexel, uNoiseOffset, uNoiseScale;
uniform float uRenewal; // share of new noise, 0..1
uniform float uStep;    // along the shapes, in texels

void main() {
    vec4 shape = shapeOf(texture(uTensor, uv).xyz);
    vec2 at = uvAt(sourceOf(pointAt(uv), 0.5)), along = shape.xy * uTexel * uStep;
    float old = 0.4 * texture(uPrevious, at).r + 0.3 * texture(uPrevious, at + along).r +
                0.3 * texture(uPrevious, at - along).r;
    float fresh = texture(uNoise, uv * uNoiseScale + uNoiseOffset).r;
    color = vec4(mix(old, fresh, uRenewal), 0.0, 0.0, 1.0);
}
