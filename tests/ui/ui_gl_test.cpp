// The UI in a real window under software GL: every work space drawn, read back, looked at. The
// pictures go to the folder TITANUS_TEST_SHOTS, if set, for people and for the README; with
// TITANUS_TEST_PICTURE the show's picture in them is that file instead of a gradient.
#include "core/image.h"
#include "ui/synthetic.h"

#include <SDL.h>
#include <SDL_opengl.h>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace titanus::ui {
namespace {

// A display of our own where there is none: Xvfb picks a free number and writes it to a pipe.
class OwnDisplay {
  public:
    OwnDisplay() {
        if (std::getenv("DISPLAY") || std::system("command -v Xvfb >/dev/null 2>&1") != 0) return;
        int ends[2];
        if (pipe(ends) != 0) return;
        pid_ = fork();
        if (pid_ == 0) {
            close(ends[0]);
            const std::string fd = std::to_string(ends[1]);
            const int null = ::open("/dev/null", O_WRONLY);
            dup2(null, 2);
            execlp("Xvfb", "Xvfb", "-displayfd", fd.c_str(), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", nullptr);
            _exit(1);
        }
        close(ends[1]);
        char number[16] = {};
        // To the end of the line: the server gives up if its reader goes after the digits.
        std::size_t length = 0;
        while (length < sizeof number - 1 && read(ends[0], number + length, 1) == 1 && number[length] != '\n') ++length;
        close(ends[0]);
        if (length > 0) setenv("DISPLAY", (":" + std::to_string(std::atoi(number))).c_str(), 1);
    }
    ~OwnDisplay() {
        if (pid_ <= 0) return;
        kill(pid_, SIGTERM);
        waitpid(pid_, nullptr, 0);
    }

  private:
    pid_t pid_ = -1;
};

class UiGlTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { display = new OwnDisplay; }
    static void TearDownTestSuite() { delete display, display = nullptr; }

    void SetUp() override {
        if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display and no Xvfb";
        SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11");
        if (SDL_Init(SDL_INIT_VIDEO) != 0) GTEST_SKIP() << "no video: " << SDL_GetError();
    }
    void TearDown() override {
        ui.reset();
        if (context) SDL_GL_DeleteContext(context);
        if (window) SDL_DestroyWindow(window);
        SDL_Quit();
    }
    void open(int width, int height) {
        SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 4);
        SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 1);
        SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
        window = SDL_CreateWindow("titanus-ui-test", 0, 0, width, height, SDL_WINDOW_OPENGL);
        if (window) context = SDL_GL_CreateContext(window);
        if (!context) GTEST_SKIP() << "no OpenGL 4.1: " << SDL_GetError();
        auto made = Ui::create(window, context);
        ASSERT_TRUE(made.ok()) << made.problem().line();
        ui = std::move(made).value();
        uploadPicture();
    }
    // Warm glow above, cold below, first row at the bottom, so that an upside-down preview shows.
    void uploadPicture() {
        constexpr int w = 640, h = 360;
        std::vector<std::uint8_t> rgba(static_cast<std::size_t>(w * h * 4), 255);
        for (int y = 0; y < h; ++y)
            for (int x = 0; x < w; ++x) {
                const float u = static_cast<float>(x) / w * 2 - 1, t = static_cast<float>(y) / h;
                const float wave = 0.5f + 0.5f * std::sin(u * 9 + std::sin(t * 11 + u * 3) * 2.4f), glow = std::exp(-6 * (u * u + (t - 0.6f) * (t - 0.6f)));
                const float c[3] = {t * 0.6f + glow * 0.6f, 0.15f + 0.25f * wave * t + glow * 0.3f, (1 - t) * 0.55f + 0.2f * wave};
                for (int k = 0; k < 3; ++k)
                    rgba[static_cast<std::size_t>((y * w + x) * 4 + k)] = static_cast<std::uint8_t>(std::clamp(c[k], 0.f, 1.f) * 255);
            }
        glGenTextures(1, &texture);
        glBindTexture(GL_TEXTURE_2D, texture);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, w, h, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
        show.picture = {texture, w, h, 1, 0};
        const char* file = std::getenv("TITANUS_TEST_PICTURE");
        const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
        if (!file || test == "ThePreviewIsTheRightWayUp") return;
        if (test != "OverlaysAreDrawn") show.problems.clear(); // the README's show goes well
        const auto read = core::readImage(file);
        ASSERT_TRUE(read.ok()) << read.problem().line();
        const core::Image& image = read.value();
        core::Image flipped = image;
        const auto stride = static_cast<std::size_t>(image.width * 4);
        for (int y = 0; y < image.height; ++y) std::copy_n(image.at(0, image.height - 1 - y), stride, flipped.at(0, y));
        glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, image.width, image.height, 0, GL_RGBA, GL_UNSIGNED_BYTE, flipped.rgba.data());
        show.picture = {texture, image.width, image.height, 1, 0};
        for (int y = 0; y < show.canvas.height; ++y) // the nebula takes its colours from the canvas
            for (int x = 0; x < show.canvas.width; ++x)
                for (int k = 0; k < 3; ++k)
                    show.canvas.rgba[static_cast<std::size_t>((y * show.canvas.width + x) * 4 + k)] =
                        static_cast<float>(image.at(x * image.width / show.canvas.width, y * image.height / show.canvas.height)[k]) / 255.f;
    }
    core::Image shoot(const std::string& name, int frames = 48) {
        int w = 0, h = 0;
        SDL_GL_GetDrawableSize(window, &w, &h);
        for (int i = 0; i < frames; ++i) {
            show.advance(1 / 8.); // coarse: fills the strip with few pictures
            SDL_Event event;
            while (SDL_PollEvent(&event)) ui->processEvent(event);
            show.events.clear();
            if (i == frames / 2) show.events.push_back({params::Origin::Midi, show.seconds, "CC 0 > Zoom"});
            if (i == frames / 3) show.events.push_back({params::Origin::Osc, show.seconds, "OSC > Hue"});
            if (i == frames / 4) show.events.push_back({params::Origin::Midi, show.seconds, "CC 7 is not mapped"}), show.events.push_back({params::Origin::Key, show.seconds, "N > Next preset"}), show.events.push_back({params::Origin::Preset, show.seconds + 0.2, "Scene 2 Tide pool"});
            glClearColor(0, 0, 0, 1);
            glClear(GL_COLOR_BUFFER_BIT);
            ui->draw(show.input(), sink);
        }
        core::Image image{w, h, std::vector<std::uint8_t>(static_cast<std::size_t>(w * h * 4))};
        std::vector<std::uint8_t> rows(image.rgba.size());
        glReadPixels(0, 0, w, h, GL_RGBA, GL_UNSIGNED_BYTE, rows.data());
        const auto stride = static_cast<std::size_t>(w * 4);
        for (int y = 0; y < h; ++y) // GL begins at the bottom
            std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(h - 1 - y) * stride), stride, image.at(0, y));
        SDL_GL_SwapWindow(window);
        const char* folder = std::getenv("TITANUS_TEST_SHOTS");
        if (folder && name != "hand") {
            std::filesystem::create_directories(folder);
            EXPECT_TRUE(core::writePng(std::filesystem::path(folder) / (name + ".png"), image).ok());
        }
        return image;
    }
    // The pointer goes there, the button goes down and up.
    void click(const std::string& id, Uint8 which = SDL_BUTTON_LEFT) {
        for (const ItemRect& r : ui->items()) {
            if (r.id != id) continue;
            const int x = static_cast<int>((r.x0 + r.x1) / 2), y = static_cast<int>((r.y0 + r.y1) / 2);
            mouse(SDL_MOUSEMOTION, x, y);
            mouse(SDL_MOUSEBUTTONDOWN, x, y, which);
            mouse(SDL_MOUSEBUTTONUP, x, y, which);
            return;
        }
        FAIL() << "no item " << id;
    }
    void mouse(Uint32 type, int x, int y, Uint8 which = SDL_BUTTON_LEFT) {
        SDL_WarpMouseInWindow(window, x, y);
        SDL_Event e{};
        e.type = type;
        if (type == SDL_MOUSEMOTION) {
            e.motion = {type, 0, SDL_GetWindowID(window), 0, 0, x, y, 0, 0};
        } else {
            const bool down = type == SDL_MOUSEBUTTONDOWN;
            e.button = {type, 0, SDL_GetWindowID(window), 0, which, static_cast<Uint8>(down ? SDL_PRESSED : SDL_RELEASED), 1, 0, x, y};
        }
        ui->processEvent(e);
        shoot("hand", 2);
    }

    static inline OwnDisplay* display = nullptr;
    SDL_Window* window = nullptr;
    SDL_GLContext context = nullptr;
    GLuint texture = 0;
    std::unique_ptr<Ui> ui;
    test::Synthetic show;
    test::RecordingSink sink{show.store};
};

int colours(const core::Image& image) {
    std::vector<bool> seen(1 << 15);
    int count = 0;
    for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
        const auto key = static_cast<std::size_t>((image.rgba[i] >> 3) << 10 | (image.rgba[i + 1] >> 3) << 5 | image.rgba[i + 2] >> 3);
        if (!seen[key]) seen[key] = true, ++count;
    }
    return count;
}

TEST_F(UiGlTest, EveryWorkSpaceIsDrawnAt1280x720) {
    open(1280, 720);
    if (IsSkipped()) return;
    const std::pair<WorkSpace, const char*> spaces[] = {{WorkSpace::Perform, "perform"}, {WorkSpace::Map, "map"}, {WorkSpace::Tune, "tune"}};
    for (const auto& [space, name] : spaces) {
        ui->setWorkSpace(space);
        const core::Image image = shoot(name);
        EXPECT_GT(colours(image), 150) << name << " is all but empty";
    }
}

TEST_F(UiGlTest, L11_AFaderThatWaitsShowsWhereItStands) {
    open(1280, 720);
    if (IsSkipped()) return;
    const auto bright = [&](const core::Image& image, const ItemRect& r, float travel) { // near the upper edge, white
        const int x = static_cast<int>(r.x0 + (r.x1 - r.x0) * travel), y = static_cast<int>(r.y0) + 1;
        return image.at(x, y)[2] > 180;
    };
    const auto found = [&] {
        for (const ItemRect& r : ui->items())
            if (r.id == "prompt.2.weight") return r;
        return ItemRect{};
    };
    const core::Image without = shoot("hand", 3);
    const ItemRect rect = found();
    ASSERT_GT(rect.x1, rect.x0);
    show.waiting = {{params::param("prompt.2.weight"), 0.2f}};
    const core::Image with = shoot("waiting", 3);
    EXPECT_FALSE(bright(without, rect, 0.2f));
    EXPECT_TRUE(bright(with, rect, 0.2f));
    EXPECT_FALSE(bright(with, rect, 0.4f));
}

TEST_F(UiGlTest, TheMatrixAndTheBusiestPageAreDrawn) {
    open(1280, 720);
    if (IsSkipped()) return;
    ui->setWorkSpace(WorkSpace::Map);
    shoot("map_list", 2);
    click("map.grid");
    EXPECT_GT(colours(shoot("map_matrix", 6)), 150);
    ui->setWorkSpace(WorkSpace::Tune);
    shoot("tune_camera", 2);
    click("tune.Canvas");
    const core::Image painter = shoot("tune_painter", 4);
    EXPECT_GT(colours(painter), 150);
    click("canvas.model"); // a list opens over the page, help under the mouse
    EXPECT_NE(painter.rgba, shoot("tune_choice", 4).rgba);
    mouse(SDL_MOUSEMOTION, 700, 640); // beside everything: the list closes
    mouse(SDL_MOUSEBUTTONDOWN, 700, 640);
    mouse(SDL_MOUSEBUTTONUP, 700, 640);
    mouse(SDL_MOUSEMOTION, 300, 250);
    EXPECT_GT(colours(shoot("tune_tip", 24)), 150);
}

TEST_F(UiGlTest, ThePreviewIsTheRightWayUp) {
    open(1280, 720);
    if (IsSkipped()) return;
    const core::Image image = shoot("preview", 3);
    // The picture's top is red, its bottom blue; the preview begins below the top bar.
    const std::uint8_t *top = image.at(40, 75), *low = image.at(40, 430);
    EXPECT_GT(top[0], top[2]);
    EXPECT_GT(low[2], low[0]);
}

TEST_F(UiGlTest, OverlaysAreDrawn) {
    open(1280, 720);
    if (IsSkipped()) return;
    const core::Image plain = shoot("plain", 3);
    click("problems");
    EXPECT_NE(plain.rgba, shoot("problems", 2).rgba);
    click("problems");
    show.helpVisible = true;
    const core::Image help = shoot("help", 3);
    EXPECT_NE(plain.rgba, help.rgba);
    show.helpVisible = false;
    show.firstRun = true;
    show.learning = true;
    show.learnTarget = params::param("prompt.2.weight");
    EXPECT_NE(shoot("first_run", 3).rgba, plain.rgba);
}

TEST_F(UiGlTest, ScenesCuesAndStarsAreDrawn) {
    open(1280, 720);
    if (IsSkipped()) return;
    shoot("hand", 2);
    const core::Image prompts = shoot("hand", 2);
    show.scenes[3].state = PadState::Active;
    show.pending = {5, "Ember", 1.2, 2.5, 0.6f};
    show.preparedPad = 8;
    show.preparedShare = 0.7f;
    show.autopilot = {AutopilotState::Hand, 3};
    const auto drawn = [&](std::string_view id) {
        return std::any_of(ui->items().begin(), ui->items().end(), [&](const ItemRect& r) { return r.id == id; });
    };
    click("perform.1");
    const core::Image scenes = shoot("scenes", 6);
    EXPECT_GT(colours(scenes), 400) << "thumbnails are missing";
    EXPECT_NE(scenes.rgba, prompts.rgba);
    ASSERT_TRUE(drawn("scene.63")) << "the click did not land";
    click("scene.0", SDL_BUTTON_RIGHT); // its menu, and in it what the autopilot knows
    EXPECT_NE(shoot("pad_menu", 3).rgba, scenes.rgba);
    for (const bool last : {false, false, false, false, true}) {
        SDL_Event e{};
        e.type = SDL_KEYDOWN;
        e.key.keysym = {last ? SDL_SCANCODE_RETURN : SDL_SCANCODE_DOWN, last ? SDLK_RETURN : SDLK_DOWN, KMOD_NONE, 0};
        ui->processEvent(e);
        shoot("hand", 2);
    }
    EXPECT_NE(shoot("pad_tags", 3).rgba, scenes.rgba);
    mouse(SDL_MOUSEMOTION, 300, 690); // beside the menu: it closes
    mouse(SDL_MOUSEBUTTONDOWN, 300, 690);
    mouse(SDL_MOUSEBUTTONUP, 300, 690);
    show.pending.reset();
    click("perform.2");
    EXPECT_NE(shoot("cues", 4).rgba, scenes.rgba);
    ASSERT_FALSE(drawn("scene.63")) << "the click did not land";
    click("perform.0");
    click("perform.stars");
    mouse(SDL_MOUSEMOTION, 900, 800);
    for (int i = 0; i < 150; ++i) { // a tail takes its time
        show.advance(1 / 16.);
        ui->draw(show.input(), sink);
    }
    EXPECT_GT(colours(shoot("stars", 4)), 400) << "no glow";
}

TEST_F(UiGlTest, AThumbnailIsShownAnewWhenItsSceneChanged) {
    open(1280, 720);
    if (IsSkipped()) return;
    shoot("hand", 2);
    click("perform.1");
    const ItemRect pad = *std::find_if(ui->items().begin(), ui->items().end(), [](const ItemRect& r) { return r.id == "scene.6"; });
    const auto middle = [&](const core::Image& image) {
        const std::uint8_t* p = image.at(static_cast<int>((pad.x0 + pad.x1) / 2), static_cast<int>(pad.y0 + (pad.y1 - pad.y0) * 0.3f));
        return std::array<int, 3>{p[0], p[1], p[2]};
    };
    core::Image red{8, 8, std::vector<std::uint8_t>(8 * 8 * 4, 255)}, blue = red;
    for (std::size_t i = 0; i < 64; ++i) red.rgba[i * 4 + 1] = red.rgba[i * 4 + 2] = 0, blue.rgba[i * 4] = blue.rgba[i * 4 + 1] = 0;
    show.scenes[6].thumbnail = &red, show.scenes[6].generation = 100;
    const auto first = middle(shoot("hand", 2));
    EXPECT_GT(first[0], first[2] + 60);
    show.scenes[6].thumbnail = &blue;
    show.scenes[6].generation = 101;
    const auto second = middle(shoot("hand", 2));
    EXPECT_GT(second[2], second[0] + 60);
}

TEST_F(UiGlTest, OutputPageGuardsAndFormulasAreDrawn) {
    open(1280, 720);
    if (IsSkipped()) return;
    show.store.setFormulas({{params::param("macro.1"), "0.5+0.5*sin(t)"}});
    show.promptProblems[2] = {"the weight \"x\" is no number", 12};
    shoot("hand", 2);
    click("prompt.3.text");
    shoot("problem", 4);
    ui->setWorkSpace(WorkSpace::Tune);
    show.flash = {4.2f, 1, true};
    show.store.apply({params::param("output.top_left_x"), 0.12f, params::Origin::Ui, 0});
    show.store.apply({params::param("output.top_left_y"), -0.08f, params::Origin::Ui, 0});
    shoot("hand", 2);
    click("tune.Output");
    mouse(SDL_MOUSEMOTION, 700, 712);
    EXPECT_GT(colours(shoot("tune_output", 4)), 150);
    show.flash = {};
    show.governor = "gave up: crops 8 to 4, oil to smooth";
    ui->setWorkSpace(WorkSpace::Map);
    shoot("hand", 2);
    click("binding.3");
    mouse(SDL_MOUSEMOTION, 520, 560);
    EXPECT_GT(colours(shoot("map_edit", 40)), 150);
    for (const char* page : {"Look", "Material", "Prompts", "Sound", "Show"}) {
        ui->setWorkSpace(WorkSpace::Tune);
        shoot("hand", 1);
        click(std::string("tune.") + page);
        mouse(SDL_MOUSEMOTION, 700, 712);
        shoot(std::string("tune_") + page, 2);
    }
}

TEST_F(UiGlTest, ALargerWindowGetsLargerTypeAndPicture) {
    open(1920, 1080);
    if (IsSkipped()) return;
    EXPECT_GT(colours(shoot("perform_1080", 8)), 150);
    click("perform.1");
    click("perform.stars");
    for (int i = 0; i < 60; ++i) {
        show.advance(1 / 10.);
        ui->draw(show.input(), sink);
    }
    EXPECT_GT(colours(shoot("stars_1080", 4)), 400);
}

} // namespace
} // namespace titanus::ui
