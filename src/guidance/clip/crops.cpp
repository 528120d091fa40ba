#include "guidance/clip/crops.h"

#include "guidance/clip/kernels.h"
#include "guidance/clip/pixels.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
namespace {

// Own draw, so that a seed gives the same crops with every standard library.
float uniform(std::mt19937_64& random) { return static_cast<float>(random() >> 40) * 0x1p-24f; }

} // namespace

std::vector<Crop> drawCrops(const CropLaw& law, float aspect, std::mt19937_64& random) {
    const float halfWidth = std::max(aspect, 1.f), halfHeight = std::max(1 / aspect, 1.f); // shorter side = 1
    const float unit = std::min(1.f, aspect); // shorter side in half heights
    const float smallest = std::min(law.smallest, law.largest);
    std::vector<Crop> crops(static_cast<std::size_t>(law.count));
    // One offset for the whole batch and a stride that visits positions out of step with sizes.
    const float start = uniform(random);
    for (std::size_t i = 0; i < crops.size(); ++i) {
        Crop& c = crops[i];
        const float share = std::fmod(start + (static_cast<float>(i) + uniform(random)) / static_cast<float>(crops.size()), 1.f);
        c.half = smallest + (law.largest - smallest) * share;
        const auto place = [&](float half) {
            // The side may reach over the edge by the overscan; a crop larger than that is centred.
            const float reach = std::max(half + 2 * law.overscan - c.half, 0.f);
            return reach * (2 * uniform(random) - 1);
        };
        c.x = place(halfWidth) * unit;
        c.y = place(halfHeight) * unit;
        c.half *= unit;
        c.angleRad = law.angleRad * (2 * uniform(random) - 1);
        c.flip = uniform(random) < law.flip;
    }
    return crops;
}

namespace {

// Rows of (x, y) in the camera's unit to pixels: x right, y up, the picture is 2 high.
CropWindow window(const Crop& c, float height, float width, std::int64_t size, std::uint32_t seed) {
    constexpr float kMostPerPixel = 1; // above it bilinear taps skip pixels, which then turn to grain
    const float scale = height / 2, n = static_cast<float>(size);
    CropWindow w;
    w.taps = 2 * c.half * scale > kMostPerPixel * n ? 2 : 1;
    const float cs = std::cos(c.angleRad) * c.half, sn = std::sin(c.angleRad) * c.half, mirror = c.flip ? -1.f : 1.f;
    // (u, v) in -1..1 of the crop, v down -> pixels; one output pixel is 2/n.
    const float xu = mirror * cs * scale, xv = -sn * scale, yu = mirror * sn * scale, yv = cs * scale;
    const float first = -1 + 1 / (n * static_cast<float>(w.taps));
    w.x0 = (c.x + width / height) * scale - 0.5f + first * (xu + xv);
    w.y0 = (1 - c.y) * scale - 0.5f + first * (yu + yv);
    w.xi = xu * 2 / n;
    w.xj = xv * 2 / n;
    w.yi = yu * 2 / n;
    w.yj = yv * 2 / n;
    w.seed = seed;
    return w;
}

// Everything the function's two directions share.
struct Look : torch::CustomClassHolder {
    std::vector<CropWindow> windows;
    std::int64_t size = 0;
    float noise = 0;
};

struct LookFunction : torch::autograd::Function<LookFunction> {
    static torch::autograd::variable_list forward(torch::autograd::AutogradContext* ctx, const at::Tensor& picture, const c10::intrusive_ptr<Look>& given) {
        const at::Tensor pixels = asPixels(picture);
        const std::int64_t h = pixels.size(2), w = pixels.size(3), n = static_cast<std::int64_t>(given->windows.size()), size = given->size;
        at::Tensor out = at::empty({n, 3, size, size}, at::TensorOptions().memory_format(at::MemoryFormat::ChannelsLast));
        at::parallel_for(0, n, 1, [&](std::int64_t a, std::int64_t b) {
            for (std::int64_t i = a; i < b; ++i)
                kernels().crop(pixels.data_ptr<float>(), h, w, given->windows[static_cast<std::size_t>(i)], size, given->noise,
                               out.data_ptr<float>() + i * size * size * 3);
        });
        at::Tensor slope = emptyPixels(h, w);
        const double variation = kernels().variation(pixels.data_ptr<float>(), h, w, slope.data_ptr<float>());
        ctx->save_for_backward({slope});
        ctx->saved_data["look"] = c10::IValue::make_capsule(given);
        return {out, at::scalar_tensor(variation, at::kFloat)};
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
        const auto held = ctx->saved_data["look"].toCapsule();
        const auto* look = static_cast<const Look*>(held.get());
        const at::Tensor slope = ctx->get_saved_variables()[0];
        const std::int64_t h = slope.size(2), w = slope.size(3), floats = h * w * 4, size = look->size;
        at::Tensor out = emptyPixels(h, w);
        float* g = out.data_ptr<float>();
        const float share = grads[1].defined() ? grads[1].item<float>() : 0.f;
        const float* s = slope.data_ptr<float>();
        for (std::int64_t i = 0; i < floats; ++i) g[i] = s[i] * share;
        if (!grads[0].defined()) return {out, at::Tensor()};
        const at::Tensor from = grads[0].contiguous(at::MemoryFormat::ChannelsLast);
        const auto n = static_cast<std::int64_t>(look->windows.size());
        const auto scatter = [&](std::int64_t a, std::int64_t b, float* to) {
            for (std::int64_t i = a; i < b; ++i)
                kernels().cropBack(from.data_ptr<float>() + i * size * size * 3, h, w, look->windows[static_cast<std::size_t>(i)], size, to);
        };
        const std::int64_t teams = std::min<std::int64_t>(at::get_num_threads(), n);
        if (teams <= 1) {
            scatter(0, n, g);
            return {out, at::Tensor()};
        }
        // Crops overlap: each thread adds to a sheet of its own.
        at::Tensor sheets = at::zeros({teams, floats});
        at::parallel_for(0, teams, 1, [&](std::int64_t a, std::int64_t b) {
            for (std::int64_t t = a; t < b; ++t) scatter(t * n / teams, (t + 1) * n / teams, sheets.data_ptr<float>() + t * floats);
        });
        const at::Tensor sum = sheets.sum(0);
        const float* add = sum.data_ptr<float>();
        for (std::int64_t i = 0; i < floats; ++i) g[i] += add[i];
        return {out, at::Tensor()};
    }
};

} // namespace

Views look(const at::Tensor& picture, const std::vector<Crop>& crops, std::int64_t size, float noise, std::uint32_t seed) {
    auto given = c10::make_intrusive<Look>();
    given->size = size;
    given->noise = noise;
    for (const Crop& c : crops)
        given->windows.push_back(window(c, static_cast<float>(picture.size(2)), static_cast<float>(picture.size(3)), size, seed++));
    auto out = LookFunction::apply(picture, given);
    return {out[0], out[1]};
}

at::Tensor cut(const at::Tensor& picture, const std::vector<Crop>& crops, std::int64_t size) { return look(picture, crops, size, 0, 0).crops; }

} // namespace titanus::guidance
