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
    const auto& store = show_.desk().store();
    auto recorder = outputs::Recorder::open({.path = path, .width = size.width, .height = size.height, .fps = kRecordingFps,
                                             .audioSampleRate = input ? input->info().sampleRate : 48000,
                                             .codec = static_cast<outputs::VideoCodec>(store.snapshot().choice(params::param("record.codec")))},
                                            input ? &input->recorderRing() : nullptr);
    if (!recorder) return recorder.problem();
    recorder_ = recorder.value().get();
    sinks_.push_back({std::move(recorder).value(), render::PixelReader(size.width, size.height)});
    recordingSince_ = show_.clock().seconds();
    if (input) input->setRecording(true);
    core::logInfo("recording to " + recorder_->path().string());
    return {};
}

void Performer::stopRecording() {
    if (!recorder_) return;
    if (show_.input()) show_.input()->setRecording(false);
    recorder_->stop();
    tellProblems(*recorder_);
    core::logInfo("recorded " + std::to_string(recorder_->written()) + " frames, " + std::to_string(recorder_->skipped()) +
                  " skipped: " + recorder_->path().string());
    close(std::exchange(recorder_, nullptr));
}

// The performer switched the sound, or its device went away: the recording goes on.
void Performer::followSound(audio::Input* input) {
    if (!recorder_) return;
    recorder_->setSound(input ? &input->recorderRing() : nullptr, input ? input->info().sampleRate : 0);
    if (input) input->setRecording(true);
}

void Performer::followVirtualCamera() {
    const std::string& wanted = show_.desk().store()[params::text("output.v4l2")];
    if (wanted == camera_) return;
    camera_ = wanted;
    if (cameraSink_) close(std::exchange(cameraSink_, nullptr));
    if (wanted.empty()) return;
    const render::Picture picture = renderer_.picture();
    const int width = (picture.width ? picture.width : 1280) / 2 * 2, height = picture.height ? picture.height : 720;
    auto sink = outputs::openV4l2Sink({.device = wanted, .width = width, .height = height});
    if (!sink) {
        show_.problems().add(sink.problem(), show_.clock().seconds());
        return;
    }
    cameraSink_ = sink.value().get();
    sinks_.push_back({std::move(sink).value(), render::PixelReader(width, height)});
}

void Performer::tellProblems(outputs::PictureSink& sink) {
    core::ProblemNote note;
    while (sink.nextProblem(note)) show_.problems().add(note.unpack(), show_.clock().seconds());
}

void Performer::close(const outputs::PictureSink* sink) {
    std::erase_if(sinks_, [&](const Tap& tap) { return tap.sink.get() == sink; });
}

void Performer::capture(const render::Picture& picture) {
    followVirtualCamera();
    for (Tap& tap : sinks_) {
        tellProblems(*tap.sink);
        if (tap.sink->failed()) continue;
        const bool asked = tap.reader->request(picture);
        if (const auto buffer = tap.sink->buffer(); !buffer.empty()) { // without one the sink has counted
            if (!asked) tap.sink->countSkipped();
            render::ReadFrame info;
            if (tap.reader->collect(buffer, info)) tap.sink->submit(info.seconds);
        }
    }
    // What failed is closed; the show goes on.
    if (recorder_ && recorder_->failed()) stopRecording();
    if (cameraSink_ && cameraSink_->failed()) close(std::exchange(cameraSink_, nullptr));
}

} // namespace titanus::app
