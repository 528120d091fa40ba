// Shared by the passes. Colours are sRGB-encoded unless a name says linear.
const float kPi = 3.14159265358979;

float luma(vec3 c) { return dot(c, vec3(0.299, 0.587, 0.114)); }

// Integer hash (PCG, O'Neill 2014): the same on every GPU, unlike sin-based ones.
uint pcg(uint x) {
    uint state = x * 747796405u + 2891336453u;
    uint word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
    return (word >> 22u) ^ word;
}
float unit(uint x) { return float(x >> 8u) * (1.0 / 16777216.0); }

// Of a structure tensor (E, F, G): direction along the shapes (xy), how clear it is 0..1 (z), and
// the strength of the edge (w). The tangent is the minor eigenvector.
vec4 shapeOf(vec3 tensor) {
    float e = tensor.x, f = tensor.y, g = tensor.z;
    float root = sqrt((e - g) * (e - g) + 4.0 * f * f);
    float major = 0.5 * (e + g + root), minor = 0.5 * (e + g - root);
    vec2 tangent = vec2(major - e, -f);
    // For a tensor that is already diagonal the formula above gives 0/0.
    if (dot(tangent, tangent) < 1e-12) tangent = e > g ? vec2(0.0, 1.0) : vec2(1.0, 0.0);
    return vec4(normalize(tangent), root / (major + minor + 1e-5), sqrt(max(major, 0.0)));
}
