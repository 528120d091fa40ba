#pragma once
// GL objects whose owner is in the type: no copy, a moved-from object is empty (name 0).
// Thread: main, context current, also when they are destroyed
#include <glad/gl.h>

#include <utility>

namespace titanus::render {

// While one lives, GL objects of this thread are forgotten instead of deleted: theirs was another
// context, and in this one their names may belong to others.
class ForgetGl {
  public:
    explicit ForgetGl(bool active) : before_(std::exchange(forgetting_, forgetting_ || active)) {}
    ~ForgetGl() { forgetting_ = before_; }
    ForgetGl(const ForgetGl&) = delete;
    ForgetGl& operator=(const ForgetGl&) = delete;
    static bool active() { return forgetting_; }

  private:
    static inline thread_local bool forgetting_ = false;
    bool before_;
};

template <class Kind> class GlObject {
  public:
    GlObject() = default;
    static GlObject make() {
        GlObject object;
        object.name_ = Kind::make();
        return object;
    }
    ~GlObject() { reset(); }
    GlObject(GlObject&& o) noexcept : name_(std::exchange(o.name_, 0)) {}
    GlObject& operator=(GlObject&& o) noexcept {
        if (this != &o) {
            reset();
            name_ = std::exchange(o.name_, 0);
        }
        return *this;
    }
    GLuint name() const { return name_; }
    explicit operator bool() const { return name_ != 0; }
    void reset() {
        if (name_ && !ForgetGl::active()) Kind::drop(name_);
        name_ = 0;
    }

  private:
    GLuint name_ = 0;
};

namespace kind {
struct Texture {
    static GLuint make() { GLuint n = 0; glGenTextures(1, &n); return n; }
    static void drop(GLuint n) { glDeleteTextures(1, &n); }
};
struct Framebuffer {
    static GLuint make() { GLuint n = 0; glGenFramebuffers(1, &n); return n; }
    static void drop(GLuint n) { glDeleteFramebuffers(1, &n); }
};
struct Renderbuffer {
    static GLuint make() { GLuint n = 0; glGenRenderbuffers(1, &n); return n; }
    static void drop(GLuint n) { glDeleteRenderbuffers(1, &n); }
};
struct Buffer {
    static GLuint make() { GLuint n = 0; glGenBuffers(1, &n); return n; }
    static void drop(GLuint n) { glDeleteBuffers(1, &n); }
};
struct VertexArray {
    static GLuint make() { GLuint n = 0; glGenVertexArrays(1, &n); return n; }
    static void drop(GLuint n) { glDeleteVertexArrays(1, &n); }
};
struct Query {
    static GLuint make() { GLuint n = 0; glGenQueries(1, &n); return n; }
    static void drop(GLuint n) { glDeleteQueries(1, &n); }
};
struct Program {
    static GLuint make() { return glCreateProgram(); }
    static void drop(GLuint n) { glDeleteProgram(n); }
};
} // namespace kind

using GlTexture = GlObject<kind::Texture>;
using GlFramebuffer = GlObject<kind::Framebuffer>;
using GlRenderbuffer = GlObject<kind::Renderbuffer>;
using GlBuffer = GlObject<kind::Buffer>;
using GlVertexArray = GlObject<kind::VertexArray>;
using GlQuery = GlObject<kind::Query>;
using GlProgram = GlObject<kind::Program>;

// A picture to draw into: one or two colour textures of the same size, depth if asked for.
class Target {
  public:
    struct Format {
        GLenum color = GL_RGBA8;
        GLenum second = 0; // 0: none
        bool depth = false, mipmaps = false;
        bool operator==(const Format&) const = default;
    };

    // Makes or remakes the storage if size or format differ; true if it did (content is black).
    bool ensure(int width, int height, const Format& format);
    // Binds the framebuffer and sets the viewport to all of it.
    void bind() const;
    GLuint texture() const { return color_.name(); }
    GLuint second() const { return second_.name(); }
    GLuint framebuffer() const { return framebuffer_.name(); }
    int width() const { return width_; }
    int height() const { return height_; }

  private:
    GlTexture color_, second_;
    GlRenderbuffer depth_;
    GlFramebuffer framebuffer_;
    Format format_;
    int width_ = 0, height_ = 0;
};

// Linear filtering, edges clamped; storage of one level, or all of them, undefined content.
GlTexture makeTexture(int width, int height, GLenum format, bool mipmaps = false);

} // namespace titanus::render
