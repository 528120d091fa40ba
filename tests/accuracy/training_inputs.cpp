// Writes what the two networks are shown, for train_classes.py and train_beats.py.
//   training_inputs FOLDER     for each X.wav: X.wav.cand and X.wav.frames
// .cand: per judged attack its time and DrumClassifier's inputs. .frames: seconds per frame, count of
// inputs, then BeatInputs' frames. Little-endian floats. Heard by the Analyzer that plays live.
#include "accuracy/sets.h"
#include "analysis/analyzer.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

namespace fs = std::filesystem;
using namespace titanus;

namespace {

void write(const fs::path& file, const std::vector<float>& values) {
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
}

bool inputsOf(const fs::path& file) {
    const auto clip = accuracy::readSound(file);
    if (!clip) return false;
    const accuracy::Clip& c = clip.value();
    analysis::Analyzer analyzer({c.rate, c.channels});
    const auto width = static_cast<std::size_t>(c.channels);
    std::vector<float> frames{static_cast<float>(analyzer.probe().frameSeconds), static_cast<float>(analyzer.probe().frame.size())}, attacks;
    analysis::Analyzer::Probe last;
    for (std::size_t at = 0; at < c.samples.size(); at += 16 * width) { // below a hop: no frame is missed
        analyzer.process(&c.samples[at], std::min<std::size_t>(16, (c.samples.size() - at) / width));
        const auto probe = analyzer.probe();
        if (probe.frames != last.frames) frames.insert(frames.end(), probe.frame.begin(), probe.frame.end());
        if (probe.attacks != last.attacks) {
            attacks.push_back(static_cast<float>(probe.attackTime));
            attacks.insert(attacks.end(), probe.attack.begin(), probe.attack.end());
        }
        last = probe;
        for (analysis::Onset o; analyzer.popOnset(o);) {}
    }
    write(file.string() + ".frames", frames);
    write(file.string() + ".cand", attacks);
    return true;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "use: training_inputs FOLDER\n");
        return 2;
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(argv[1]))
        if (entry.path().extension() == ".wav" && !fs::exists(entry.path().string() + ".frames")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files)
        if (!inputsOf(file)) std::fprintf(stderr, "%s: not readable\n", file.c_str());
    return 0;
}
