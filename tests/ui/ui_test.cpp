// The UI's laws, without window or GL: what is drawn where, and what a hand does to the show.
#include "ui/history.h"
#include "ui/learn.h"
#include "ui/synthetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

namespace titanus::ui {
namespace {

using params::Action;
using params::param;

class UiTest : public ::testing::Test {
  protected:
    void SetUp() override { open(1280, 720); }

    void open(int width, int height) {
        ui.reset();
        auto made = Ui::createHeadless(width, height);
        ASSERT_TRUE(made.ok()) << made.problem().line();
        ui = std::move(made).value();
        frames(3);
    }
    void frames(int count) {
        for (int i = 0; i < count; ++i) {
            show.advance(1 / 60.);
            ui->draw(show.input(), sink);
        }
    }
    ItemRect item(const std::string& id) {
        for (const ItemRect& r : ui->items())
            if (r.id == id) return r;
        ADD_FAILURE() << "no item " << id;
        return {};
    }
    bool has(const std::string& id) {
        return std::any_of(ui->items().begin(), ui->items().end(), [&](const ItemRect& r) { return r.id == id; });
    }
    void move(float x, float y) {
        ui->processEvent(test::mouseMoved(x, y));
        frames(1);
    }
    void press(bool down, Uint8 which = SDL_BUTTON_LEFT) {
        ui->processEvent(test::mousePressed(down, which));
        frames(1);
    }
    void click(const std::string& id, Uint8 which = SDL_BUTTON_LEFT) {
        const ItemRect r = item(id);
        move((r.x0 + r.x1) / 2, (r.y0 + r.y1) / 2);
        frames(1); // hovered is decided by the frame before
        press(true, which);
        press(false, which);
    }
    void doubleClick(const std::string& id) {
        frames(60); // not a part of an earlier click
        click(id);
        press(true);
        press(false);
        frames(2);
    }
    void drag(const std::string& id, float dx, float dy = 0) {
        const ItemRect r = item(id);
        const float x = (r.x0 + r.x1) / 2, y = (r.y0 + r.y1) / 2;
        move(x, y);
        frames(1);
        press(true);
        for (int i = 1; i <= 8; ++i) move(x + dx * static_cast<float>(i) / 8, y + dy * static_cast<float>(i) / 8);
        press(false);
    }
    void type(const std::string& text) {
        for (const char c : text) {
            SDL_Event e{};
            e.type = SDL_TEXTINPUT;
            e.text.text[0] = c;
            ui->processEvent(e);
            frames(1);
        }
    }
    void shift(bool down) {
        SDL_Event e{};
        e.type = down ? SDL_KEYDOWN : SDL_KEYUP;
        e.key.keysym = {SDL_SCANCODE_LSHIFT, SDLK_LSHIFT, static_cast<Uint16>(down ? KMOD_SHIFT : KMOD_NONE), 0};
        ui->processEvent(e);
        frames(1);
    }
    bool key(SDL_Keycode sym, SDL_Scancode code, Uint16 mod = 0) {
        SDL_Event e{};
        e.type = SDL_KEYDOWN;
        e.key.keysym = {code, sym, mod, 0};
        const bool taken = ui->processEvent(e);
        frames(1);
        e.type = SDL_KEYUP;
        ui->processEvent(e);
        frames(1);
        return taken;
    }
    // Every work space and every page of it, drawn.
    template <class Look> void everywhere(Look look) {
        for (int s = 0; s < static_cast<int>(WorkSpace::Count); ++s) {
            ui->setWorkSpace(static_cast<WorkSpace>(s));
            frames(2);
            std::vector<std::string> pages;
            for (const ItemRect& r : ui->items())
                if (r.id.rfind("tune.", 0) == 0 || r.id == "map.grid" || r.id == "map.list" || r.id.rfind("perform.", 0) == 0) pages.push_back(r.id);
            look("first");
            for (const std::string& page : pages) {
                click(page);
                frames(1);
                look(page);
            }
        }
    }

    test::Synthetic show;
    test::RecordingSink sink{show.store};
    std::unique_ptr<Ui> ui;
};

void expectClean(const std::vector<ItemRect>& items, float width, float height, const std::string& where) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ItemRect& a = items[i];
        EXPECT_LE(a.x0 + 20, a.x1) << where << ": too small to hit: " << a.id;
        EXPECT_LE(a.y0 + 18, a.y1) << where << ": too small to hit: " << a.id;
        if (a.clipped) continue; // scrolled: reached by scrolling, checked by its own panel
        EXPECT_TRUE(a.x0 >= 0 && a.y0 >= 0 && a.x1 <= width + 0.5f && a.y1 <= height + 0.5f) << where << ": outside the window: " << a.id;
        for (std::size_t j = i + 1; j < items.size(); ++j) {
            const ItemRect& b = items[j];
            if (b.clipped) continue;
            const bool apart = a.x1 <= b.x0 + 0.5f || b.x1 <= a.x0 + 0.5f || a.y1 <= b.y0 + 0.5f || b.y1 <= a.y0 + 0.5f;
            EXPECT_TRUE(apart) << where << ": " << a.id << " overlaps " << b.id;
        }
    }
}

TEST_F(UiTest, NothingOverlapsAndAllIsInsideAt1280x720) {
    everywhere([&](const std::string& where) { expectClean(ui->items(), 1280, 720, where); });
}

TEST_F(UiTest, NothingIsScrolledAwayAt1280x720) {
    everywhere([&](const std::string& where) {
        for (const ItemRect& r : ui->items()) EXPECT_FALSE(r.clipped) << where << ": " << r.id;
    });
}

TEST_F(UiTest, NothingOverlapsAtOtherWindowSizes) {
    const std::pair<int, int> sizes[] = {{1920, 1080}, {2560, 1440}, {1280, 1024}, {3440, 1440}, {1024, 576}};
    for (const auto& [w, h] : sizes) {
        open(w, h);
        everywhere([&](const std::string& where) {
            expectClean(ui->items(), static_cast<float>(w), static_cast<float>(h), where + " at " + std::to_string(w));
        });
    }
}

TEST_F(UiTest, EveryParameterIsSomewhere) {
    std::set<std::string> seen;
    everywhere([&](const std::string&) {
        for (const ItemRect& r : ui->items()) seen.insert(r.id);
    });
    for (const auto& p : params::kCatalogue) EXPECT_TRUE(seen.count(std::string(p.id))) << p.id << " has no control";
    for (int slot = 0; slot < params::kPromptSlots; ++slot)
        EXPECT_TRUE(seen.count(std::string(params::kTexts[params::promptText(slot).value].id)));
    for (const auto& a : params::kActions) {
        if (a.action == Action::Quit || a.action == Action::PresetRecall || a.action == Action::SceneRecall) continue; // keyboard; the pads
        EXPECT_TRUE(seen.count(std::string(a.id))) << a.id << " has no button";
    }
    EXPECT_TRUE(seen.count("preset.9"));
}

TEST_F(UiTest, DraggingAFaderChangesItsParameterWithinItsRange) {
    ui->setWorkSpace(WorkSpace::Tune);
    frames(2);
    const float before = show.store[param("camera.zoom")];
    drag("camera.zoom", 60);
    ASSERT_FALSE(sink.changes.empty());
    for (const auto& c : sink.changes) {
        EXPECT_EQ(c.param, param("camera.zoom"));
        EXPECT_EQ(c.origin, params::Origin::Ui);
        EXPECT_GE(c.value, -2);
        EXPECT_LE(c.value, 2);
    }
    EXPECT_GT(show.store[param("camera.zoom")], before);
    drag("camera.zoom", 5000);
    EXPECT_FLOAT_EQ(show.store[param("camera.zoom")], 2);
}

TEST_F(UiTest, PressingAFaderWithoutMovingNeverJumps) {
    click("output.brightness");
    click("prompt.1.weight");
    EXPECT_TRUE(sink.changes.empty());
}

TEST_F(UiTest, ShiftDragsTenTimesFiner) {
    drag("output.brightness", -50);
    const float coarse = 1 - show.store[param("output.brightness")];
    show.store.apply({param("output.brightness"), 1, params::Origin::Ui, 0});
    SDL_Event e{};
    e.type = SDL_KEYDOWN;
    e.key.keysym = {SDL_SCANCODE_LSHIFT, SDLK_LSHIFT, KMOD_SHIFT, 0};
    ui->processEvent(e);
    drag("output.brightness", -50);
    EXPECT_NEAR(1 - show.store[param("output.brightness")], coarse / 10, coarse * 0.01f);
}

TEST_F(UiTest, RightClickGoesBackToTheDefault) {
    show.store.apply({param("output.brightness"), 0.25f, params::Origin::Ui, 0});
    click("output.brightness", SDL_BUTTON_RIGHT);
    EXPECT_FLOAT_EQ(show.store[param("output.brightness")], 1);
}

TEST_F(UiTest, DoubleClickTypesAValueAndARefusedOneKeepsTheField) {
    doubleClick("output.brightness");
    EXPECT_TRUE(ui->wantsText());
    EXPECT_TRUE(sink.changes.empty()) << "a double click must not move the fader";
    type("7");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_TRUE(sink.changes.empty()) << "7 is out of range";
    frames(3);
    EXPECT_TRUE(ui->wantsText());
    type("0.5");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_FLOAT_EQ(show.store[param("output.brightness")], 0.5f);
    frames(3);
    EXPECT_FALSE(ui->wantsText());
}

TEST_F(UiTest, AButtonPostsItsAction) {
    click("action.freeze");
    click("preset.3");
    ASSERT_EQ(sink.actions.size(), 2u);
    EXPECT_EQ(sink.actions[0].action, Action::Freeze);
    EXPECT_EQ(sink.actions[0].origin, params::Origin::Ui);
    EXPECT_EQ(sink.actions[1].action, Action::PresetRecall);
    EXPECT_EQ(sink.actions[1].argument, 3);
}

TEST_F(UiTest, TypingIntoAPromptChangesItsTextOnceTheHandRests) {
    click("prompt.5.text");
    frames(2);
    EXPECT_TRUE(ui->wantsText());
    type("a red fox");
    frames(60);
    ASSERT_EQ(sink.texts.size(), 1u);
    EXPECT_EQ(sink.texts[0].first, params::promptText(4));
    EXPECT_EQ(sink.texts[0].second, "a red fox");
    type(" asleep");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_EQ(show.store[params::promptText(4)], "a red fox asleep");
}

// At ten frames a second a hand presses and releases Enter between two of them.
TEST_F(UiTest, AKeyTappedWithinOneFrameIsNotLost) {
    click("prompt.5.text");
    frames(2);
    type("fox");
    ASSERT_TRUE(ui->wantsText());
    SDL_Event e{};
    e.key.keysym = {SDL_SCANCODE_RETURN, SDLK_RETURN, 0, 0};
    for (const auto what : {SDL_KEYDOWN, SDL_KEYUP}) {
        e.type = what;
        ui->processEvent(e);
    }
    frames(2);
    EXPECT_EQ(show.store[params::promptText(4)], "fox");
    frames(1);
    EXPECT_FALSE(ui->wantsText()) << "letters would still be text";
    click("prompt.5.text"); // and no key hangs: Enter would close it at once
    frames(3);
    EXPECT_TRUE(ui->wantsText());
}

TEST_F(UiTest, A3_APromptSetFromOutsideAppearsInItsField) {
    show.store.setText(params::promptText(1), "a storm");
    frames(2);
    click("prompt.2.text");
    frames(2);
    frames(60);
    click("prompt.2.text"); // the second click sets the cursor
    type("!");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_NE(show.store[params::promptText(1)].find("storm"), std::string::npos);
}

TEST_F(UiTest, WritingIntoAPromptReplacesIt) {
    show.store.setText(params::promptText(1), "a storm");
    frames(2);
    click("prompt.2.text");
    frames(2);
    type("whale");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_EQ(show.store[params::promptText(1)], "whale");
}

TEST_F(UiTest, LetterKeysAreDeadWhileTypingButPanicAndFunctionKeysAreNot) {
    EXPECT_FALSE(key(SDLK_b, SDL_SCANCODE_B)) << "free: blackout";
    click("prompt.1.text");
    frames(2);
    ASSERT_TRUE(ui->wantsText());
    EXPECT_TRUE(key(SDLK_b, SDL_SCANCODE_B));
    EXPECT_TRUE(key(SDLK_SPACE, SDL_SCANCODE_SPACE));
    EXPECT_TRUE(key(SDLK_1, SDL_SCANCODE_1));
    EXPECT_FALSE(key(SDLK_F9, SDL_SCANCODE_F9));
    EXPECT_FALSE(key(SDLK_F1, SDL_SCANCODE_F1));
    EXPECT_FALSE(key(SDLK_ESCAPE, SDL_SCANCODE_ESCAPE, KMOD_SHIFT));
}

TEST_F(UiTest, InLearnModeAClickArmsInsteadOfActing) {
    show.learning = true;
    frames(2);
    click("prompt.2.weight");
    click("action.blackout");
    click("preset.4");
    drag("output.brightness", -80);
    EXPECT_TRUE(sink.changes.empty());
    EXPECT_TRUE(sink.actions.empty());
    ASSERT_GE(sink.learned.size(), 3u);
    EXPECT_EQ(sink.learned[0], Target(param("prompt.2.weight")));
    EXPECT_EQ(sink.learned[1], Target(ActionTarget{Action::Blackout, -1}));
    EXPECT_EQ(sink.learned[2], Target(ActionTarget{Action::PresetRecall, 4}));
    click("action.midi_learn");
    ASSERT_EQ(sink.actions.size(), 1u) << "learn itself must still switch off";
}

TEST_F(UiTest, RoutesAreAddedEditedMutedAndRemoved) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    const auto before = show.store.routes();
    click("route.add");
    EXPECT_EQ(show.store.routes().size(), before.size() + 1);
    frames(2);
    drag("route.0.depth", 30);
    EXPECT_GT(show.store.routes()[0].depth, before[0].depth);
    EXPECT_LE(show.store.routes()[0].depth, 1);
    click("route.1.mute");
    EXPECT_NE(show.store.routes()[1].mute, before[1].mute);
    drag("route.2.release", 20);
    EXPECT_GT(show.store.routes()[2].releaseSeconds, before[2].releaseSeconds);
    click("route.0.remove");
    EXPECT_EQ(show.store.routes().size(), before.size());
    EXPECT_EQ(show.store.routes()[0].source, before[1].source);
}

TEST_F(UiTest, L19_N11_DraggingAnEmptyCellOfTheMatrixMakesItsRoute) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    click("map.grid");
    frames(2);
    const auto before = show.store.routes().size();
    const ItemRect m = item("matrix");
    // first column, first row: level -> the first modulatable parameter
    move(m.x0 + 2, m.y0 + 2);
    frames(1);
    press(true);
    for (int i = 1; i <= 4; ++i) move(m.x0 + 2, m.y0 + 2 - static_cast<float>(i) * 8);
    press(false);
    ASSERT_EQ(show.store.routes().size(), before + 1);
    EXPECT_EQ(show.store.routes().back().source, params::Source::Level);
    EXPECT_TRUE(params::row(show.store.routes().back().target).modulatable());
    EXPECT_GT(show.store.routes().back().depth, 0);
}

TEST_F(UiTest, ABindingCanBeForgotten) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    click("binding.2.forget");
    EXPECT_EQ(sink.forgotten, std::vector<std::size_t>{2});
}

TEST_F(UiTest, L10_AReadyMadeBindingIsShownAndAClickMakesItOnesOwn) {
    ui->setWorkSpace(WorkSpace::Map);
    show.bindings.clear(); // or the list would be scrolled
    show.readyMade = {{params::param("look.hue"), "nanoKONTROL2 CC 16"}, {params::param("look.bloom"), "nanoKONTROL2 CC 17"}};
    frames(2);
    click("ready.1");
    EXPECT_EQ(sink.adopted, std::vector<std::size_t>{1});
    show.bindings = {show.readyMade[1]}; // as the show does it
    show.readyMade.pop_back();
    frames(2);
    click("binding.invert"); // it stands open, to be edited
    ASSERT_EQ(sink.bindingEdits.size(), 1u);
    EXPECT_EQ(sink.bindingEdits[0].first, 0u);
    EXPECT_TRUE(sink.bindingEdits[0].second.invert);
}

TEST_F(UiTest, N5_TheSceneThatIsPreparedSaysSoOnItsPadAndAButtonAsksForIt) {
    click("perform.1");
    frames(2);
    click("action.scene_prepare");
    ASSERT_FALSE(sink.actions.empty());
    EXPECT_EQ(sink.actions.back().action, Action::ScenePrepare);
    EXPECT_EQ(sink.actions.back().argument, -1);
}

TEST_F(UiTest, ControlDigitsChangeTheWorkSpaceEvenWhileTyping) {
    click("prompt.1.text");
    frames(2);
    EXPECT_TRUE(key(SDLK_3, SDL_SCANCODE_3, KMOD_CTRL));
    EXPECT_EQ(ui->workSpace(), WorkSpace::Tune);
}

TEST_F(UiTest, HiddenUiDrawsNoControls) {
    show.uiVisible = false;
    frames(2);
    EXPECT_TRUE(ui->items().empty());
}

TEST_F(UiTest, AnUnfinishedPromptSurvivesHidingTheUi) {
    click("prompt.6.text");
    frames(2);
    type("whale");
    show.uiVisible = false;
    frames(3);
    show.uiVisible = true;
    frames(3);
    frames(60);
    EXPECT_EQ(show.store[params::promptText(5)], "whale");
}

TEST_F(UiTest, FirstStepsAreDismissedByTheirButton) {
    show.firstRun = true;
    frames(3);
    click("first.ok");
    EXPECT_EQ(sink.firstRunDismissed, 1);
    for (const WorkSpace other : {WorkSpace::Map, WorkSpace::Tune}) { // where they would lie on controls
        ui->setWorkSpace(other);
        frames(2);
        EXPECT_FALSE(has("first.ok"));
    }
}

TEST_F(UiTest, L10_LearnModeSaysWhatToDoNext) {
    LearnGuide guide;
    UiInput in = show.input();
    const auto says = [&](std::string_view first, std::string_view second = "") {
        guide.follow(in);
        const auto words = guide.words(in);
        return (first.empty() ? words.first.empty() : words.first.find(first) != std::string::npos) && words.second.find(second) != std::string::npos;
    };
    EXPECT_TRUE(says(""));
    in.learning = true;
    EXPECT_TRUE(says("Click a control", "Then move"));
    in.midiInputs = {};
    EXPECT_TRUE(says("Click a control", "plug one in"));
    in.midiInputs = show.midi;
    in.learnTarget = param("prompt.1.weight");
    EXPECT_TRUE(says("Prompt 1: now move"));
    in.learnTarget = {}; // bound: the binding is there already
    EXPECT_TRUE(says("nanoKONTROL2 CC 1 moves Prompt 1", "Click another"));
    in.learnTarget = ActionTarget{Action::Blackout, -1};
    EXPECT_TRUE(says("Blackout: now move"));
    in.learnTarget = {}; // disarmed by hand: nothing was bound, nothing is claimed
    EXPECT_TRUE(says("Click a control"));
    in.learnTarget = param("camera.zoom");
    says("Zoom");
    in.learnTarget = {};
    in.learning = false; // read to the end, then gone
    EXPECT_TRUE(says("CC 0 moves Zoom"));
    in.seconds += 60;
    EXPECT_TRUE(says(""));
}

TEST_F(UiTest, N10_AFiredRouteShowsInTheStripWithinOneFrame) {
    History history;
    modulation::FrameState& frame = show.frame;
    history.add(show.input());
    frame.sources[static_cast<std::size_t>(params::Source::Kick)] = 0;
    history.add(show.input());
    EXPECT_TRUE(history.marks().empty());
    frame.sources[static_cast<std::size_t>(params::Source::Kick)] = 1;
    show.features.onsets[1]++;
    history.add(show.input());
    ASSERT_EQ(history.marks().size(), 1u);
    EXPECT_EQ(history.marks()[0].text, "Kick > Bump");
    EXPECT_GT(history.columns().back().onsets[1], 0);
}

TEST_F(UiTest, EveryTextIsSomewhere) {
    std::set<std::string> seen;
    everywhere([&](const std::string&) {
        for (const ItemRect& r : ui->items()) seen.insert(r.id);
    });
    const std::map<std::string_view, std::string> devices{{"audio.input", "device.audio"}, {"midi.input", "device.midi"}, {"output.display", "device.display"}};
    for (const auto& text : params::kTexts) {
        const auto device = devices.find(text.id);
        EXPECT_TRUE(seen.count(device == devices.end() ? std::string(text.id) : device->second)) << text.id << " has no field";
    }
}

TEST_F(UiTest, NoTwoItemsOfAPageShareAnId) {
    everywhere([&](const std::string& where) {
        std::set<std::string> ids;
        for (const ItemRect& r : ui->items()) EXPECT_TRUE(ids.insert(r.id).second) << where << ": " << r.id << " twice";
    });
}

TEST_F(UiTest, APadRecallsAShiftClickStoresAndAnEmptyOneDoesNothing) {
    click("perform.1");
    frames(2);
    click("scene.3");
    ASSERT_EQ(sink.actions.size(), 1u);
    EXPECT_EQ(sink.actions[0].action, Action::SceneRecall);
    EXPECT_EQ(sink.actions[0].argument, 3);
    click("scene.40");
    EXPECT_EQ(sink.actions.size(), 1u) << "nothing lies there";
    shift(true);
    click("scene.40");
    shift(false);
    ASSERT_EQ(sink.actions.size(), 2u);
    EXPECT_EQ(sink.actions[1].action, Action::SceneStore);
    EXPECT_EQ(sink.actions[1].argument, 40);
}

TEST_F(UiTest, L15_AShiftClickBlendsAFullPadWithWhatPlays) {
    click("perform.1");
    frames(2);
    shift(true);
    click("scene.3");
    shift(false);
    ASSERT_EQ(sink.actions.size(), 2u);
    EXPECT_EQ(sink.actions[0].action, Action::SceneRecall);
    EXPECT_EQ(sink.actions[0].argument, -1) << "shift: the next pad is to be blended with";
    EXPECT_EQ(sink.actions[1].action, Action::SceneRecall);
    EXPECT_EQ(sink.actions[1].argument, 3);
}

TEST_F(UiTest, WithAStoreButtonHeldReadyAnEmptyPadIsPressedToo) {
    click("perform.1");
    frames(2);
    click("action.scene_store");
    ASSERT_EQ(sink.actions.size(), 1u);
    EXPECT_EQ(sink.actions[0].action, Action::SceneStore);
    EXPECT_EQ(sink.actions[0].argument, -1) << "armed: the next pad";
    show.padHand = PadHand::Store;
    click("scene.41");
    ASSERT_EQ(sink.actions.size(), 2u);
    EXPECT_EQ(sink.actions[1].action, Action::SceneRecall);
    EXPECT_EQ(sink.actions[1].argument, 41);
}

TEST_F(UiTest, APadIsRenamedFromItsMenu) {
    click("perform.1");
    frames(2);
    click("scene.0", SDL_BUTTON_RIGHT);
    frames(2);
    key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(3);
    ASSERT_TRUE(ui->wantsText());
    type("Moonrise");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    ASSERT_EQ(sink.renamed.size(), 1u);
    EXPECT_EQ(sink.renamed[0].first, 0);
    EXPECT_EQ(sink.renamed[0].second, "Moonrise");
    EXPECT_TRUE(sink.actions.empty());
}

TEST_F(UiTest, APadIsCarriedToAnother) {
    click("perform.1");
    frames(2);
    const ItemRect from = item("scene.2"), to = item("scene.30");
    drag("scene.2", to.x0 - from.x0, to.y0 - from.y0);
    frames(2);
    ASSERT_EQ(sink.moved.size(), 1u);
    EXPECT_EQ(sink.moved[0], std::make_pair(2, 30));
    EXPECT_TRUE(sink.actions.empty()) << "carrying is not recalling";
}

TEST_F(UiTest, DraggingThePuckPostsBothPlacesInOneFrame) {
    click("perform.stars");
    frames(2);
    const ItemRect field = item("constellation");
    move(field.x0 + 150, field.y0 + 120);
    frames(1);
    press(true);
    for (int i = 1; i <= 6; ++i) {
        sink.changes.clear();
        move(field.x0 + 150 + 20 * static_cast<float>(i), field.y0 + 120 + 7 * static_cast<float>(i));
        ASSERT_EQ(sink.changes.size(), 2u);
        EXPECT_EQ(sink.changes[0].param, param("constellation.x"));
        EXPECT_EQ(sink.changes[1].param, param("constellation.y"));
        EXPECT_EQ(sink.changes[0].time, sink.changes[1].time);
    }
    move(field.x1 + 400, field.y0 - 50);
    press(false);
    EXPECT_FLOAT_EQ(show.store[param("constellation.x")], 1) << "held at the edge";
    EXPECT_FLOAT_EQ(show.store[param("constellation.y")], 1);
    click("constellation", SDL_BUTTON_RIGHT);
    EXPECT_FLOAT_EQ(show.store[param("constellation.x")], 0);
    EXPECT_FLOAT_EQ(show.store[param("constellation.y")], 0);
}

TEST_F(UiTest, GrabbingThePuckWithoutMovingNeverJumps) {
    show.store.apply({param("constellation.x"), 0, params::Origin::Ui, 0});
    show.store.apply({param("constellation.y"), 0, params::Origin::Ui, 0});
    click("perform.stars");
    frames(2);
    click("constellation"); // its middle: there the puck lies
    EXPECT_TRUE(sink.changes.empty());
}

TEST_F(UiTest, TypingAnEqualsSignSetsAFormulaAndAnEmptyFieldTakesItAway) {
    doubleClick("output.brightness");
    type("=0.5+0.5*sin(t)");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    ASSERT_EQ(sink.formulas.size(), 1u);
    EXPECT_EQ(sink.formulas[0].first, param("output.brightness"));
    EXPECT_EQ(sink.formulas[0].second, "0.5+0.5*sin(t)");
    EXPECT_TRUE(sink.changes.empty());
    frames(6);
    EXPECT_FALSE(ui->wantsText());
    drag("output.brightness", -80);
    EXPECT_TRUE(sink.changes.empty()) << "the formula holds the value";
    doubleClick("output.brightness");
    key(SDLK_a, SDL_SCANCODE_A, KMOD_CTRL);
    key(SDLK_BACKSPACE, SDL_SCANCODE_BACKSPACE);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    ASSERT_EQ(sink.formulas.size(), 2u);
    EXPECT_EQ(sink.formulas[1].second, "");
    EXPECT_TRUE(show.store.formulas().empty());
}

TEST_F(UiTest, ARefusedFormulaKeepsTheField) {
    doubleClick("output.brightness");
    type("=sin(");
    show.formulaProblems = {{param("output.brightness"), {"a ) is missing", 4}}};
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(6);
    EXPECT_TRUE(ui->wantsText());
}

TEST_F(UiTest, RightClickTakesAFormulaAwayAndResets) {
    show.store.setFormulas({{param("output.brightness"), "t"}});
    frames(2);
    click("output.brightness", SDL_BUTTON_RIGHT);
    ASSERT_EQ(sink.formulas.size(), 1u);
    EXPECT_EQ(sink.formulas[0].second, "");
    EXPECT_FLOAT_EQ(show.store[param("output.brightness")], 1);
}

TEST_F(UiTest, RoutesHaveHoldQuantiseAndSolo) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    click("route.1.solo");
    EXPECT_TRUE(show.store.routes()[1].solo);
    drag("route.2.hold", 20);
    EXPECT_GT(show.store.routes()[2].holdSeconds, 0);
    click("route.0.quantise");
    frames(2);
    key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_EQ(show.store.routes()[0].quantise, params::RouteQuantise::Beat);
}

TEST_F(UiTest, ATargetIsFoundByTypingAPartOfItsName) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    click("route.0.target");
    frames(3);
    ASSERT_TRUE(ui->wantsText());
    type("vignet");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_EQ(show.store.routes()[0].target, param("look.vignette"));
}

TEST_F(UiTest, TheChosenCellOfTheMatrixIsEditedBelowIt) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    click("map.grid");
    frames(2);
    EXPECT_FALSE(has("cell.hold"));
    const ItemRect m = item("matrix");
    move(m.x0 + 2, m.y0 + 2);
    frames(1);
    press(true);
    move(m.x0 + 2, m.y0 - 10);
    press(false);
    frames(2);
    drag("cell.hold", 20);
    EXPECT_GT(show.store.routes().back().holdSeconds, 0);
    click("cell.mute");
    EXPECT_TRUE(show.store.routes().back().mute);
}

TEST_F(UiTest, ABindingIsEditedInPlace) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    click("binding.1");
    frames(2);
    drag("binding.low", 30);
    ASSERT_FALSE(sink.bindingEdits.empty());
    EXPECT_EQ(sink.bindingEdits.back().first, 1u);
    EXPECT_GT(sink.bindingEdits.back().second.low, 0);
    EXPECT_LE(sink.bindingEdits.back().second.low, sink.bindingEdits.back().second.high);
    sink.bindingEdits.clear();
    click("binding.invert");
    ASSERT_EQ(sink.bindingEdits.size(), 1u);
    EXPECT_TRUE(sink.bindingEdits[0].second.invert);
    click("binding.mode");
    frames(2);
    key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    ASSERT_EQ(sink.bindingEdits.size(), 2u);
    EXPECT_EQ(sink.bindingEdits[1].second.mode, 2);
}

TEST_F(UiTest, ACornerOfTheWallMovesBothItsPlacesAndGoesBack) {
    ui->setWorkSpace(WorkSpace::Tune);
    frames(2);
    click("tune.Output");
    frames(2);
    drag("pin.top_left", 24, 18);
    EXPECT_GT(show.store[param("output.top_left_x")], 0.02f);
    EXPECT_LT(show.store[param("output.top_left_y")], -0.02f) << "down is negative";
    EXPECT_EQ(show.store[param("output.top_right_x")], 0);
    click("pin.top_left", SDL_BUTTON_RIGHT);
    EXPECT_EQ(show.store[param("output.top_left_x")], 0);
    EXPECT_EQ(show.store[param("output.top_left_y")], 0);
}

TEST_F(UiTest, L21_TheOutputsDisplayIsAskedForItsNumberByAButton) {
    ui->setWorkSpace(WorkSpace::Tune);
    frames(2);
    click("tune.Output");
    frames(2);
    EXPECT_EQ(sink.identified, 0);
    click("output.identify");
    EXPECT_EQ(sink.identified, 1);
    EXPECT_TRUE(sink.changes.empty()) << "it is no setting";
}

TEST_F(UiTest, L31_TheKeyboardWalksToEveryItemOfAPage) {
    everywhere([&](const std::string& where) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < ui->items().size() + 1; ++i) {
            key(SDLK_PAGEDOWN, SDL_SCANCODE_PAGEDOWN);
            seen.insert(ui->focus());
        }
        for (const ItemRect& r : ui->items()) EXPECT_TRUE(seen.count(r.id)) << where << ": " << r.id;
    });
}

TEST_F(UiTest, ArrowsGoToWhatLiesThatWay) {
    click("perform.0");
    key(SDLK_PAGEDOWN, SDL_SCANCODE_PAGEDOWN);
    for (int i = 0; i < 100 && ui->focus() != "prompt.3.weight"; ++i) key(SDLK_PAGEDOWN, SDL_SCANCODE_PAGEDOWN);
    ASSERT_EQ(ui->focus(), "prompt.3.weight");
    key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    EXPECT_EQ(ui->focus(), "prompt.4.weight");
    key(SDLK_RIGHT, SDL_SCANCODE_RIGHT);
    EXPECT_EQ(ui->focus(), "prompt.4.target");
    key(SDLK_UP, SDL_SCANCODE_UP);
    EXPECT_EQ(ui->focus(), "prompt.3.target");
    key(SDLK_LEFT, SDL_SCANCODE_LEFT);
    EXPECT_EQ(ui->focus(), "prompt.3.weight");
}

TEST_F(UiTest, TheKeyboardMovesTypesAndResetsAValue) {
    key(SDLK_PAGEDOWN, SDL_SCANCODE_PAGEDOWN);
    for (int i = 0; i < 100 && ui->focus() != "macro.1"; ++i) key(SDLK_PAGEDOWN, SDL_SCANCODE_PAGEDOWN);
    ASSERT_EQ(ui->focus(), "macro.1");
    EXPECT_TRUE(key(SDLK_EQUALS, SDL_SCANCODE_EQUALS)); // the + key
    EXPECT_NEAR(show.store[param("macro.1")], 0.01f, 1e-5f);
    EXPECT_TRUE(key(SDLK_EQUALS, SDL_SCANCODE_EQUALS, KMOD_SHIFT));
    EXPECT_NEAR(show.store[param("macro.1")], 0.011f, 1e-5f);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(2);
    ASSERT_TRUE(ui->wantsText());
    type("0.7");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    EXPECT_FLOAT_EQ(show.store[param("macro.1")], 0.7f);
    frames(4);
    key(SDLK_BACKSPACE, SDL_SCANCODE_BACKSPACE);
    EXPECT_FLOAT_EQ(show.store[param("macro.1")], 0);
    key(SDLK_ESCAPE, SDL_SCANCODE_ESCAPE);
    EXPECT_EQ(ui->focus(), "");
    EXPECT_FALSE(key(SDLK_RETURN, SDL_SCANCODE_RETURN)) << "without a focus the keys are the show's";
    EXPECT_FALSE(key(SDLK_EQUALS, SDL_SCANCODE_EQUALS));
}

TEST_F(UiTest, EnterPressesAButtonOnce) {
    key(SDLK_PAGEDOWN, SDL_SCANCODE_PAGEDOWN);
    for (int i = 0; i < 100 && ui->focus() != "action.freeze"; ++i) key(SDLK_PAGEDOWN, SDL_SCANCODE_PAGEDOWN);
    ASSERT_EQ(ui->focus(), "action.freeze");
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(3);
    ASSERT_EQ(sink.actions.size(), 1u);
    EXPECT_EQ(sink.actions[0].action, Action::Freeze);
}

TEST_F(UiTest, N10_AFrozenStripKeepsItsMomentAndTheKeyIsTheApps) {
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    EXPECT_FALSE(key(SDLK_F3, SDL_SCANCODE_F3)) << "the app's";
    click("action.strip");
    ASSERT_EQ(sink.actions.size(), 1u);
    EXPECT_EQ(sink.actions[0].action, Action::FreezeStrip);
}

TEST_F(UiTest, N10_AFaderInMotionLeavesPlaceForOthersInTheStrip) {
    History history;
    for (int frame = 0; frame < 8 * 60; ++frame) {
        show.advance(1 / 60.);
        show.events.assign(4, {params::Origin::Midi, show.seconds, "CC 3 > Zoom"});
        if (frame == 30) show.events.push_back({params::Origin::Preset, show.seconds, "Scene 5 Coral"});
        history.add(show.input());
    }
    const auto& marks = history.marks();
    const auto said = [&](const std::string& text) { return std::count_if(marks.begin(), marks.end(), [&](const auto& m) { return m.text == text; }); };
    EXPECT_GE(said("CC 3 > Zoom"), 60);
    EXPECT_LE(said("CC 3 > Zoom"), 81);
    EXPECT_EQ(said("Scene 5 Coral"), 1) << "pushed out by the fader";
}

TEST_F(UiTest, L31_WorkSpacesAreReachedFromAKeyboardWithDigitsBehindShift) {
    EXPECT_TRUE(key(0xe9, SDL_SCANCODE_2, KMOD_CTRL));
    EXPECT_EQ(ui->workSpace(), WorkSpace::Map);
    EXPECT_TRUE(key(SDLK_AMPERSAND, SDL_SCANCODE_1, KMOD_CTRL));
    EXPECT_EQ(ui->workSpace(), WorkSpace::Perform);
    EXPECT_FALSE(key(SDLK_AMPERSAND, SDL_SCANCODE_1)) << "the show's";
}

TEST_F(UiTest, L31_KeysAreShownAsTheyAreNow) {
    UiInput in = show.input();
    EXPECT_EQ(in.keysFor(Action::Blackout), "B");
    EXPECT_EQ(in.keysFor(Action::PresetRecall), "1-8");
    EXPECT_EQ(in.keyFor(Action::PresetRecall, 2), "3");
    EXPECT_EQ(in.keyFor(Action::PresetRecall, 9), "") << "the tenth preset has no key";
    const std::vector<KeyView> own{{"Ctrl+Shift+B", Action::Blackout, -1}, {"F", Action::ToggleFullScreen, -1}, {"F11", Action::ToggleFullScreen, -1}};
    in.keys = own;
    EXPECT_EQ(in.keysFor(Action::Blackout), "Ctrl+Shift+B");
    EXPECT_EQ(in.keysFor(Action::ToggleFullScreen), "F, F11");
    EXPECT_EQ(in.keysFor(Action::Freeze), "");
}

TEST_F(UiTest, TheControlsGrowWithUiScaleButNotUnderTheHand) {
    open(1920, 1080);
    const ItemRect before = item("action.undo");
    move(700, 300);
    press(true);
    show.store.apply({param("ui.scale"), 1.15f, params::Origin::Ui, 0});
    frames(2);
    EXPECT_FLOAT_EQ(item("action.undo").x0, before.x0) << "under the hand";
    press(false);
    frames(2);
    const ItemRect after = item("action.undo");
    EXPECT_GT(after.x1 - after.x0, 1.1f * (before.x1 - before.x0));
    show.store.apply({param("ui.scale"), 2.5f, params::Origin::Ui, 0}); // no larger than has room
    frames(2);
    for (const ItemRect& r : ui->items()) EXPECT_TRUE(r.clipped || (r.x1 <= 1921 && r.y1 <= 1081)) << r.id;
    show.store.apply({param("ui.scale"), 0.6f, params::Origin::Ui, 0});
    frames(2);
    EXPECT_LT(item("action.undo").x1 - item("action.undo").x0, 0.8f * (before.x1 - before.x0));
}

TEST_F(UiTest, N12_APadIsTaggedForTheAutopilotFromItsMenu) {
    click("perform.1");
    frames(2);
    const auto open = [&] {
        click("scene.0", SDL_BUTTON_RIGHT);
        frames(2);
        for (int i = 0; i < 4; ++i) key(SDLK_DOWN, SDL_SCANCODE_DOWN);
        key(SDLK_RETURN, SDL_SCANCODE_RETURN);
        frames(3);
    };
    open();
    key(SDLK_RETURN, SDL_SCANCODE_RETURN); // the first row: silence
    frames(3);
    ASSERT_EQ(sink.tagged.size(), 1u);
    EXPECT_EQ(sink.tagged[0].pad, 0);
    EXPECT_EQ(sink.tagged[0].tags, (std::vector<std::string>{"drop", "silence"}));
    for (int i = 0; i < 3; ++i) key(SDLK_DOWN, SDL_SCANCODE_DOWN); // the menu stayed: drop, which the scene has
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(3);
    ASSERT_EQ(sink.tagged.size(), 2u);
    EXPECT_TRUE(sink.tagged[1].tags.empty());
    for (int i = 0; i < 4; ++i) key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN); // the last row
    frames(3);
    ASSERT_EQ(sink.tagged.size(), 3u);
    EXPECT_FLOAT_EQ(sink.tagged[2].energy, 0.75f);
    EXPECT_TRUE(sink.actions.empty());
}

TEST_F(UiTest, AClearedPadIsBroughtBackFromItsMenu) {
    show.clearedPad = 40;
    click("perform.1");
    frames(2);
    click("scene.41", SDL_BUTTON_RIGHT); // another empty pad has nothing to bring back
    frames(2);
    key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(3);
    EXPECT_EQ(sink.broughtBack, 0);
    sink.actions.clear(); // it has "Store here" alone
    click("scene.40", SDL_BUTTON_RIGHT);
    frames(2);
    key(SDLK_DOWN, SDL_SCANCODE_DOWN);
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(3);
    EXPECT_EQ(sink.broughtBack, 1);
    EXPECT_TRUE(sink.actions.empty());
}

TEST_F(UiTest, WhatComesFromMidiAndFromOscIsToldApart) {
    History history;
    show.events = {{params::Origin::Midi, 0, "CC 3 > Zoom"}, {params::Origin::Osc, 0, "Hue"}};
    history.add(show.input());
    ASSERT_EQ(history.marks().size(), 2u);
    EXPECT_EQ(history.marks()[0].origin, params::Origin::Midi);
    EXPECT_EQ(history.marks()[1].origin, params::Origin::Osc);
}

TEST_F(UiTest, ARouteThatIsNotSoloDoesNotFireBesideOneThatIs) {
    auto routes = show.store.routes();
    routes[1].solo = true; // snare, not kick
    show.store.setRoutes(routes);
    History history;
    history.add(show.input());
    show.frame.sources[static_cast<std::size_t>(params::Source::Kick)] = 0;
    history.add(show.input());
    show.frame.sources[static_cast<std::size_t>(params::Source::Kick)] = 1;
    history.add(show.input());
    EXPECT_TRUE(history.marks().empty());
}

TEST_F(UiTest, EverythingThatCanBeSaidAtOnceOverlapsNothing) {
    show.flash = {5, 2, true};
    show.governor = "gave up: crops 8 to 4, oil to smooth, canvas 160 to 128";
    show.autopilot = {AutopilotState::Hand, 3};
    show.pending = {4, "Neon rain", 1.2, 2.5, 0.4f};
    show.recording = true;
    show.padHand = PadHand::Clear;
    show.promptProblems[1] = {"the weight \"x\" is no number", 5};
    ui->setWorkSpace(WorkSpace::Map);
    frames(2);
    click("binding.3");
    everywhere([&](const std::string& where) { expectClean(ui->items(), 1280, 720, where); });
    EXPECT_TRUE(has("status.notice"));
}

TEST_F(UiTest, OddValuesDrawWithoutHarm) {
    show.presets.clear(), show.audio.clear(), show.bindings.clear(), show.problems.clear();
    show.features = {};
    show.features.clock.beatsPerBar = 0;
    show.canvas.prompts[0].presence = 7;
    show.canvas.stars.picture = {std::nanf(""), 3};
    show.canvas.rgba.resize(7);
    show.cues.clear(), show.scenes.clear(), show.modes.clear(), show.takeovers.clear(), show.videoOutputs.clear();
    show.promptProblems = {{"beyond the end", 99999}};
    show.store.setText(params::promptText(0), std::string(5000, 'x') + "\xff\xfe broken \xc3");
    everywhere([&](const std::string& where) { expectClean(ui->items(), 1280, 720, where); });
}

} // namespace
TEST_F(UiTest, P14TuneShowsThePalettesOfAPaletteCanvas) {
    ui->setWorkSpace(WorkSpace::Tune);
    frames(2);
    click("tune.Material");
    frames(2);
    const auto shown = [&] { return std::any_of(ui->items().begin(), ui->items().end(), [](const ItemRect& r) { return r.id == "palettes"; }); };
    EXPECT_FALSE(shown()); // another canvas has none
    guidance::Canvas canvas = show.canvas;
    canvas.palettes = 3;
    canvas.levels = 4;
    for (int i = 0; i < 36; ++i) canvas.palette.push_back(static_cast<float>(i) / 36);
    show.canvas = canvas;
    frames(2);
    EXPECT_TRUE(shown());
}

TEST_F(UiTest, P39TuneNamesTheGuideAndGoesBackToTheOneItStartedWith) {
    show.store.setText(params::text("guide.model"), "/models/tiny");
    ui->setWorkSpace(WorkSpace::Tune);
    frames(2);
    click("device.guide");
    frames(3);
    EXPECT_FALSE(show.store[params::text("guide.model")].empty());
    key(SDLK_RETURN, SDL_SCANCODE_RETURN);
    frames(3);
    EXPECT_TRUE(show.store[params::text("guide.model")].empty()); // "as started" stands first
}

} // namespace titanus::ui
