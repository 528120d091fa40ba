#include "accuracy/sets.h"

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

namespace titanus::accuracy {
namespace fs = std::filesystem;
namespace {

constexpr double kFluidDelay = 0.003; // sound starts this long after the MIDI time

std::vector<fs::path> filesIn(const fs::path& folder, const std::string& ending) {
    std::vector<fs::path> files;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().filename().string().ends_with(ending)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

fs::path beside(const fs::path& file, const std::string& ending, const std::string& other) {
    const std::string text = file.string();
    return text.substr(0, text.size() - ending.size()) + other;
}

void readBeats(const fs::path& file, Clip& clip) {
    std::vector<std::string> labels;
    clip.beats = readTimes(file, &labels);
    for (const std::string& l : labels) clip.bar.push_back(std::atoi(l.c_str()));
}

// The pads of the electronic kit, as the sound font has them (its hat edges and a second tom are
// no General MIDI drums).
bool remapMidi(const fs::path& from, const fs::path& to) {
    std::ifstream in(from, std::ios::binary);
    std::string b((std::istreambuf_iterator<char>(in)), {});
    if (b.size() < 22) return false;
    const auto byte = [&](std::size_t i) { return i < b.size() ? static_cast<unsigned char>(b[i]) : 0u; };
    const auto word = [&](std::size_t i) { return byte(i) << 24 | byte(i + 1) << 16 | byte(i + 2) << 8 | byte(i + 3); };
    const auto variable = [&](std::size_t& i) {
        std::size_t v = 0;
        for (;;) {
            const unsigned c = byte(i++);
            v = v << 7 | (c & 127u);
            if (c < 128 || i >= b.size()) return v;
        }
    };
    for (std::size_t chunk = 8 + word(4); chunk + 8 <= b.size();) {
        std::size_t i = chunk + 8;
        const std::size_t end = std::min(b.size(), i + word(chunk + 4));
        unsigned status = 0;
        while (i < end) {
            variable(i);
            if (byte(i) & 128u) status = byte(i++);
            if (status == 0xff) ++i;
            if (status >= 0xf0) {
                i += variable(i);
                continue;
            }
            const unsigned kind = status >> 4;
            if (kind >= 8 && kind <= 10 && i < b.size()) {
                char& note = b[i];
                note = note == 22 ? 42 : note == 26 ? 46 : note == 58 ? 43 : note;
            }
            i += kind == 12 || kind == 13 ? 1 : 2;
        }
        chunk = end;
    }
    std::ofstream(to, std::ios::binary) << b;
    return true;
}

// The rendered file, from the folder itself or by FluidSynth into a cache.
fs::path grooveSound(const fs::path& notes) {
    for (const char* ending : {".ogg", ".flac", ".wav"})
        if (const fs::path made = beside(notes, ".notes.tsv", ending); fs::exists(made)) return made;
    const fs::path midi = beside(notes, ".notes.tsv", ".mid");
    const fs::path font = "/usr/share/sounds/sf2/TimGM6mb.sf2";
    if (!fs::exists(midi) || !fs::exists(font)) return {};
    const fs::path cache = fs::temp_directory_path() / "titanus-groove";
    fs::create_directories(cache);
    const fs::path wav = cache / (midi.stem().string() + ".wav"), mapped = cache / midi.filename();
    const fs::path part = cache / (midi.stem().string() + ".part.wav"); // an interrupted rendering is no rendering
    if (fs::exists(wav)) return wav;
    if (!remapMidi(midi, mapped)) return {};
    const std::string command = "fluidsynth -ni -q -g 0.7 -R 0 -C 0 -r 44100 -F '" + part.string() + "' '" +
                                font.string() + "' '" + mapped.string() + "' >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0 || !fs::exists(part)) return {};
    fs::rename(part, wav);
    return wav;
}

int grooveClass(int note) {
    static const std::set<int> kSnare{37, 38, 40}, kHat{22, 26, 42, 44, 46, 49, 51, 52, 53, 55, 57, 59};
    return note == 36 ? 0 : kSnare.count(note) ? 1 : kHat.count(note) ? 2 : -1;
}

void loadGroove(const fs::path& folder, std::vector<Clip>& clips, std::vector<std::string>& notes) {
    std::size_t missing = 0;
    for (const fs::path& file : filesIn(folder, ".notes.tsv")) {
        const fs::path sound = grooveSound(file);
        auto clip = sound.empty() ? core::Result<Clip>(core::Problem{core::ProblemId::AudioFileUnreadable, file.string()})
                                  : readSound(sound);
        if (!clip) {
            ++missing;
            continue;
        }
        Clip& c = clip.value();
        c.set = Set::Groove;
        c.name = beside(file.filename(), ".notes.tsv", "").string();
        std::vector<std::string> labels;
        Times all = readTimes(file, &labels);
        const double length = static_cast<double>(c.samples.size()) / c.channels / c.rate;
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] += kFluidDelay;
            if (all[i] > length - 0.05) break; // excerpts
            c.onsets.push_back(all[i]);
            if (const int k = grooveClass(std::atoi(labels[i].c_str())); k >= 0)
                c.classes[static_cast<std::size_t>(k)].push_back(all[i]);
        }
        c.hasClasses = true;
        readBeats(beside(file, ".notes.tsv", ".beats"), c);
        if (!c.onsets.empty()) {
            c.scoreFrom = c.onsets.front() - 0.1;
            c.scoreTo = c.onsets.back() + 0.1;
        }
        Times beats;
        std::vector<int> bar;
        for (std::size_t i = 0; i < c.beats.size(); ++i)
            if (c.beats[i] >= c.scoreFrom && c.beats[i] <= c.scoreTo) {
                beats.push_back(c.beats[i]);
                bar.push_back(c.bar[i]);
            }
        c.beats = beats;
        c.bar = bar;
        clips.push_back(std::move(c));
    }
    if (missing) notes.push_back("groove-midi: " + std::to_string(missing) + " not rendered (needs fluidsynth and timgm6mb-soundfont)");
}

void loadMdb(const fs::path& folder, std::vector<Clip>& clips) {
    for (const fs::path& file : filesIn(folder, ".ogg")) {
        auto clip = readSound(file);
        if (!clip) continue;
        Clip& c = clip.value();
        const bool mix = file.filename().string().ends_with("_MIX.ogg");
        const std::string ending = mix ? "_MIX.ogg" : "_Drum.ogg";
        c.set = mix ? Set::MdbMix : Set::MdbDrums;
        c.name = beside(file.filename(), ending, "").string();
        readBeats(beside(file, ending, ".beats"), c);
        if (!mix) {
            c.onsets = readTimes(beside(file, ending, ".onsets"));
            std::vector<std::string> labels;
            const Times all = readTimes(beside(file, ending, ".class.txt"), &labels);
            for (std::size_t i = 0; i < all.size(); ++i) {
                const int k = labels[i] == "KD" ? 0 : labels[i] == "SD" ? 1 : labels[i] == "HH" || labels[i] == "CY" ? 2 : -1;
                if (k >= 0) c.classes[static_cast<std::size_t>(k)].push_back(all[i]);
            }
            c.hasClasses = true;
        }
        clips.push_back(std::move(c));
    }
}

void loadBallroom(const fs::path& folder, std::vector<Clip>& clips) {
    for (const fs::path& file : filesIn(folder, ".ogg")) {
        auto clip = readSound(file);
        if (!clip) continue;
        Clip& c = clip.value();
        c.set = Set::Ballroom;
        c.name = file.stem().string();
        readBeats(beside(file, ".ogg", ".beats"), c);
        if (const fs::path part = beside(file, ".ogg", ".1.9-11.9.onsets"); fs::exists(part)) {
            c.onsets = readTimes(part);
            c.scoreFrom = c.onsets.front() - 0.025;
            c.scoreTo = c.onsets.back() + 0.025;
        }
        clips.push_back(std::move(c));
    }
}

void loadVocadito(const fs::path& folder, std::vector<Clip>& clips) {
    for (const fs::path& file : filesIn(folder, ".flac")) {
        auto clip = readSound(file);
        if (!clip) continue;
        Clip& c = clip.value();
        c.set = Set::Vocadito;
        c.name = file.stem().string();
        c.onsets = readTimes(beside(file, ".flac", ".A1.onsets"));
        c.onsetsSecond = readTimes(beside(file, ".flac", ".A2.onsets"));
        clips.push_back(std::move(c));
    }
}

// Loops whose length is a whole number of beats of the tempo in the name, repeated to 20 s.
void loadLmms(const fs::path& folder, std::vector<Clip>& clips) {
    for (const fs::path& file : filesIn(folder, " BPM.ogg")) {
        auto clip = readSound(file);
        if (!clip) continue;
        Clip& c = clip.value();
        c.set = Set::Lmms;
        c.name = file.stem().string();
        const std::size_t dash = c.name.rfind("- ");
        c.bpm = std::atof(c.name.c_str() + dash + 2);
        const double length = static_cast<double>(c.samples.size()) / c.channels / c.rate;
        const double beats = length * c.bpm / 60;
        if (beats < 0.5 || std::abs(beats / std::round(beats) - 1) > 0.01 || c.name.starts_with("techno_synth02")) continue;
        const std::vector<float> once = c.samples;
        const auto wanted = static_cast<std::size_t>(20 * c.rate) * static_cast<std::size_t>(c.channels);
        while (c.samples.size() < wanted) c.samples.insert(c.samples.end(), once.begin(), once.end());
        clips.push_back(std::move(c));
    }
}

} // namespace

std::string_view name(Set set) {
    switch (set) {
    case Set::Groove: return "groove";
    case Set::MdbDrums: return "mdb-drums";
    case Set::MdbMix: return "mdb-mix";
    case Set::Ballroom: return "ballroom";
    case Set::Vocadito: return "vocadito";
    case Set::Lmms: return "lmms";
    }
    return "";
}

core::Result<Clip> readSound(const fs::path& file) {
    SF_INFO info{};
    SNDFILE* sound = sf_open(file.c_str(), SFM_READ, &info);
    if (!sound) return core::Problem{core::ProblemId::AudioFileUnreadable, file.string() + ": " + sf_strerror(nullptr)};
    Clip clip;
    clip.rate = info.samplerate;
    clip.channels = info.channels;
    clip.samples.resize(static_cast<std::size_t>(info.frames) * static_cast<std::size_t>(info.channels));
    const sf_count_t got = sf_readf_float(sound, clip.samples.data(), info.frames);
    sf_close(sound);
    clip.samples.resize(static_cast<std::size_t>(std::max<sf_count_t>(got, 0)) * static_cast<std::size_t>(info.channels));
    return clip;
}

std::vector<Clip> loadClips(const fs::path& folder, std::vector<std::string>& notes) {
    std::vector<Clip> clips;
    loadGroove(folder / "groove-midi", clips, notes);
    loadMdb(folder / "mdb-drums", clips);
    loadBallroom(folder / "ballroom", clips);
    loadVocadito(folder / "vocadito", clips);
    loadLmms(folder / "lmms-loops", clips);
    for (Clip& c : clips) {
        c.onsets = mergedWithin(c.onsets, 0.03);
        c.onsetsSecond = mergedWithin(c.onsetsSecond, 0.03);
        for (Times& t : c.classes) t = mergedWithin(t, 0.03);
    }
    for (Set set : {Set::Groove, Set::MdbDrums, Set::MdbMix, Set::Ballroom, Set::Vocadito, Set::Lmms})
        if (std::none_of(clips.begin(), clips.end(), [&](const Clip& c) { return c.set == set; }))
            notes.push_back(std::string(name(set)) + ": not in " + folder.string() + ", skipped");
    return clips;
}

} // namespace titanus::accuracy
