#pragma once
// Brush marks and facets as particles: each is born in its own cell of a grid, is carried by the
// camera like the picture it depicts, and dies; so the painting moves with the scene instead of
// sliding behind a pane of glass. Pure arithmetic, no GL.
// Thread: main   Ownership: owns its marks   Units: the camera's (half picture height), seconds
#include "modulation/camera.h"

#include <cstdint>
#include <vector>

namespace titanus::render {

// As the vertex shader reads it.
struct MarkInstance {
    float x, y;     // centre
    float size;     // spacing of its layer times how far it has grown, 0..1
    float random;   // 0..1, constant over a life
};

class Marks {
  public:
    struct Layer {
        float spacing;      // between cells
        float lifeSeconds;  // mean
    };

    // Lays the marks out anew where layers, aspect or seed differ from before; order = order of
    // drawing: first layer first. Ages are spread, so no two beats of birth are seen.
    void layOut(const std::vector<Layer>& layers, float aspect, std::uint64_t seed);
    // Carries all marks by the motion and ages them. Marks that leave the picture are reborn.
    void advance(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, double dtSeconds);

    const std::vector<MarkInstance>& instances() const { return instances_; }

  private:
    struct Mark {
        float x, y, age, life;
        std::uint32_t births, layer, cell;
    };
    void bear(Mark& mark, std::uint32_t index);
    MarkInstance instanceOf(const Mark& mark, std::uint32_t index) const;

    struct Grid { int columns, rows; float spacing, life; };
    std::vector<Layer> layers_;
    std::vector<Grid> grids_;
    std::vector<Mark> marks_;
    std::vector<MarkInstance> instances_;
    float aspect_ = 0;
    std::uint64_t seed_ = 0;
};

} // namespace titanus::render
