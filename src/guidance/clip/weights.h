#pragma once
// Tensors by name, taken out of a model file one by one with their shape checked, so that in the
// end nothing is missing and nothing was left unread. Thread: any   Ownership: value
#include "guidance/safetensors.h"

#include <ATen/ATen.h>

#include <map>
#include <string>

namespace titanus::guidance {

class Weights {
  public:
    // float32 copies, whatever the stored precision. Errors: ModelMissing, ModelBroken.
    static core::Result<Weights> read(const std::filesystem::path& safetensors);
    explicit Weights(std::map<std::string, at::Tensor> tensors, std::string source)
        : tensors_(std::move(tensors)), source_(std::move(source)) {}

    bool has(const std::string& key) const { return tensors_.count(key) != 0; }
    const at::Tensor& peek(const std::string& key) const;
    // Removes and returns. A missing key or another shape (-1: any) throws ModelError.
    at::Tensor take(const std::string& key, std::vector<std::int64_t> shape);
    void drop(const std::string& key) { tensors_.erase(key); }
    void rename(const std::string& from, const std::string& to);
    void put(const std::string& key, at::Tensor tensor) { tensors_[key] = std::move(tensor); }
    // Throws ModelError naming the first key that nobody took.
    void requireEmpty() const;
    const std::map<std::string, at::Tensor>& all() const { return tensors_; }
    const std::string& source() const { return source_; }

  private:
    std::map<std::string, at::Tensor> tensors_;
    std::string source_;
};

// Carries a Problem out of nested loading code; loadGuide catches it.
struct ModelError {
    core::Problem problem;
};

} // namespace titanus::guidance
