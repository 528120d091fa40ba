#pragma once
// What surrounds the picture on screen: window events and keys to actions, the UI, stills and
// recordings. Thread: main   Owns: UI, keyboard map, recorder
#include "app/live_show.h"
#include "app/stage_window.h"
#include "controls/keyboard.h"
#include "outputs/recorder.h"
#include "outputs/v4l2_sink.h"
#include "render/pixel_reader.h"
#include "render/renderer.h"
#include "ui/ui.h"

#include <future>

namespace titanus::app {

class Performer final : public ui::UiSink {
  public:
    static core::Result<std::unique_ptr<Performer>> create(LiveShow& show, StageWindow& stage, render::Renderer& renderer);
    ~Performer() override;

    void pumpEvents();
    void drawUi(const render::Picture& picture, const render::PaceFigures& pace);
    bool quit() const { return quit_; }

    // Errors: OutputOpenFailed. Empty path: a new numbered file in the videos folder.
    core::Result<void> startRecording(const std::string& path);
    void stopRecording();
    // Around a change of the GL context: what lives in it goes, and comes anew. Nothing else is called
    // between the two; without a UI there is no show (Errors: those of Ui::create).
    void dropGl();
    core::Result<void> makeGl();
    void capture(const render::Picture& picture); // hands a frame to the recorder, never waits

    // UiSink
    void change(const params::ParamChange& change) override;
    void action(const params::ActionEvent& event) override;
    void text(params::TextIndex index, const std::string& value) override;
    void routes(std::vector<params::Route> routes) override;
    void learn(ui::Target target) override;
    void forget(std::size_t binding) override;
    void setBinding(std::size_t binding, const ui::BindingEdit& edit) override;
    void adoptBinding(std::size_t readyMade) override;
    void formula(params::ParamIndex index, const std::string& text) override;
    void renameScene(int pad, const std::string& name) override;
    void moveScene(int from, int to) override;
    void tagScene(int pad, const std::vector<std::string>& tags, float energy) override;
    void bringBack() override;
    void dismissProblems() override { dismissedAt_ = show_.clock().seconds(); }
    void dismissFirstRun() override;
    void identify() override { stage_.identify(); }

  private:
    Performer(LiveShow& show, StageWindow& stage, render::Renderer& renderer) : show_(show), stage_(stage), renderer_(renderer) {}
    void handle(const SDL_Event& event);
    void windowAction(const params::ActionEvent& event);
    void saveStill();
    void watchStills(double now);
    void followSound(audio::Input* input);
    void followVirtualCamera();
    void tellProblems(outputs::PictureSink& sink);
    void close(const outputs::PictureSink* sink);
    void refreshLists();
    void followBindings();
    void checkPrompts();
    void checkFormulas();

    LiveShow& show_;
    StageWindow& stage_;
    render::Renderer& renderer_;
    std::unique_ptr<ui::Ui> ui_; // none between dropGl and makeGl
    ui::WorkSpace workSpace_{};  // of the one that was dropped
    controls::Keyboard keyboard_;
    struct Tap {
        std::unique_ptr<outputs::PictureSink> sink;
        std::optional<render::PixelReader> reader; // none between dropGl and makeGl
    };
    std::vector<Tap> sinks_;
    outputs::Recorder* recorder_ = nullptr;       // among them, while recording
    outputs::PictureSink* cameraSink_ = nullptr;  // among them, while a virtual camera is open
    std::string camera_;                          // output.v4l2 as last seen
    double recordingSince_ = 0;
    struct Still { std::filesystem::path path; std::future<core::Result<void>> written; };
    std::vector<Still> stills_;
    bool quit_ = false, uiVisible_ = true, helpVisible_ = false, learning_ = false, firstRun_ = false, stripFrozen_ = false;
    double dismissedAt_ = -1, listsAt_ = -1e9;
    std::vector<ui::TextProblem> promptProblems_;
    std::vector<ui::FormulaProblem> formulaProblems_;
    std::uint64_t checkedTexts_ = 0, checkedFormulas_ = 0;
    std::vector<ui::KeyView> keys_; // of keyboard_, which does not change
    std::pair<std::uint64_t, std::uint64_t> bindingsOf_{-1, -1}; // revision and generation that the views below are of
    std::vector<ui::BindingView> bindings_, readyMade_;
    std::vector<std::string> presets_, audioInputs_, midiInputs_, displays_, videoOutputs_;
};

} // namespace titanus::app
