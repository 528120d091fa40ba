#include "guidance/clip/lite_cpu.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

namespace titanus::guidance {
namespace {

using Index = std::int64_t;

Index outputSize(Index size, Index stride) { return (size + stride - 1) / stride; }
// Rows before the picture of TensorFlow's "same" padding.
Index padBefore(Index size, Index kernel, Index stride) {
    return std::max<Index>((outputSize(size, stride) - 1) * stride + kernel - size, 0) / 2;
}

// Rows of a product are spread where there are many, its panels where there are few.
void run(const Product& g) {
    const auto multiply = kernels().product;
    const Index panels = panelCount(g.n);
    constexpr Index kFewRows = 512, kRowGrain = 96;
    if (g.m < kFewRows) at::parallel_for(0, panels, 2, [&](Index a, Index b) { multiply(g, 0, g.m, a, b); });
    else at::parallel_for(0, g.m, kRowGrain, [&](Index a, Index b) { multiply(g, a, b, 0, panels); });
}

struct Pooled : torch::autograd::Function<Pooled> {
    static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& images, Index address) {
        const auto& tower = *reinterpret_cast<const LiteCpu*>(address);
        const LiteCpu::Plan& plan = tower.planFor(images.size(0), images.size(2));
        const at::Tensor in = images.contiguous(at::MemoryFormat::ChannelsLast);
        const at::Tensor slopes = tower.freeSlopes(plan);
        at::Tensor out = at::empty({images.size(0), tower.width()});
        tower.forward(plan, in.data_ptr<float>(), slopes.data_ptr<Mask>(), out.data_ptr<float>());
        ctx->save_for_backward({slopes});
        ctx->saved_data["tower"] = address;
        ctx->saved_data["pictures"] = images.size(0);
        ctx->saved_data["size"] = images.size(2);
        return out;
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
        const auto& tower = *reinterpret_cast<const LiteCpu*>(ctx->saved_data["tower"].toInt());
        const Index n = ctx->saved_data["pictures"].toInt(), size = ctx->saved_data["size"].toInt();
        const at::Tensor slopes = ctx->get_saved_variables()[0];
        const at::Tensor g = grads[0].contiguous();
        at::Tensor out = at::empty({n, 3, size, size}, at::TensorOptions().memory_format(at::MemoryFormat::ChannelsLast));
        tower.backward(tower.planFor(n, size), g.data_ptr<float>(), slopes.data_ptr<Mask>(), out.data_ptr<float>());
        return {out, at::Tensor()};
    }
};

} // namespace

struct LiteCpu::Plan {
    struct Place {
        Index size = 0, outSize = 0;             // sides of the unit's input and output
        std::size_t expandSlopes = 0, slopes = 0; // of expand and depthwise, whole batch
    };
    Index pictures = 0, size = 0, stemSize = 0;
    std::vector<Place> places;
    std::size_t stemSlopes = 0, headSlopes = 0, slopeBytes = 0;
    std::size_t early = 0;                 // units that run picture by picture
    std::size_t wide = 0, narrow = 0;      // floats a picture in the early units
    std::size_t lateWide = 0, lateNarrow = 0; // and for the batch in the others
};

LiteCpu::~LiteCpu() = default;

LiteCpu::Packed LiteCpu::packed(const Layer& layer) {
    Packed p;
    const at::Tensor w = layer.weight.contiguous();
    p.out = w.size(0);
    p.in = w.size(1);
    p.kernel = layer.kernel;
    p.stride = layer.stride;
    const at::Tensor bias = layer.bias.contiguous();
    p.bias.assign(bias.data_ptr<float>(), bias.data_ptr<float>() + p.out);
    if (p.in == 1 && p.kernel > 1) { // depthwise
        const at::Tensor taps = w.view({p.out, p.kernel * p.kernel}).t().contiguous();
        p.ahead.assign(taps.data_ptr<float>(), taps.data_ptr<float>() + taps.numel());
        return p;
    }
    // Columns of a picture patch: row, column, channel. The way back is padded to whole vectors.
    const at::Tensor flat = w.permute({0, 2, 3, 1}).reshape({p.out, -1}).contiguous();
    const Index k = flat.size(1), padded = (k + 7) / 8 * 8;
    const at::Tensor wide = at::constant_pad_nd(flat, {0, padded - k}).contiguous();
    p.ahead.resize(static_cast<std::size_t>(k * p.out));
    packPanels(flat.data_ptr<float>(), k, p.out, 1, k, p.ahead.data());
    p.back.resize(static_cast<std::size_t>(p.out * padded));
    packPanels(wide.data_ptr<float>(), p.out, padded, padded, 1, p.back.data());
    return p;
}

bool LiteCpu::fits(const Layer& stem, const std::vector<Block>& blocks, const Layer& head) {
    const auto whole = [](Index n) { return n % 8 == 0; };
    bool ok = whole(stem.weight.size(0)) && whole(head.weight.size(0)) && head.kernel == 1 && !blocks.empty();
    for (const Block& b : blocks)
        ok = ok && whole(b.depthwise.weight.size(0)) && whole(b.project.weight.size(0)) && b.depthwise.kernel <= 7 && (b.expands || !b.residual);
    return ok && !blocks.front().expands;
}

LiteCpu::LiteCpu(const Layer& stem, const std::vector<Block>& blocks, const Layer& head, Three scale, Three shift)
    : stem_(packed(stem)), head_(packed(head)), scale_(scale), shift_(shift) {
    for (const Block& b : blocks) {
        Unit u;
        u.expands = b.expands;
        u.residual = b.residual;
        if (b.expands) u.expand = packed(b.expand);
        u.depthwise = packed(b.depthwise);
        u.project = packed(b.project);
        units_.push_back(std::move(u));
    }
}

const LiteCpu::Plan& LiteCpu::planFor(Index pictures, Index size) const {
    for (const auto& p : plans_)
        if (p->pictures == pictures && p->size == size) return *p;
    auto made = std::make_unique<Plan>();
    Plan& p = *made;
    p.pictures = pictures;
    p.size = size;
    p.stemSize = outputSize(size, stem_.stride);
    const auto take = [&](Index side, Index channels) {
        const std::size_t at = p.slopeBytes;
        p.slopeBytes += static_cast<std::size_t>(pictures * side * side * channels);
        return at;
    };
    p.stemSlopes = take(p.stemSize, stem_.out);
    Index side = p.stemSize;
    // Below this many activations a picture, the weights outweigh them.
    constexpr Index kLate = 64 * 1024;
    bool early = true;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const Unit& u = units_[i];
        const Index channels = u.depthwise.out, out = outputSize(side, u.depthwise.stride);
        Plan::Place place{side, out, 0, 0};
        if (u.expands) place.expandSlopes = take(side, channels);
        place.slopes = take(out, channels);
        early = early && (i == 0 || side * side * channels > kLate);
        if (early) p.early = i + 1;
        const auto wide = static_cast<std::size_t>(side * side * channels);
        const auto narrow = static_cast<std::size_t>(std::max(out * out * u.project.out, i == 0 ? 0 : side * side * units_[i - 1].project.out));
        if (early) {
            p.wide = std::max(p.wide, wide);
            p.narrow = std::max(p.narrow, narrow);
        } else {
            p.lateWide = std::max(p.lateWide, wide * static_cast<std::size_t>(pictures));
            p.lateNarrow = std::max(p.lateNarrow, narrow * static_cast<std::size_t>(pictures));
        }
        p.places.push_back(place);
        side = out;
    }
    p.headSlopes = take(side, head_.out);
    p.lateWide = std::max(p.lateWide, static_cast<std::size_t>(pictures * side * side * head_.out));
    p.lateNarrow = std::max(p.lateNarrow, static_cast<std::size_t>(pictures * side * side * head_.in));
    plans_.push_back(std::move(made));
    return *plans_.back();
}

at::Tensor LiteCpu::freeSlopes(const Plan& plan) const {
    for (const at::Tensor& t : slopes_)
        if (t.use_count() == 1 && t.numel() == static_cast<Index>(plan.slopeBytes)) return t;
    // Buffers of batch shapes that are no longer used go away.
    std::erase_if(slopes_, [](const at::Tensor& t) { return t.use_count() == 1; });
    slopes_.push_back(at::empty({static_cast<Index>(plan.slopeBytes)}, at::kChar));
    return slopes_.back();
}

namespace {

void grow(std::vector<float>& v, std::size_t n) {
    if (v.size() < n) v.resize(n);
}

} // namespace

LiteCpu::Scratch& LiteCpu::scratchOfThread(const Plan& plan) const {
    Scratch& s = ofThreads_[static_cast<std::size_t>(at::get_thread_num())];
    for (auto& v : s.wide) grow(v, plan.wide);
    for (auto& v : s.narrow) grow(v, plan.narrow);
    grow(s.columns, static_cast<std::size_t>(plan.stemSize * plan.stemSize * std::max<Index>(stem_.out, stem_.in * stem_.kernel * stem_.kernel + 7)));
    return s;
}

void LiteCpu::stemForward(const Plan& plan, const float* image, float* out, Scratch& s, Mask* slopes) const {
    const Index k = stem_.kernel, pad = padBefore(plan.size, k, stem_.stride);
    float* to = s.columns.data();
    for (Index y = 0; y < plan.stemSize; ++y)
        for (Index x = 0; x < plan.stemSize; ++x)
            for (Index ky = 0; ky < k; ++ky)
                for (Index kx = 0; kx < k; ++kx, to += 3) {
                    const Index iy = y * stem_.stride + ky - pad, ix = x * stem_.stride + kx - pad;
                    const bool inside = iy >= 0 && iy < plan.size && ix >= 0 && ix < plan.size;
                    const float* p = image + (inside ? (iy * plan.size + ix) * 3 : 0);
                    for (std::size_t c = 0; c < 3; ++c) to[c] = inside ? p[c] * scale_[c] + shift_[c] : 0.f;
                }
    run({s.columns.data(), stem_.ahead.data(), out, plan.stemSize * plan.stemSize, k * k * 3, stem_.out, stem_.bias.data(), slopes});
}

void LiteCpu::stemBackward(const Plan& plan, const float* gradOut, Scratch& s, float* gradImage) const {
    const Index k = stem_.kernel, pad = padBefore(plan.size, k, stem_.stride), columns = (k * k * 3 + 7) / 8 * 8;
    run({gradOut, stem_.back.data(), s.columns.data(), plan.stemSize * plan.stemSize, stem_.out, columns});
    std::fill_n(gradImage, plan.size * plan.size * 3, 0.f);
    for (Index y = 0; y < plan.stemSize; ++y)
        for (Index x = 0; x < plan.stemSize; ++x) {
            const float* from = s.columns.data() + (y * plan.stemSize + x) * columns;
            for (Index ky = 0; ky < k; ++ky)
                for (Index kx = 0; kx < k; ++kx, from += 3) {
                    const Index iy = y * stem_.stride + ky - pad, ix = x * stem_.stride + kx - pad;
                    if (iy < 0 || iy >= plan.size || ix < 0 || ix >= plan.size) continue;
                    for (std::size_t c = 0; c < 3; ++c) gradImage[(iy * plan.size + ix) * 3 + static_cast<Index>(c)] += from[c] * scale_[c];
                }
        }
}

void LiteCpu::unitForward(const Plan& plan, std::size_t i, Index first, Index count, const float* in, float* out, Scratch& s, Mask* slopes) const {
    const Unit& u = units_[i];
    const Plan::Place& p = plan.places[i];
    const Index channels = u.depthwise.out;
    float* wide = s.wide[0].data();
    float* deep = s.wide[1].data();
    const float* x = in;
    if (u.expands) {
        run({in, u.expand.ahead.data(), wide, count * p.size * p.size, u.expand.in, channels, u.expand.bias.data(),
             slopes + p.expandSlopes + first * p.size * p.size * channels});
        x = wide;
    }
    const Depthwise d{x, deep, u.depthwise.ahead.data(), u.depthwise.bias.data(), slopes + p.slopes + first * p.outSize * p.outSize * channels,
                      nullptr, p.size, p.size, channels, p.outSize, p.outSize, static_cast<int>(u.depthwise.kernel), static_cast<int>(u.depthwise.stride),
                      static_cast<int>(padBefore(p.size, u.depthwise.kernel, u.depthwise.stride))};
    at::parallel_for(0, count * p.outSize, 8, [&](Index a, Index b) { kernels().depthwise(d, a, b); });
    run({deep, u.project.ahead.data(), out, count * p.outSize * p.outSize, channels, u.project.out, u.project.bias.data(), nullptr,
         u.residual ? in : nullptr});
}

void LiteCpu::unitBackward(const Plan& plan, std::size_t i, Index first, Index count, const float* gradOut, float* gradIn, Scratch& s,
                           const Mask* slopes) const {
    const Unit& u = units_[i];
    const Plan::Place& p = plan.places[i];
    const Index channels = u.depthwise.out;
    float* deep = s.wide[1].data();
    float* wide = s.wide[0].data();
    run({gradOut, u.project.back.data(), deep, count * p.outSize * p.outSize, u.project.out, channels, nullptr, nullptr, nullptr,
         slopes + p.slopes + first * p.outSize * p.outSize * channels});
    // Without an expansion the input is the block's own: for the first that is the stem, behind its ReLU6.
    const Mask* before = u.expands ? slopes + p.expandSlopes + first * p.size * p.size * channels
                         : i == 0  ? slopes + plan.stemSlopes + first * p.size * p.size * channels
                                   : nullptr;
    const Depthwise d{deep, u.expands ? wide : gradIn, u.depthwise.ahead.data(), nullptr, nullptr, before, p.size, p.size, channels, p.outSize,
                      p.outSize, static_cast<int>(u.depthwise.kernel), static_cast<int>(u.depthwise.stride),
                      static_cast<int>(padBefore(p.size, u.depthwise.kernel, u.depthwise.stride))};
    at::parallel_for(0, count * p.size, 8, [&](Index a, Index b) { kernels().depthwiseBack(d, a, b); });
    if (u.expands)
        run({wide, u.expand.back.data(), gradIn, count * p.size * p.size, channels, u.expand.in, nullptr, nullptr, u.residual ? gradOut : nullptr});
}

void LiteCpu::forward(const Plan& plan, const float* images, Mask* slopes, float* pooled) const {
    ofThreads_.resize(static_cast<std::size_t>(std::max(at::get_num_threads(), 1)));
    const Unit& last = units_[plan.early - 1];
    const Index borderSide = plan.places[plan.early - 1].outSize, borderFloats = borderSide * borderSide * last.project.out;
    grow(border_, static_cast<std::size_t>(plan.pictures * borderFloats));
    at::parallel_for(0, plan.pictures, 1, [&](Index a, Index b) {
        Scratch& s = scratchOfThread(plan);
        for (Index n = a; n < b; ++n) {
            const float* x = s.wide[0].data(); // the first unit has no expansion and leaves it alone
            stemForward(plan, images + n * plan.size * plan.size * 3, s.wide[0].data(), s, slopes + plan.stemSlopes + n * plan.stemSize * plan.stemSize * stem_.out);
            for (std::size_t u = 0; u < plan.early; ++u) {
                float* out = u + 1 == plan.early ? border_.data() + n * borderFloats : s.narrow[u % 2].data();
                unitForward(plan, u, n, 1, x, out, s, slopes);
                x = out;
            }
        }
    });
    for (auto& v : ofBatch_.wide) grow(v, plan.lateWide);
    for (auto& v : ofBatch_.narrow) grow(v, plan.lateNarrow);
    const float* x = border_.data();
    for (std::size_t u = plan.early; u < units_.size(); ++u) {
        float* out = ofBatch_.narrow[u % 2].data();
        unitForward(plan, u, 0, plan.pictures, x, out, ofBatch_, slopes);
        x = out;
    }
    const Index area = plan.places.back().outSize * plan.places.back().outSize;
    float* head = ofBatch_.wide[0].data();
    run({x, head_.ahead.data(), head, plan.pictures * area, head_.in, head_.out, head_.bias.data(), slopes + plan.headSlopes});
    for (Index n = 0; n < plan.pictures; ++n) {
        float* to = pooled + n * head_.out;
        std::fill_n(to, head_.out, 0.f);
        for (Index p = 0; p < area; ++p)
            for (Index c = 0; c < head_.out; ++c) to[c] += head[(n * area + p) * head_.out + c] / static_cast<float>(area);
    }
}

void LiteCpu::backward(const Plan& plan, const float* gradPooled, const Mask* slopes, float* gradImages) const {
    const Index area = plan.places.back().outSize * plan.places.back().outSize;
    float* head = ofBatch_.wide[0].data();
    const Mask* kept = slopes + plan.headSlopes;
    for (Index n = 0; n < plan.pictures; ++n)
        for (Index p = 0; p < area; ++p)
            for (Index c = 0; c < head_.out; ++c) {
                const Index at = (n * area + p) * head_.out + c;
                head[at] = kept[at] != 0 ? gradPooled[n * head_.out + c] / static_cast<float>(area) : 0.f;
            }
    float* g = ofBatch_.narrow[units_.size() % 2].data();
    if (plan.early == units_.size()) g = border_.data();
    run({head, head_.back.data(), g, plan.pictures * area, head_.out, head_.in});
    for (std::size_t u = units_.size(); u-- > plan.early;) {
        float* gIn = u == plan.early ? border_.data() : ofBatch_.narrow[u % 2].data();
        unitBackward(plan, u, 0, plan.pictures, g, gIn, ofBatch_, slopes);
        g = gIn;
    }
    const Index borderSide = plan.places[plan.early - 1].outSize, borderFloats = borderSide * borderSide * units_[plan.early - 1].project.out;
    at::parallel_for(0, plan.pictures, 1, [&](Index a, Index b) {
        Scratch& s = scratchOfThread(plan);
        for (Index n = a; n < b; ++n) {
            const float* x = border_.data() + n * borderFloats;
            for (std::size_t u = plan.early; u-- > 0;) {
                float* gIn = u == 0 ? s.wide[0].data() : s.narrow[u % 2].data();
                unitBackward(plan, u, n, 1, x, gIn, s, slopes);
                x = gIn;
            }
            stemBackward(plan, x, s, gradImages + n * plan.size * plan.size * 3);
        }
    });
}

at::Tensor LiteCpu::pooled(const at::Tensor& images) const { return Pooled::apply(images, reinterpret_cast<Index>(this)); }

} // namespace titanus::guidance
