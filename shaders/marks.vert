#version 410 core
// Places a brush mark or a facet: reads the scene where it stands, for colour, direction and size.
#include "common.glsl"
#include "warp.glsl"
layout(location = 0) in vec4 mark;  // centre x, y; size; random 0..1
uniform sampler2D uImage, uTensor;
uniform vec3 uForwardX, uForwardY;  // bump, tilt, shake of the display
uniform float uLength, uWidth;      // half sides in sizes, for a mark without direction
uniform float uStretch;             // how much a clear direction lengthens it
uniform float uFineSpacing;         // marks smaller than this appear only on edges
uniform vec2 uFineEdge;             // from no to full size, in strength of edge
uniform float uSmallest;             // below this a mark is a speck: not drawn
uniform float uLod;                 // scene level per doubling of size
out vec2 local;                     // -1..1 along and across
flat out vec3 paint;
flat out float random;
flat out vec2 axis;                 // direction of local x on the screen

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    vec2 centre = vec2(dot(uForwardX, vec3(mark.xy, 1.0)), dot(uForwardY, vec3(mark.xy, 1.0)));
    vec2 at = clamp(uvAt(centre), vec2(0.002), vec2(0.998));
    vec4 shape = shapeOf(textureLod(uTensor, at, 0.0).xyz);
    float clear = shape.z * smoothstep(0.003, 0.02, shape.w);
    float size = mark.z;
    if (size < uFineSpacing) size *= smoothstep(uFineEdge.x, uFineEdge.y, shape.w);
    if (size < uSmallest) size = 0.0;
    random = mark.w;
    float other = unit(pcg(uint(mark.w * 16777216.0)));
    // Undecided places are painted in loose arcs, clear ones along the shape.
    float turn = (other - 0.5) * mix(1.6, 0.35, clear);
    vec2 along = mat2(cos(turn), sin(turn), -sin(turn), cos(turn)) * shape.xy;
    vec2 across = vec2(-along.y, along.x);
    float longer = uLength * (1.0 + uStretch * clear) * (0.75 + 0.5 * other);
    vec2 p = centre + size * (corner.x * longer * along + corner.y * uWidth * across);
    // The mean of what the mark covers, not of one pixel.
    paint = textureLod(uImage, at, max(0.0, log2(max(size * uLod, 1.0)))).rgb;
    float tone = 1.0 + 0.16 * (random - 0.5);
    paint = clamp(mix(vec3(luma(paint)), paint, 1.0 + 0.3 * (other - 0.4)) * tone, 0.0, 1.0);
    local = corner;
    axis = along;
    gl_Position = vec4(uvAt(p) * 2.0 - 1.0, 0.0, 1.0);
    if (size <= 0.0) gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
}
