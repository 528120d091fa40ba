#pragma once
// Canvas to painting: the scene as the camera sees it, its structure, and one of six ways to
// paint along that structure. Thread: main   Owns: its textures   Time: FrameState only
#include "modulation/frame_state.h"
#include "render/canvas_blend.h"
#include "render/gl.h"
#include "render/governor.h"
#include "render/marks.h"
#include "render/shader_set.h"

namespace titanus::render {

enum class Painting { Smooth, Oil, Strokes, Ink, Crystal, Pixels }; // order of look.painting

// What the last pass needs; texture names borrowed until the next paint().
struct Painted {
    Painting kind{};
    GLuint paint = 0, scene = 0, tensor = 0;
    GLuint surface = 0;  // streaks, slope, lines (surface.frag); 0: none of them is wanted
    int width = 0, rows = 0; // of paint, pixels
    int canvasRows = 1;
};

class Painter {
  public:
    // softwareGl: 8-bit buffers, which llvmpipe reads several times faster than half floats.
    explicit Painter(bool softwareGl);

    // `motion` is the camera's since the frame before.
    Painted paint(const ShaderSet& shaders, const modulation::FrameState& state,
                  const CanvasBlend& canvas, const modulation::CameraMotion& motion, int height,
                  const PaintStep& step);
    int marksAlive() const { return marksDrawn_; }
    GLuint noise() const { return noise_.name(); }
    // Brush and marks as at the start of the show.
    void restart();

  private:
    struct Frame; // arguments of paint() and values derived once

    void reconstruct(const Frame& f, const Target& to, float block);
    void drawPixels(const Frame& f, int width, int height);
    void findScene(const Frame& f);
    void findStructure(const Frame& f);
    void drawBristle(const Frame& f);
    void oil(const Frame& f, float radius);
    void drawLines(const Frame& f);
    void drawMarks(const Frame& f, Pass pass);
    void drawSurface(const Frame& f);

    bool software_;
    Target scene_, tensor_, tensorAcross_, oil_, lines_, linesAlong_, marksTarget_, surface_, squares_, pixels_;
    std::array<Target, 2> bristle_;
    std::size_t bristleNow_ = 0;
    bool bristleStarted_ = false;
    GlTexture noise_, tips_;
    Marks marks_;
    GlVertexArray marksArray_;
    GlBuffer marksBuffer_;
    int marksDrawn_ = 0;
    float layoutBrush_ = -1;
    Painting kind_{};
};

} // namespace titanus::render
