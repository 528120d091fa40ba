#include "audio/sound.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace titanus::audio;
using titanus::core::ProblemId;
namespace fs = std::filesystem;

namespace {

class SoundFiles : public testing::Test {
  protected:
    // Channel c holds the constant (c + 1) / 10.
    fs::path write(int channels, int rate, int frames, int format = SF_FORMAT_WAV | SF_FORMAT_FLOAT) {
        const fs::path path = folder_ / (std::to_string(channels) + "-" + std::to_string(rate) + ".snd");
        SF_INFO info{};
        info.channels = channels, info.samplerate = rate, info.format = format;
        SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
        EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
        std::vector<float> data;
        for (int i = 0; i < frames; ++i)
            for (int c = 0; c < channels; ++c) data.push_back(static_cast<float>(c + 1) / 10.f);
        sf_writef_float(file, data.data(), frames);
        sf_close(file);
        return path;
    }
    titanus::TempFolder temporary_;
    const fs::path& folder_ = temporary_.path;
};

TEST_F(SoundFiles, EveryRateAndChannelCountIsReadWhole) {
    for (const int rate : {8000, 22016, 44100, 48000, 96000})
        for (const int channels : {1, 2, 6}) {
            const auto sound = readSound(write(channels, rate, 5001));
            ASSERT_TRUE(sound) << sound.problem().line();
            EXPECT_EQ(sound.value().sampleRate, rate);
            EXPECT_EQ(sound.value().frames(), 5001u);
        }
}

TEST_F(SoundFiles, MonoIsDoubledAndStereoKept) {
    const auto mono = readSound(write(1, 44100, 10));
    EXPECT_FLOAT_EQ(mono.value().samples[18], 0.1f);
    EXPECT_FLOAT_EQ(mono.value().samples[19], 0.1f);
    const auto stereo = readSound(write(2, 44100, 10));
    EXPECT_FLOAT_EQ(stereo.value().samples[18], 0.1f);
    EXPECT_FLOAT_EQ(stereo.value().samples[19], 0.2f);
}

TEST_F(SoundFiles, SixChannelsFoldToTheirSidesWithoutClipping) {
    const auto sound = readSound(write(6, 48000, 10));
    const float h = std::sqrt(0.5f), sum = 1 + h + 0.5f + h;
    EXPECT_NEAR(sound.value().samples[0], (0.1f + h * 0.3f + 0.5f * 0.4f + h * 0.5f) / sum, 1e-5f);
    EXPECT_NEAR(sound.value().samples[1], (0.2f + h * 0.3f + 0.5f * 0.4f + h * 0.6f) / sum, 1e-5f);
}

TEST_F(SoundFiles, CompressedFormatsAreRead) {
    for (const int format : {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS}) {
        const auto sound = readSound(write(2, 44100, 44100, format));
        ASSERT_TRUE(sound) << sound.problem().line();
        EXPECT_EQ(sound.value().frames(), 44100u);
        EXPECT_NEAR(sound.value().samples[44100], 0.1f, 0.02f);
    }
}

TEST_F(SoundFiles, WhatCannotBeReadIsOneLineThatNamesTheFile) {
    const fs::path empty = folder_ / "empty.wav", text = folder_ / "text.wav";
    std::ofstream(empty).flush();
    std::ofstream(text) << "this is not sound, whatever its name says";
    const fs::path noFrames = write(2, 44100, 0);
    const struct { fs::path path; ProblemId id; } rows[]{
        {folder_ / "missing.wav", ProblemId::AudioFileUnreadable},
        {folder_, ProblemId::AudioFileUnreadable},
        {text, ProblemId::AudioFileUnreadable},
        {empty, ProblemId::AudioFileEmpty},
        {noFrames, ProblemId::AudioFileEmpty},
    };
    for (const auto& row : rows) {
        const auto sound = readSound(row.path);
        ASSERT_FALSE(sound) << row.path;
        EXPECT_EQ(sound.problem().id, row.id) << row.path;
        const std::string line = sound.problem().line();
        EXPECT_NE(line.find(row.path.string()), std::string::npos) << line;
        EXPECT_EQ(line.find('\n'), std::string::npos);
    }
}

TEST_F(SoundFiles, TruncatedFileGivesWhatItHolds) {
    const fs::path path = write(2, 44100, 10000);
    fs::resize_file(path, fs::file_size(path) / 2);
    const auto sound = readSound(path);
    ASSERT_TRUE(sound) << sound.problem().line();
    EXPECT_GT(sound.value().frames(), 4000u);
    EXPECT_LT(sound.value().frames(), 6000u);
}

TEST_F(SoundFiles, WavComesBackWithinHalfAStepOf16Bits) {
    Sound sound{44100, 2, {}};
    for (int i = 0; i < 2000; ++i) sound.samples.push_back(std::sin(0.01f * static_cast<float>(i)) * 0.9f);
    const fs::path path = folder_ / "out.wav";
    ASSERT_TRUE(writeWav(path, sound));
    const auto back = readSound(path);
    ASSERT_TRUE(back);
    ASSERT_EQ(back.value().samples.size(), sound.samples.size());
    for (std::size_t i = 0; i < sound.samples.size(); ++i)
        ASSERT_NEAR(back.value().samples[i], sound.samples[i], 1.f / 32768);
    EXPECT_FALSE(writeWav(folder_ / "no" / "folder.wav", sound));
}

} // namespace
