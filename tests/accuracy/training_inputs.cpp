// Writes what the three networks are shown, for train_classes.py, train_beats.py and train_tempo.py.
//   training_inputs FOLDER     for each X.wav: X.wav.cand, X.wav.frames and X.wav.tempo
// .cand: per judged attack its time and DrumClassifier's inputs. .frames: seconds per frame, count of
// inputs, then BeatInputs' frames. .tempo: seconds per frame, the shortest period in frames, count of periods, inputs of each;
// then once a second the time and TempoComb's inputs, which depend on the beat network's answers: train that first.
// Little-endian floats. Heard by the Analyzer that plays live.
#include "accuracy/sets.h"
#include "analysis/analyzer.h"
#include "analysis/tempo_comb.h"

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
    std::vector<float> frames{static_cast<float>(analyzer.probe().frameSeconds), static_cast<float>(analyzer.probe().frame.size())}, attacks, tempi;
    analysis::Analyzer::Probe last;
    for (std::size_t at = 0; at < c.samples.size(); at += 16 * width) { // below a hop: no frame is missed
        analyzer.process(&c.samples[at], std::min<std::size_t>(16, (c.samples.size() - at) / width));
        const auto probe = analyzer.probe();
        if (probe.frames != last.frames) frames.insert(frames.end(), probe.frame.begin(), probe.frame.end());
        if (probe.attacks != last.attacks) {
            attacks.push_back(static_cast<float>(probe.attackTime));
            attacks.insert(attacks.end(), probe.attack.begin(), probe.attack.end());
        }
        if (probe.tempi != last.tempi && probe.tempi % 4 == 0) {
            tempi.push_back(static_cast<float>(analyzer.features().seconds));
            tempi.insert(tempi.end(), probe.tempo.begin(), probe.tempo.end());
        }
        last = probe;
        for (analysis::Onset o; analyzer.popOnset(o);) {}
    }
    constexpr auto kInputs = static_cast<float>(analysis::TempoComb::kInputs);
    tempi.insert(tempi.begin(), {frames[0], static_cast<float>(last.shortestPeriod), static_cast<float>(last.tempo.size()) / kInputs, kInputs});
    write(file.string() + ".frames", frames);
    write(file.string() + ".tempo", tempi);
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
        if (entry.path().extension() == ".wav" && !fs::exists(entry.path().string() + ".tempo")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files)
        if (!inputsOf(file)) std::fprintf(stderr, "%s: not readable\n", file.c_str());
    return 0;
}
