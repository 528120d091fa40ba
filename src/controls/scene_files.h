#pragma once
// Reading and writing of scenes off the main thread; the layout is told in scenes.h.
// Internal to controls.
// Thread: methods main; owns one io thread, joined after the last write
#include "controls/scenes.h"
#include "core/files.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace titanus::controls::detail {

struct StoredScene {
    int id = 0;     // number of the file, from 1
    int pad = 0;
    int other = -1; // pad it changed places with in its last move
    Scene scene;
};

std::string sceneText(const StoredScene& scene, const std::string& canvasFile);
// Errors: FileSyntax. `canvasFile`: name of the picture, empty for none.
core::Result<StoredScene> parseScene(const std::string& toml, const std::string& origin, std::string& canvasFile,
                                     std::vector<core::Problem>* warnings);

class SceneFiles {
  public:
    explicit SceneFiles(std::filesystem::path folder); // begins to read; empty: memory only
    ~SceneFiles();

    void write(StoredScene scene); // newest of a scene wins if the disk is slower than the hand
    void remove(int id);
    void flush();
    void waitUntilRead();
    std::vector<StoredScene> takeRead();
    std::vector<core::Problem> takeProblems();
    bool loading() const;
    bool firstUse() const { return firstUse_; }
    int largestId() const { return largestId_; } // of the files that were there at the start
    std::size_t unwritten() const;

  private:
    struct Job { bool gone = false; StoredScene scene; };
    void run();
    void readAll();
    void save(const StoredScene& scene); // [io]
    bool savePicture(const std::string& name, const core::Image& image); // [io]
    void erase(int id);                  // [io]
    void report(core::Problem problem);
    void drop(const std::string& file);

    std::filesystem::path folder_;
    bool firstUse_ = false;
    int largestId_ = 0;
    // io thread's alone, after reading: which picture each scene has, to leave unchanged ones be.
    struct Picture { std::string file; std::shared_ptr<const core::Image> image; };
    std::map<int, Picture> pictures_;

    mutable std::mutex mutex_; // guards what follows; held for moments only
    std::condition_variable wake_, idle_;
    std::map<int, Job> jobs_; // by id: bounded by the bank
    std::vector<StoredScene> read_;
    std::vector<core::Problem> problems_;
    bool reading_ = false, busy_ = false, stop_ = false;
    std::thread thread_;
};

} // namespace titanus::controls::detail
