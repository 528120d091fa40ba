// The recording part of Performer.
#include "app/performer.h"

#include "core/log.h"

namespace titanus::app {

namespace {
constexpr double kRecordingFps = 30;
}

core::Result<void> Performer::startRecording(const std::string& path) {
    const render::Picture picture = renderer_.picture();
    const Size size{picture.width ? picture.width : 1280, picture.height ? picture.height : 720};
    audio::Input* input = show_.input();
    auto recorder = outputs::Recorder::open({.path = path, .width = size.width, .height = size.height, .fps = kRecordingFps,
                                             .audioSampleRate = input ? input->info().sampleRate : 0},
                                            input ? &input->recorderRing() : nullptr);
    if (!recorder) return recorder.problem();
    recorder_ = std::move(recorder).value();
    reader_ = std::make_unique<render::PixelReader>(size.width, size.height);
    recordingSince_ = show_.clock().seconds();
    if (input) input->setRecording(true);
    core::logInfo("recording to " + recorder_->path().string());
    return {};
}

void Performer::stopRecording() {
    if (!recorder_) return;
    if (show_.input()) show_.input()->setRecording(false);
    recorder_->stop();
    core::ProblemNote note;
    while (recorder_->nextProblem(note)) show_.problems().add(note.unpack(), show_.clock().seconds());
    core::logInfo("recorded " + std::to_string(recorder_->written()) + " frames, " + std::to_string(recorder_->skipped()) +
                  " skipped: " + recorder_->path().string());
    recorder_.reset();
    reader_.reset();
}

void Performer::capture(const render::Picture& picture) {
    if (!recorder_) return;
    core::ProblemNote note;
    while (recorder_->nextProblem(note)) show_.problems().add(note.unpack(), show_.clock().seconds());
    if (recorder_->failed()) {
        stopRecording(); // the show goes on
        return;
    }
    reader_->request(picture);
    if (const auto buffer = recorder_->buffer(); !buffer.empty()) {
        render::ReadFrame info;
        if (reader_->collect(buffer, info)) recorder_->submit(info.seconds);
    }
}

} // namespace titanus::app
