#include "guidance/clip/crops.h"

#include "guidance/clip/kernels.h"
#include "guidance/clip/pixels.h"
#include "guidance/clip/random.h"

#include "core/units.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
namespace {

// The value below which this share of a normal distribution lies, by halving: few calls, no table.
double normalAt(double share) {
    double low = -8, high = 8;
    for (int i = 0; i < 40; ++i) {
        const double middle = (low + high) / 2;
        (0.5 * std::erfc(-middle / std::sqrt(2.0)) < share ? low : high) = middle;
    }
    return (low + high) / 2;
}

float sideAt(float share, const CropLaw& law, float smallest) {
    if (law.power <= 0) return smallest + (law.largest - smallest) * share;
    constexpr double kMean = 0.8, kSpread = 0.3; // PyTTI's
    const double drawn = std::clamp(kMean + kSpread * normalAt(share), static_cast<double>(smallest), std::max<double>(smallest, std::min(law.largest, 1.f)));
    return static_cast<float>(std::pow(drawn, law.power));
}

// The picture with its margin. Padding that repeats the picture cannot be wider than the picture.
at::Tensor continued(const at::Tensor& picture, const Margin& margin) {
    if (margin.pixels == 0) return picture;
    const std::int64_t p = margin.pixels;
    const char* mode = margin.border == CropBorder::Wrap ? "circular" : margin.border == CropBorder::Smear ? "replicate" : "constant";
    return at::pad(picture, {p, p, p, p}, mode);
}

} // namespace

Margin marginOf(const CropLaw& law, std::int64_t height, std::int64_t width) {
    if (law.border == CropBorder::Mirror || law.border == CropBorder::Inside) return {law.border, 0};
    const double half = static_cast<double>(std::min(height, width)) / 2, angle = std::min(static_cast<double>(law.angleRad), core::kPi / 4);
    const double corner = law.largest * (std::cos(angle) + std::sin(angle) - 1); // what a turn adds
    const double reach = std::max(2.0 * law.overscan, law.largest - 1.0) + corner;
    return {law.border, static_cast<int>(std::min(std::ceil(reach * half) + 2, 2 * half))};
}

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
        c.half = sideAt(share, law, smallest);
        const auto place = [&](float half) {
            // The side may reach over the edge by the overscan; a crop larger than that is centred.
            const float reach = std::max(half + 2 * law.overscan - c.half, 0.f);
            const float there = reach * (2 * uniform(random) - 1);
            if (law.border != CropBorder::Inside) return there;
            const float most = std::max(half - c.half, 0.f);
            return std::clamp(there, -most, most);
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

Views look(const at::Tensor& picture, const std::vector<Crop>& crops, std::int64_t size, float noise, std::uint32_t seed, const Margin& margin) {
    auto given = c10::make_intrusive<Look>();
    given->size = size;
    given->noise = noise;
    for (const Crop& c : crops) {
        given->windows.push_back(window(c, static_cast<float>(picture.size(2)), static_cast<float>(picture.size(3)), size, seed++));
        given->windows.back().x0 += static_cast<float>(margin.pixels);
        given->windows.back().y0 += static_cast<float>(margin.pixels);
    }
    auto out = LookFunction::apply(continued(picture, margin), given);
    // What was added around the picture is no part of its variation.
    return {out[0], margin.pixels == 0 ? out[1] : variationByTorch(picture)};
}

at::Tensor cut(const at::Tensor& picture, const std::vector<Crop>& crops, std::int64_t size, const Margin& margin) {
    if (picture.is_cpu()) return look(picture, crops, size, 0, 0, margin).crops;
    Device there;
    there.where = picture.device();
    TorchLook torch(size, there);
    torch.aim(crops, picture.size(2), picture.size(3), 0, 0, margin);
    return torch.crops(picture);
}

TorchLook::TorchLook(std::int64_t size, const Device& device) : size_(size), device_(device) {
    const at::Tensor n = at::arange(2 * size, at::kLong);
    step_ = at::floor_divide(n, 2).to(at::kFloat).to(device.where);
    fine_ = n.remainder(2).to(at::kFloat).to(device.where);
    // The kernels count through pixels, then channels.
    const at::Tensor pixels = at::arange(size * size, at::kLong).view({1, size, size}) * 3;
    counters_ = (pixels + at::arange(3, at::kLong).view({3, 1, 1})).to(device.where);
}

void TorchLook::aim(const std::vector<Crop>& crops, std::int64_t height, std::int64_t width, float noise, std::uint32_t seed, const Margin& margin) {
    margin_ = margin;
    const auto shift = static_cast<float>(margin.pixels);
    std::vector<float> rows;
    std::vector<std::int64_t> seeds;
    for (const Crop& c : crops) {
        const CropWindow w = window(c, static_cast<float>(height), static_cast<float>(width), size_, seed++);
        rows.insert(rows.end(), {w.x0 + shift, w.xi, w.xj, w.y0 + shift, w.yi, w.yj, w.taps > 1 ? 0.5f : 0.f, noise});
        seeds.push_back(w.seed);
    }
    upload(windows_, at::tensor(rows).view({-1, 8}), device_);
    upload(seeds_, at::tensor(seeds, at::kLong), device_);
}

at::Tensor TorchLook::noise() const {
    // Hash of kernels.inc. Constants above 2^31 stand as what they are modulo 2^32, so that no product
    // leaves 63 bits.
    constexpr std::int64_t kWord = 0xffffffff, kGolden = 0x9E3779B9LL - 0x100000000LL, kFirst = 0x7feb352d, kSecond = 0x846ca68bLL - 0x100000000LL;
    const auto word = [&](const at::Tensor& t) { return t.bitwise_and(kWord); };
    const auto mixed = [](const at::Tensor& t, int shift) { return t.bitwise_xor(at::bitwise_right_shift(t, shift)); };
    at::Tensor x = word(counters_.unsqueeze(0) * kGolden + seeds_.view({-1, 1, 1, 1}));
    x = word(mixed(x, 16) * kFirst);
    x = word(mixed(x, 15) * kSecond);
    x = mixed(x, 16);
    const auto byte = [&](int k) { return at::bitwise_right_shift(x, 8 * k).bitwise_and(255); };
    constexpr double kMean = 510, kSpread = 147.8;
    return ((byte(0) + byte(1) + byte(2) + byte(3)).to(at::kFloat) - kMean) / kSpread;
}

at::Tensor TorchLook::crops(const at::Tensor& plain) const {
    const at::Tensor picture = continued(plain, margin_);
    // Every crop is sampled twice as finely and averaged 2x2; where one tap is enough the four samples
    // fall together. So all crops are one call of one shape.
    const auto number = [&](std::int64_t k) { return windows_.select(1, k).view({-1, 1, 1}); };
    const at::Tensor along = step_ + fine_ * windows_.slice(1, 6, 7); // [N,2S]
    const at::Tensor i = along.unsqueeze(1), j = along.unsqueeze(2);
    const at::Tensor x = number(0) + i * number(1) + j * number(2), y = number(3) + i * number(4) + j * number(5);
    const auto unit = [](const at::Tensor& pixels, std::int64_t length) { return (pixels + 0.5) * (2.0 / static_cast<double>(length)) - 1; };
    const at::Tensor grid = at::stack({unit(x, picture.size(3)), unit(y, picture.size(2))}, -1);
    constexpr std::int64_t kBilinear = 0, kReflection = 2;
    const at::Tensor fine = at::grid_sampler_2d(picture.expand({grid.size(0), -1, -1, -1}), grid, kBilinear, kReflection, false);
    return at::avg_pool2d(fine, {2, 2}) + noise() * windows_.slice(1, 7, 8).view({-1, 1, 1, 1});
}

at::Tensor variationByTorch(const at::Tensor& p) {
    return (p.slice(3, 1) - p.slice(3, 0, -1)).abs().mean() + (p.slice(2, 1) - p.slice(2, 0, -1)).abs().mean();
}

} // namespace titanus::guidance
