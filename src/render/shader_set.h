#pragma once
// All programs of the renderer, made from files that may change while the show runs. A change that
// does not compile leaves the program that worked in place.
// Includes: a line `#include "name.glsl"` is replaced by that file of the same folder, once each.
// Thread: main, context current   Owns: the programs
#include "core/result.h"
#include "render/gl.h"

#include <array>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace titanus::render {

// A linked program. Uniform names that the compiler removed are ignored: a pass may leave a
// common uniform unused.
class Program {
  public:
    void use() const { glUseProgram(program_.name()); }
    // All need the program in use.
    void set(const char* name, float x) const { glUniform1f(at(name), x); }
    void set(const char* name, float x, float y) const { glUniform2f(at(name), x, y); }
    void set(const char* name, float x, float y, float z) const { glUniform3f(at(name), x, y, z); }
    void set(const char* name, float x, float y, float z, float w) const {
        glUniform4f(at(name), x, y, z, w);
    }
    void set(const char* name, int x) const { glUniform1i(at(name), x); }
    void set(const char* name, int x, int y) const { glUniform2i(at(name), x, y); }
    void setMatrix3(const char* name, const float* columns) const {
        glUniformMatrix3fv(at(name), 1, GL_FALSE, columns);
    }
    void setUnsigned(const char* name, unsigned x) const { glUniform1ui(at(name), x); }
    // Binds the texture to the unit and the sampler to it.
    void texture(const char* name, int unit, GLuint texture) const;

    // Compiles the fragment file with the vertex file. Errors: FileUnreadable, ShaderInvalid.
    // `defines`: lines put behind #version of the fragment file.
    static core::Result<Program> build(const std::filesystem::path& folder,
                                       const std::string& vertex, const std::string& fragment,
                                       const std::string& defines = {});
    // Files it was made of, in the order in which they were read.
    const std::vector<std::filesystem::path>& files() const { return files_; }

  private:
    GLint at(const char* name) const;

    GlProgram program_;
    std::vector<std::filesystem::path> files_;
    mutable std::vector<std::pair<std::string, GLint>> locations_;
};

enum class Pass {
    Start, Sharpen, Blend, Reconstruct, Tensor, Blur, Oil, Lines, Flow, Bristle, Strokes, Crystal, Surface,
    Pixels, Trails, Bright, Widen, Finish, Dim, Show, FlashGrid, FlashState, FlashGate, FlashWeight, FlashHold, Count
};

// What the last pass has to do. Software GL runs both sides of every branch, so there each
// combination is a program of its own, built when first needed; a GPU gets one that does all.
enum FinishFeature : unsigned {
    kFinishFine = 1, kFinishInk = 2, kFinishSurface = 4, kFinishBloom = 8, kFinishAberration = 16,
    kFinishTone = 32, kFinishAll = 63
};

class ShaderSet {
  public:
    // Errors: FileUnreadable, ShaderInvalid with file:line. softwareGl: variants of the last pass.
    static core::Result<ShaderSet> load(const std::filesystem::path& folder, bool softwareGl);
    const Program& operator[](Pass pass) const {
        return entries_[static_cast<std::size_t>(pass)].program;
    }
    const Program& finish(unsigned features) const;
    const Program& oil(int tapsPerSector) const; // 3..8
    // The pass for a camera and its momentary effects.
    const Program& reconstruct(bool segments, bool ripple, bool flat, bool blocks) const;
    const Program& moving(Pass pass, bool flat) const; // a pass that includes warp.glsl
    // Rebuilds what changed on disk since it was last tried. True if a program was replaced.
    bool reload(const std::function<void(const core::Problem&)>& sink);

  private:
    struct Entry {
        Program program;
        std::vector<std::pair<std::filesystem::path, std::filesystem::file_time_type>> seen;
    };
    struct Variant { Pass pass; std::string defines; Program program; };
    const Program& variant(Pass pass, const std::string& defines) const;
    std::filesystem::path folder_;
    bool variants_ = false;
    mutable std::deque<Variant> built_; // of passes with defines; forgotten when a file changes
    std::array<Entry, static_cast<std::size_t>(Pass::Count)> entries_;
};

} // namespace titanus::render
