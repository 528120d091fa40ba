#pragma once
// The loops a step spends its time in, written for the processor: each does in one pass over memory
// what a chain of tensor operations does in several. Compiled once per instruction set (kernels.inc);
// kernels() picks the best the machine has.
// Thread: any   Ownership: none; plain pointers to float32 in the layouts named   Real-time safe: yes
// Measured: docs/PERFORMANCE.md; checked against torch in tests/guidance/kernels_torch_test.cpp
#include <cstdint>

namespace titanus::guidance {

using Mask = std::int8_t; // -1 where ReLU6 has slope 1, 0 where it has none

// out[m,n] = epilogue(a[m,k] * b). b lies in panels of 16 columns (the last may have 8), each k
// rows high: packedSize() floats, filled by packPanels(). n is a multiple of 8.
// Epilogue, in this order: + bias, ReLU6 (its slopes go to slopesOut), + add, and with slopesIn.
struct Product {
    const float* a = nullptr;
    const float* b = nullptr;
    float* out = nullptr;
    std::int64_t m = 0, k = 0, n = 0;
    const float* bias = nullptr;
    Mask* slopesOut = nullptr; // not null: ReLU6
    const float* add = nullptr;
    const Mask* slopesIn = nullptr;
};

// One depthwise convolution of [pictures, h, w, c] with weight [kernel*kernel, c], or its gradient
// towards the input (then `in` is the gradient of the output, h and w are sizes of the input
// gradient, and oh, ow those of `in`). Rows count through all pictures.
struct Depthwise {
    const float* in = nullptr;
    float* out = nullptr;
    const float* weight = nullptr;
    const float* bias = nullptr; // forward only
    Mask* slopesOut = nullptr;   // forward only
    const Mask* slopesIn = nullptr; // backward only; may be null
    std::int64_t h = 0, w = 0, c = 0, oh = 0, ow = 0; // h, w of the input, oh, ow of the output
    int kernel = 3, stride = 1, padBefore = 1;
};

// Square crop of a picture [h,w,4]: source of output pixel (i, j) in source pixels is
// (x0 + i*xi + j*xj, y0 + i*yi + j*yj) for the sub-sample 0; taps x taps of them are averaged,
// spaced by 1/taps of the steps. Beyond the picture its mirror image is read.
struct CropWindow {
    float x0 = 0, y0 = 0, xi = 0, yi = 0, xj = 0, yj = 0; // i along rows, j down
    int taps = 1;
    std::uint32_t seed = 0; // of the noise
};

// One stretch of a picture [h,w,4] along both axes; indices and weights of `taps` samples per output
// row or column.
struct Stretch {
    std::int64_t fromHeight = 0, fromWidth = 0, height = 0, width = 0;
    int taps = 4;
    const std::int32_t* rowIndex = nullptr; // [height][taps]
    const float* rowWeight = nullptr;
    const std::int32_t* columnIndex = nullptr;
    const float* columnWeight = nullptr;
};

struct AdamStep {
    float beta1, beta2, epsilon;
    float rate;       // learning rate over the bias correction of m
    float correct2; // 1 / bias correction of v
    // Share of the second moment that is the mean of all: 0 plain Adam, 1 one step size for all.
    float evenness = 0;
};

struct Kernels {
    const char* name;
    void (*product)(const Product&, std::int64_t firstRow, std::int64_t lastRow, std::int64_t firstPanel, std::int64_t lastPanel);
    void (*depthwise)(const Depthwise&, std::int64_t firstRow, std::int64_t lastRow);
    void (*depthwiseBack)(const Depthwise&, std::int64_t firstRow, std::int64_t lastRow);
    // out [size,size,3] plus noise of this spread. Backward adds into gradient [h,w,4].
    void (*crop)(const float* picture, std::int64_t h, std::int64_t w, const CropWindow&, std::int64_t size, float noise, float* out);
    void (*cropBack)(const float* gradOut, std::int64_t h, std::int64_t w, const CropWindow&, std::int64_t size, float* gradient);
    // out = stretched; scratch: [height, fromWidth, 4].
    void (*stretch)(const Stretch&, const float* in, float* scratch, float* out);
    void (*stretchBack)(const Stretch&, const float* gradOut, float* scratch, float* gradIn);
    // sum [pixels,4] += gain * level (three planes of `pixels`), and the way back.
    void (*addPlanes)(float* sum, const float* planes, std::int64_t pixels, float gain);
    void (*toPlanes)(const float* interleaved, float* planes, std::int64_t pixels, float gain);
    // picture = sigmoid(matrix * sum), alpha 1; matrix row by row. Backward: of the sum.
    void (*colours)(const float* sum, const float* matrix, float* picture, std::int64_t pixels);
    void (*coloursBack)(const float* picture, const float* gradPicture, const float* matrix, float* gradSum, std::int64_t pixels);
    // Mean absolute difference between neighbours, both axes added; gradient [h,w,4] is written.
    double (*variation)(const float* picture, std::int64_t h, std::int64_t w, float* gradient);
    void (*adam)(const AdamStep&, float* value, float* m, float* v, const float* gradient, std::int64_t n);
};

const Kernels& kernels(); // best for this processor
const Kernels& baseKernels(); // without extensions; for comparison

constexpr std::int64_t panelCount(std::int64_t n) { return (n + 15) / 16; }
// from: k rows of n columns, element (r, c) at from[r * rowStride + c * columnStride].
void packPanels(const float* from, std::int64_t k, std::int64_t n, std::int64_t rowStride, std::int64_t columnStride, float* packed);

} // namespace titanus::guidance
