#pragma once
// The bank of scenes: 8x8 pads, each a preset with the canvas it was left with. Pads are numbered
// by rows from the top left, 0..63.
// On disk, in stateDir()/scenes: scene-N.toml (a preset with a table [scene]: pad, revision,
// colour, canvas) and the canvas as scene-N-R.png beside it. Every file is written
// whole and renamed; the picture first, then the TOML that names it, then the old picture goes. So
// whenever the program is killed, each scene is the old or the new one, never half of one. A swap
// is two writes; if only the first came through, reading finishes it.
// Reading and writing happen on an io thread: pads appear as they are read, main never waits.
// Thread: main (owns one io thread, joined by the destructor after the last write)
// Ownership: scenes and canvases in memory: 64 x the canvas size
#include "controls/pads.h"
#include "controls/preset.h"
#include "controls/recall_queue.h"
#include "core/image.h"

#include <memory>
#include <string>
#include <vector>

namespace titanus::controls {

inline constexpr int kThumbnailWidth = 128; // px; the height follows the canvas's shape

struct Scene {
    Preset preset;                              // name and show
    std::uint32_t colour = 0x808080;            // 0xRRGGBB
    std::shared_ptr<const core::Image> canvas;  // null: stored without one
    std::shared_ptr<const core::Image> thumbnail;
    std::uint64_t revision = 0;                 // counts up with every change: upload thumbnails then
};

// What the app has to do for a recall.
struct SceneRecall {
    int pad = 0;
    params::Show show;                          // morph to this
    double seconds = 0;                         // in this time; 0 at once
    std::shared_ptr<const core::Image> canvas;  // start the painting from it; null: leave it
};

class SceneBank {
  public:
    // Begins to read `folder`; a folder that is missing is an empty bank and made when needed.
    // An empty path keeps everything in memory (safe mode).
    explicit SceneBank(std::filesystem::path folder);
    static std::filesystem::path standardFolder(); // stateDir()/scenes
    ~SceneBank();
    SceneBank(const SceneBank&) = delete;
    SceneBank& operator=(const SceneBank&) = delete;

    // Call each frame: takes what the io thread read, problems appended.
    // Problems: FileUnreadable, FileSyntax, PictureUnreadable, OutputWriteFailed.
    void poll(std::vector<core::Problem>& problems);
    bool loading() const;   // not everything is read yet
    void finishLoading(std::vector<core::Problem>& problems); // waits: offline, tests
    void flush();           // waits until everything is on disk: at the end of the show
    std::size_t unwritten() const; // scenes that are not on disk yet
    // There was no folder when this began: fill the bank then (store() each preset without canvas).
    bool firstUse() const;

    const Scene* at(int pad) const; // null: empty or out of range; valid until the next call that changes
    int find(std::string_view name) const; // -1: none; any case
    int firstEmpty() const;                // -1: full

    // Takes the pad over. Colour 0: from the canvas, else from the name. Keeps the tags and
    // energy of the scene that was there.
    void store(int pad, Preset preset, std::shared_ptr<const core::Image> canvas, std::uint32_t colour = 0);
    // The scene is being left: what it looked like, for coming back (scene.warm).
    void keepCanvas(int pad, std::shared_ptr<const core::Image> canvas);
    void clear(int pad);
    bool restoreCleared(); // the scene cleared last comes back to its pad; false if that is taken
    int cleared() const { return cleared_ ? clearedPad_ : -1; } // its pad; -1: there is none
    void rename(int pad, std::string name);
    void setTags(int pad, std::vector<std::string> tags, float energy);
    void move(int from, int to); // swaps when both are taken

    // What to do to recall the pad; null when it is empty. `warm`: scene.warm.
    std::optional<SceneRecall> recall(int pad, double seconds, bool warm) const;
    // The pad whose scene plays from now on; -1: none (a preset was recalled instead).
    void setActive(int pad);
    int active() const { return active_; }
    // States for screen and lights. `blending`: a morph runs; `pending`: pad that waits for its
    // line, or -1; `pair`: pads that a hand blends between. Cheap while nothing changed.
    const PadStates& states(const params::Store& store, bool blending, int pending = -1, PadPair pair = {});

  private:
    struct Io;
    void change(int pad);

    std::array<std::unique_ptr<Scene>, kScenePads> pads_;
    std::array<int, kScenePads> ids_{}; // number of the scene's file; 0: none
    std::unique_ptr<Io> io_;
    std::unique_ptr<Scene> cleared_;
    int clearedPad_ = -1;
    int active_ = -1;
    std::uint64_t revision_ = 0;
    int nextId_ = 1;
    PadStates states_{};
    struct Seen {
        std::uint64_t params = 0, texts = 0, routes = 0, formulas = 0, revision = 0;
        int active = -1;
        bool operator==(const Seen&) const = default;
    } seen_;
    bool modified_ = false;
};

// Opaque picture no wider than `width`, averaged over areas. Null for a null image.
std::shared_ptr<const core::Image> thumbnailOf(const core::Image& image, int width = kThumbnailWidth);
// 8-bit picture of float RGBA 0..1 (a canvas), rows packed, first row on top.
std::shared_ptr<const core::Image> imageOf(const std::vector<float>& rgba, int width, int height);

// Buttons that change what the next pad does: a "store" button, then a pad. Actions scene_store,
// scene_clear, scene_prepare and scene with argument -1 arm (again: disarm); the next pad pressed is
// stored, cleared, prepared, or blended with what plays (a shift button).
class PadHands {
  public:
    struct Act { enum class Kind : std::uint8_t { None, Recall, Store, Clear, Prepare, Blend } kind{}; int pad = 0; };
    // Feed actions that isPadAction() knows; what is to be done comes back.
    Act press(const params::ActionEvent& event);
    bool storing() const { return mode_ == Act::Kind::Store; }
    bool clearing() const { return mode_ == Act::Kind::Clear; }
    bool preparing() const { return mode_ == Act::Kind::Prepare; }
    bool blending() const { return mode_ == Act::Kind::Blend; }
    void disarm() { mode_ = Act::Kind::None; }

  private:
    Act::Kind mode_ = Act::Kind::None;
};

} // namespace titanus::controls
