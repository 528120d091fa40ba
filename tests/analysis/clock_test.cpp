#include "analysis/clock_arbiter.h"
#include "analysis/hand_clocks.h"
#include "analysis/sounds.h"
#include "params/catalogue.h"

#include <gtest/gtest.h>

#include <random>

namespace titanus::analysis::test {
namespace {

void quiet(Analyzer& analyzer, double seconds, Heard& heard) { feed(analyzer, silence(seconds), heard); }

TEST(Tap, L7_FourTapsAt500MsAre120) {
    TapTempo tap;
    EXPECT_FALSE(tap.tap(1.0));
    EXPECT_FALSE(tap.tap(1.5));
    EXPECT_FALSE(tap.tap(2.0));
    ASSERT_TRUE(tap.tap(2.5));
    EXPECT_NEAR(60 / tap.line().period, 120, 1);
    EXPECT_NEAR(tap.line().timeOf(2), 3.5, 0.005);
}

TEST(Tap, L6_UpTo250BpmByHand) {
    for (const double bpm : {200.0, 250.0}) {
        Analyzer analyzer({44100, 1});
        Heard heard;
        quiet(analyzer, 1, heard);
        for (int i = 0; i < 4; ++i) {
            analyzer.tap(analyzer.seconds());
            if (i < 3) quiet(analyzer, 60 / bpm, heard);
        }
        quiet(analyzer, 3, heard);
        EXPECT_NEAR(analyzer.features().clock.bpm(), bpm, 0.01 * bpm);
    }
    Analyzer analyzer({44100, 1}); // or by doubling
    Heard heard;
    for (int i = 0; i < 4; ++i) {
        analyzer.tap(analyzer.seconds());
        if (i < 3) quiet(analyzer, 60 / 125.0, heard);
    }
    analyzer.tempoDouble();
    quiet(analyzer, 1, heard);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 250, 2.5);
}

TEST(Tap, UnevenTapsAreAveragedAndAPauseBeginsAnew) {
    TapTempo tap;
    const double jitter[] = {0, 0.012, -0.01, 0.008, -0.012, 0.005, 0.01, -0.005};
    for (int i = 0; i < 8; ++i) tap.tap(i * 0.5 + jitter[i]);
    EXPECT_NEAR(60 / tap.line().period, 120, 1);
    EXPECT_FALSE(tap.tap(10));
    for (int i = 1; i < 3; ++i) EXPECT_FALSE(tap.tap(10 + i * 0.4));
    EXPECT_TRUE(tap.tap(11.2));
    EXPECT_NEAR(60 / tap.line().period, 150, 1);
}

TEST(Tap, APauseOfTwoAndAHalfPeriodsBeginsAnew) {
    TapTempo tap;
    for (int i = 0; i < 4; ++i) tap.tap(i * 0.3);
    EXPECT_TRUE(tap.tap(0.9 + 0.72)); // 2.4 periods: one was missed
    TapTempo again;
    for (int i = 0; i < 4; ++i) again.tap(i * 0.3);
    EXPECT_FALSE(again.tap(0.9 + 0.78));
}

Sound kicksAtBpm(double bpm, double seconds) {
    Sound sound = silence(seconds);
    for (double t = 0.5; t < seconds; t += 60 / bpm) mix(sound, kick(), t, 0.8);
    return sound;
}

// Tapped at 120: the tempo told when such kicks have played for 20 s.
float toldAfterTaps(bool lock, double bpm) {
    Analyzer analyzer({44100, 1});
    params::ParamSnapshot p = params::Store().snapshot();
    p.values[params::param("clock.tap").value] = lock ? 1 : 0;
    analyzer.setParams(p);
    Heard heard;
    for (int i = 0; i < 4; ++i) {
        quiet(analyzer, 0.5, heard);
        analyzer.tap(analyzer.seconds());
    }
    feed(analyzer, kicksAtBpm(bpm, 20), heard);
    return analyzer.features().clock.bpm();
}

TEST(Tap, SeedIsFollowedBySoundWithin8PercentAndLockNever) {
    for (double bpm : {112.0, 124.0, 129.0}) EXPECT_NEAR(toldAfterTaps(false, bpm), bpm, 0.3);
    EXPECT_NEAR(toldAfterTaps(false, 150), 120, 0.08 * 120);
    for (double bpm : {112.0, 129.0, 150.0}) EXPECT_NEAR(toldAfterTaps(true, bpm), 120, 0.01);
}

TEST(Tap, SetsTheBeatOfASilentRoom) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    quiet(analyzer, 1, heard);
    for (int i = 0; i < 4; ++i) {
        analyzer.tap(analyzer.seconds());
        if (i < 3) quiet(analyzer, 0.5, heard);
    }
    quiet(analyzer, 2, heard);
    EXPECT_NEAR(heard.features.back().clock.bpm(), 120.f, 1.f);
    const double at = heard.features.back().clock.at(2.5);
    EXPECT_NEAR(at, std::round(at), 0.02) << "the last tap is a beat";
}

TEST(Clock, L7_DoubleAndHalfActAtOnceAndStay) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    Sound sound = silence(20);
    for (double t = 0.5; t < 20; t += 0.5) mix(sound, kick(), t, 0.8);
    const Sound first(sound.begin(), sound.begin() + 10 * 44100), second(sound.begin() + 10 * 44100, sound.end());
    feed(analyzer, first, heard);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 120.f, 2.f);
    analyzer.tempoDouble();
    feed(analyzer, second, heard);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 240.f, 4.f);
    analyzer.tempoHalf();
    analyzer.tempoHalf();
    feed(analyzer, first, heard);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 60.f, 1.f);
}

// Kicks fall on every second beat, or on beats, wherever in the beat the key is pressed.
TEST(Clock, L7_DoubleAndHalfKeepTheBeatInItsPlace) {
    for (const double bpm : {112.0, 130.0}) // 260 is beyond what is heard, and is followed all the same
        for (const double phase : {0.1, 0.3, 0.5, 0.8}) {
            const double period = 60 / bpm, first = 8 + std::fmod(100 * period - 7.5, period) + phase * period;
            Sound sound = silence(24);
            for (double t = 0.5; t < 24; t += period) mix(sound, kick(), t, 0.8);
            Analyzer analyzer({44100, 1});
            Heard heard;
            const auto play = [&](double until) {
                const auto from = static_cast<std::size_t>(std::lround(analyzer.seconds() * 44100)), to = static_cast<std::size_t>(until * 44100);
                feed(analyzer, Sound(sound.begin() + static_cast<std::ptrdiff_t>(from), sound.begin() + static_cast<std::ptrdiff_t>(to)), heard);
            };
            const auto offBeat = [&] { // of the newest kick, seconds
                const BeatClock& c = analyzer.features().clock;
                const double kickAt = 0.5 + period * std::floor((analyzer.seconds() - 0.5) / period), at = c.at(kickAt);
                return std::abs(at - std::round(at)) * c.periodSeconds;
            };
            play(first);
            const double before = analyzer.features().clock.at(first);
            analyzer.tempoDouble();
            play(first + 0.01);
            EXPECT_GE(analyzer.features().clock.at(first + 0.01), before) << bpm << " " << phase;
            play(first + period);
            EXPECT_NEAR(analyzer.features().clock.bpm(), 2 * bpm, 4) << phase;
            EXPECT_LE(offBeat(), 0.03) << bpm << " " << phase;
            play(first + 6);
            EXPECT_NEAR(analyzer.features().clock.bpm(), 2 * bpm, 2) << phase;
            EXPECT_LE(offBeat(), 0.02) << bpm << " " << phase;
            analyzer.tempoHalf();
            play(first + 6 + 2 * period);
            EXPECT_NEAR(analyzer.features().clock.bpm(), bpm, 2) << phase;
            EXPECT_LE(offBeat(), 0.03) << bpm << " " << phase;
        }
}

TEST(Clock, L7_DoubleAndHalfKeepTheOneAndStopAtTheLimits) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    quiet(analyzer, 1, heard);
    for (int i = 0; i < 4; ++i) {
        quiet(analyzer, 60 / 140.0, heard);
        analyzer.tap(analyzer.seconds());
    }
    const double one = analyzer.seconds();
    analyzer.resync(one);
    quiet(analyzer, 0.7, heard);
    const auto fromOne = [&] { // bars
        const BeatClock& c = analyzer.features().clock;
        return (c.at(one) - static_cast<double>(c.downbeat)) / c.beatsPerBar;
    };
    for (const bool faster : {true, false, false}) {
        if (faster) analyzer.tempoDouble();
        else analyzer.tempoHalf();
        quiet(analyzer, 2, heard);
        EXPECT_NEAR(std::remainder(fromOne(), 1), 0, 0.01);
    }
    EXPECT_NEAR(analyzer.features().clock.bpm(), 70, 0.5);
    analyzer.tempoDouble();
    analyzer.tempoDouble();
    analyzer.tempoDouble(); // 560: no
    quiet(analyzer, 2, heard);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 280, 2);
}

TEST(Clock, L7_ResyncIsTheOneNowAndNeverBackwards) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    Sound sound = silence(8.2);
    for (double t = 0.5; t < 8; t += 0.5) mix(sound, kick(), t, 0.8);
    feed(analyzer, sound, heard);
    const double before = analyzer.features().clock.at(analyzer.seconds());
    const double now = analyzer.seconds();
    analyzer.resync(now);
    quiet(analyzer, 0.02, heard);
    const BeatClock& c = analyzer.features().clock;
    EXPECT_NEAR(c.at(now) - std::round(c.at(now)), 0, 0.02);
    EXPECT_GE(c.at(now), before - 1e-6);
    EXPECT_EQ((static_cast<std::int64_t>(std::llround(c.at(now))) - c.downbeat) % c.beatsPerBar, 0);
}

TEST(Clock, L7_NudgeMovesTheBeatAndStays) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    Sound sound = silence(16);
    for (double t = 0.5; t < 16; t += 0.5) mix(sound, kick(), t, 0.8);
    const Sound first(sound.begin(), sound.begin() + 8 * 44100), second(sound.begin() + 8 * 44100, sound.end());
    feed(analyzer, first, heard);
    const auto phase = [&] { const double at = analyzer.features().clock.at(analyzer.seconds()); return at - std::floor(at); };
    const double before = phase();
    for (int i = 0; i < 4; ++i) analyzer.nudge(0.005);
    feed(analyzer, second, heard);
    const double moved = std::remainder(before - phase(), 1);
    EXPECT_NEAR(moved * analyzer.features().clock.periodSeconds, 0.02, 0.002);
}

// The nudge is for the eye; where the bar begins is heard all the same.
TEST(Clock, OneIsFoundUnderANudge) {
    for (const double bpm : {126.0, 174.0})
        for (const double nudge : {0.0, -0.1, 0.1}) {
            const Groove g = sequence(bpm, 20, "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x.", "bd_haus", "sn_dub", "hat_snap");
            const double beat = 60 / bpm, cut = 0.5 + 0.9 * beat; // it begins on the second beat of a bar
            Analyzer analyzer({44100, 1});
            Heard heard;
            analyzer.nudge(nudge);
            feed(analyzer, Sound(g.sound.begin() + static_cast<std::ptrdiff_t>(cut * 44100), g.sound.begin() + static_cast<std::ptrdiff_t>((0.5 + 60 * beat) * 44100)), heard);
            const BeatClock& c = analyzer.features().clock;
            ASSERT_NEAR(c.bpm(), bpm, 2);
            const double one = 0.5 + 48 * beat - cut + nudge;
            EXPECT_NEAR(std::remainder(c.at(one) - static_cast<double>(c.downbeat), 4), 0, 0.3) << bpm << " " << nudge;
        }
}

TEST(Clock, L7_ResyncUnderANudgeIsTheBeatAndStaysIt) {
    for (const double nudge : {-0.06, 0.06, 0.4}) {
        Analyzer analyzer({44100, 1});
        Heard heard;
        for (int i = 0; i < 4; ++i) {
            quiet(analyzer, 0.5, heard);
            analyzer.tap(analyzer.seconds());
        }
        quiet(analyzer, 0.8, heard);
        analyzer.nudge(nudge);
        quiet(analyzer, 0.3, heard);
        const double now = analyzer.seconds(), before = analyzer.features().clock.at(now);
        analyzer.resync(now);
        for (const double wait : {0.02, 0.3, 2.0}) {
            quiet(analyzer, wait, heard);
            const BeatClock& c = analyzer.features().clock;
            EXPECT_NEAR(c.at(now), static_cast<double>(c.downbeat), 0.02) << nudge << " " << wait;
            EXPECT_GE(c.at(now), before - 1e-6);
        }
    }
}

TEST(MidiClock, L8_JitteredTicksGiveTheTempoWithinHalfABpm) {
    for (double bpm : {90.0, 120.0, 140.0, 174.0}) {
        MidiClock clock;
        std::mt19937 random(11);
        const double period = 60 / bpm / 24;
        clock.start();
        for (int i = 0; i < 24 * 16; ++i) {
            const bool late = i % 97 == 50;
            clock.tick(1 + i * period + (late ? 0.03 : (static_cast<double>(random()) / 4294967296.0 - 0.5) * 0.008));
            if (i >= 96) {
                EXPECT_NEAR(60 / clock.line().period, bpm, 0.5) << i;
            }
        }
        EXPECT_NEAR(clock.line().at(1 + 384 * period), 16, 0.02 * bpm / 60) << "beat 0 was the first tick after start";
    }
}

TEST(MidiClock, L8_LeadsWithinABarAndHoldsWhenTheCableIsPulled) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    analyzer.midiClockStart(0);
    const double tick = 60 / 100.0 / 24;
    double next = 0;
    while (analyzer.seconds() < 6) {
        while (next <= analyzer.seconds()) { analyzer.midiClockTick(next); next += tick; }
        quiet(analyzer, 0.01, heard);
        if (analyzer.seconds() > 2.5) {
            EXPECT_NEAR(analyzer.features().clock.bpm(), 100.f, 0.5f);
        }
    }
    EXPECT_EQ(analyzer.features().clock.source, ClockSource::MidiClock);
    EXPECT_EQ(analyzer.features().clock.state, ClockState::Locked);
    quiet(analyzer, 2, heard);
    EXPECT_EQ(analyzer.features().clock.state, ClockState::Holding);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 100.f, 0.5f);
    const double at = analyzer.features().clock.at(6.0);
    EXPECT_NEAR(at - std::round(at), 0, 0.03);
}

// A device that ticks at `bpm` with +-4 ms of jitter, heard where its cable is in.
struct Ticking {
    explicit Ticking(double bpm) : bpm_(bpm) { analyzer.midiClockStart(0); }
    void play(double until, bool cable, const std::function<void()>& check = [] {}) {
        while (analyzer.seconds() < until) {
            for (; next_ <= analyzer.seconds(); next_ += 60 / bpm_ / 24)
                if (cable) analyzer.midiClockTick(next_ + (static_cast<double>(random_()) / 4294967296.0 - 0.5) * 0.008);
            feed(analyzer, silence(0.005), heard_);
            check();
        }
    }
    double phaseError() const { // seconds
        const double t = analyzer.seconds();
        return std::remainder(analyzer.features().clock.at(t) - t * bpm_ / 60, 1) * 60 / bpm_;
    }
    Analyzer analyzer{{44100, 1}};

  private:
    double bpm_, next_ = 0;
    std::mt19937 random_{3};
    Heard heard_;
};

TEST(MidiClock, L8_JitterAndDropOutsLeaveTheTempoWithinHalfABpmAndItLeadsWithinABar) {
    for (double bpm : {90.0, 120.0}) {
        Ticking device(bpm);
        const double bar = 240 / bpm;
        const auto leads = [&] {
            const BeatClock& c = device.analyzer.features().clock;
            EXPECT_TRUE(c.source == ClockSource::MidiClock && c.state == ClockState::Locked);
            EXPECT_NEAR(c.bpm(), bpm, 0.5f);
        };
        device.play(bar, true);
        device.play(20, true, leads);
        device.play(20.55, false);
        device.play(21.5, false, [&] {
            EXPECT_EQ(device.analyzer.features().clock.state, ClockState::Holding);
            EXPECT_NEAR(device.analyzer.features().clock.bpm(), bpm, 0.5f);
            EXPECT_NEAR(device.phaseError(), 0, 0.03);
        });
        device.play(21.5 + bar, true);
        device.play(40, true, leads);
    }
}

TEST(MidiClock, L8_BeatIsInItsPlaceAfterADropOut) {
    for (double out : {0.3, 0.7, 1.3, 3.0}) {
        Ticking device(120);
        device.play(10, true);
        device.play(10 + out, false);
        device.play(20, true);
        EXPECT_NEAR(device.phaseError(), 0, 0.03) << out << " s";
    }
}

TEST(MidiClock, L8_LeadsThroughADropOutAndAfterAutomatic) {
    Ticking device(128);
    device.play(4, true);
    const auto leads = [&] {
        EXPECT_EQ(device.analyzer.features().clock.source, ClockSource::MidiClock);
        EXPECT_LE(std::abs(device.phaseError()), 0.02) << device.analyzer.seconds();
    };
    device.play(5, false, leads);
    device.play(8, true, leads);
    device.analyzer.automatic();
    device.play(10, true, leads);
    EXPECT_EQ((static_cast<std::int64_t>(std::llround(device.analyzer.features().clock.at(0))) - device.analyzer.features().clock.downbeat) % 4, 0);
}

TEST(MidiClock, L8_ItsOneStaysWhenTheSoundTakesOver) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    const Sound sound = kicksAtBpm(120, 12); // beats, and nothing that says which is the "one"
    analyzer.midiClockStart(0);
    double next = 1.0; // the third kick is its first beat
    for (std::size_t i = 0; i + 441 <= sound.size(); i += 441) {
        for (; next <= analyzer.seconds() && next < 6; next += 0.5 / 24) analyzer.midiClockTick(next);
        feed(analyzer, Sound(sound.begin() + static_cast<std::ptrdiff_t>(i), sound.begin() + static_cast<std::ptrdiff_t>(i) + 441), heard);
        if (next >= 6 && analyzer.features().clock.source == ClockSource::MidiClock && analyzer.seconds() > 7) {
            params::ParamSnapshot p = params::Store().snapshot();
            p.values[params::param("clock.source").value] = 1;
            analyzer.setParams(p);
        }
        if (analyzer.seconds() > 7.1 && analyzer.seconds() < 8.5) {
            const BeatClock& c = analyzer.features().clock;
            EXPECT_EQ(c.source, ClockSource::Audio);
            EXPECT_NEAR(std::remainder(c.at(1.0) - static_cast<double>(c.downbeat), 4), 0, 0.15) << analyzer.seconds();
        }
    }
}

TEST(MidiClock, L8_StartIsAOneAgainAfterAResync) {
    Ticking device(120);
    device.play(4.2, true);
    device.analyzer.resync(device.analyzer.seconds());
    device.play(6, true);
    device.analyzer.midiClockStart(0);
    const double began = std::ceil(device.analyzer.seconds() * 48) / 48; // its next tick
    device.play(8, true);
    const BeatClock& c = device.analyzer.features().clock;
    EXPECT_NEAR(std::remainder(c.at(began) - static_cast<double>(c.downbeat), 4), 0, 0.05);
}

TEST(MidiClock, L8_ALostTickLeavesTempoAndPlaceAsTheyAre) {
    MidiClock clock;
    const double period = 60 / 120.0 / 24;
    for (int i = 0; i < 24 * 8; ++i) {
        if (i != 100 && i != 103) clock.tick(1 + i * period);
        if (i >= 48) {
            ASSERT_NEAR(60 / clock.line().period, 120, 0.5) << i;
        }
    }
    EXPECT_NEAR(clock.line().at(1 + 24 * 8 * period), 8, 0.01);
}

// Ticks at half the speed are a slower device, not one whose every second tick is lost.
TEST(MidiClock, L8_HalfTheTempoIsFollowed) {
    MidiClock clock;
    double t = 1;
    for (int i = 0; i < 24 * 12; ++i, t += 60 / (i < 96 ? 120.0 : 60.0) / 24) clock.tick(t);
    EXPECT_NEAR(60 / clock.line().period, 60, 0.1);
    EXPECT_NEAR(clock.line().at(t), 12, 0.05);
}

TEST(MidiClock, L8_SongPositionSetsTheBeat) {
    MidiClock clock;
    clock.start();
    for (int i = 0; i < 48; ++i) clock.tick(i * 0.02);
    clock.songPosition(32);
    for (int i = 48; i < 72; ++i) clock.tick(i * 0.02);
    EXPECT_NEAR(clock.line().at(48 * 0.02), 32, 0.02);
}

TEST(MidiClock, L8_ContinueGoesOnWhereStopLeftTheSongAndStartBeginsIt) {
    for (const bool ticksOn : {false, true}) { // while it stands
        MidiClock clock;
        clock.start();
        double now = 0;
        const auto tick = [&](int count) {
            for (int i = 0; i < count; ++i, now += 0.02) clock.tick(now);
        };
        tick(72); // three beats
        clock.stop();
        if (ticksOn) tick(40);
        else now += 0.3;
        clock.resume();
        const double again = now;
        tick(24);
        EXPECT_NEAR(clock.line().at(again), 3, 0.02) << ticksOn;
        clock.stop();
        if (ticksOn) tick(7);
        clock.songPosition(16);
        if (ticksOn) tick(10);
        clock.resume();
        const double there = now;
        tick(48);
        EXPECT_NEAR(clock.line().at(there), 16, 0.02) << ticksOn;
        clock.start();
        const double first = now;
        tick(48);
        EXPECT_NEAR(clock.line().at(first), 0, 0.02) << ticksOn;
    }
}

// Order of the sources: Link, MIDI clock, a tap, the sound; a choice by hand stands above it.
TEST(Link, L8_L9_TheSessionComesBeforeMidiClockAndAHandsChoiceBeforeBoth) {
    ClockArbiter arbiter(0.01);
    BeatTracker tracker(0.01);
    double now = 0, nextTick = 0;
    bool there = true;
    const auto play = [&](double seconds) {
        for (const double end = now + seconds; now < end; now += 0.01) {
            for (; nextTick <= now; nextTick += 60 / 100.0 / 24) arbiter.midi().tick(nextTick);
            arbiter.link(now, now * 128 / 60, there ? 60 / 128.0 : 0);
            arbiter.process(tracker, now);
        }
        return arbiter.clock();
    };
    arbiter.midi().start();
    EXPECT_EQ(play(6).source, ClockSource::Link);
    EXPECT_NEAR(play(0.1).bpm(), 128, 0.1);
    arbiter.setChoice(SourceChoice::MidiClock);
    EXPECT_EQ(play(1).source, ClockSource::MidiClock);
    EXPECT_NEAR(play(0.1).bpm(), 100, 0.5);
    arbiter.setChoice(SourceChoice::Automatic);
    EXPECT_EQ(play(1).source, ClockSource::Link);
    there = false;
    EXPECT_EQ(play(1).source, ClockSource::MidiClock) << "the others left the session";
}

TEST(Link, L9_TheSessionLeadsInPhaseAndBarAndLeavesToTheSound) {
    Analyzer analyzer({44100, 1});
    Heard heard;
    Sound sound = silence(12);
    for (double t = 0.3; t < 12; t += 0.6) mix(sound, kick(), t, 0.8); // 100 BPM
    feed(analyzer, sound, heard);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 100.f, 2.f);
    const double bpm = 128, period = 60 / bpm, began = analyzer.seconds();
    std::mt19937 random(5);
    const auto session = [&](double t) { return 1000.7 + (t - began) / period; };
    const auto play = [&](double seconds, bool there) { // told once a frame, with the jitter of two clocks
        for (const double end = analyzer.seconds() + seconds; analyzer.seconds() < end;) {
            const double t = analyzer.seconds(), jitter = (static_cast<double>(random() % 1000) / 1000 - 0.5) * 0.004;
            analyzer.link(t, session(t + jitter), there ? period : 0);
            feed(analyzer, silence(1 / 60.0), heard);
        }
    };
    play(4 * period, true);
    for (int i = 0; i < 50; ++i) {
        play(0.1, true);
        const Features& f = analyzer.features();
        EXPECT_EQ(f.clock.source, ClockSource::Link);
        EXPECT_NEAR(f.clock.bpm(), bpm, 0.1);
        const double t = analyzer.seconds();
        EXPECT_LT(std::abs(std::remainder(f.clock.at(t) - session(t), 1)), 0.02);
        EXPECT_LT(std::abs(std::remainder(f.clock.at(t) - static_cast<double>(f.clock.downbeat) - session(t), 4)), 0.02) << "its bar is ours";
    }
    play(0.1, false);
    feed(analyzer, sound, heard);
    EXPECT_EQ(analyzer.features().clock.source, ClockSource::Audio);
    EXPECT_NEAR(analyzer.features().clock.bpm(), 100.f, 2.f);
}

} // namespace
} // namespace titanus::analysis::test
