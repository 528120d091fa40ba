#version 410 core
// A soft tent on the way down and up the levels of the bloom.
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform vec2 uStep;
uniform float uGain;

void main() {
    vec4 sum = 4.0 * texture(uImage, uv);
    sum += 2.0 * (texture(uImage, uv + vec2(uStep.x, 0.0)) + texture(uImage, uv - vec2(uStep.x, 0.0)) +
                  texture(uImage, uv + vec2(0.0, uStep.y)) + texture(uImage, uv - vec2(0.0, uStep.y)));
    sum += texture(uImage, uv + uStep) + texture(uImage, uv - uStep) +
           texture(uImage, uv + uStep * vec2(1.0, -1.0)) + texture(uImage, uv + uStep * vec2(-1.0, 1.0));
    color = sum * (uGain / 16.0);
}
