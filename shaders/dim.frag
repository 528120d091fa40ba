#version 410 core
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform float uFactor, uAlpha;

void main() { color = vec4(texture(uImage, uv).rgb * uFactor, uAlpha); }
