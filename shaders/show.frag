#version 410 core
// A finished picture into a window.
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform vec2 uScale, uOffset; // uv of the viewport to uv of the picture

void main() { color = vec4(texture(uImage, uv * uScale + uOffset).rgb, 1.0); }
