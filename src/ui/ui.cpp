#include "ui/ui.h"

#include "core/thread_role.h"
#include "ui/view.h"

#include <backends/imgui_impl_opengl3.h>
#include <backends/imgui_impl_sdl.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {

struct Ui::State {
    ImGuiContext* context = nullptr;
    SDL_Window* window = nullptr; // null: headless
    bool backends = false;
    float userScale = 1, scale = 0;
    float width = 0, height = 0; // headless
    Fonts fonts;
    WorkSpace space = WorkSpace::Perform;
    std::vector<ItemRect> items;
    Memory memory;
    std::unique_ptr<Gpu> gpu;
    bool visible = true; // in the last draw
    // ImGui looks at keys once a frame: one that is tapped within a slow frame would never have been
    // down. Its release waits until a frame has seen it.
    std::vector<SDL_Scancode> pressed;
    std::vector<SDL_Event> releases;

    ~State() {
        if (!context) return;
        ImGui::SetCurrentContext(context);
        gpu.reset();
        if (backends) {
            ImGui_ImplOpenGL3_Shutdown();
            ImGui_ImplSDL2_Shutdown();
        }
        ImGui::DestroyContext(context);
    }

    void give(const SDL_Event& event);

    void measure() {
        if (!window) return;
        int w = 0, h = 0;
        SDL_GetWindowSize(window, &w, &h);
        width = static_cast<float>(w);
        height = static_cast<float>(h);
    }

    // Laid out for 1280x720. A larger window gives larger type, but also more room: the exponent
    // shares the gain between the two (chosen by eye at 1920x1080 and 2560x1440).
    float wantedScale() const {
        const float fit = std::max(0.4f, std::min(width / 1280, height / 720));
        return std::min(fit, userScale * (fit < 1 ? fit : std::pow(fit, 0.65f)));
    }

    core::Result<void> refit() {
        measure();
        const float wanted = wantedScale();
        if (std::abs(wanted - scale) < 0.02f) return {};
        scale = wanted;
        applyStyle(scale);
        if (auto loaded = fonts.load(scale); !loaded) return loaded.problem();
        if (backends) {
            ImGui_ImplOpenGL3_DestroyFontsTexture();
            ImGui_ImplOpenGL3_CreateFontsTexture();
        } else {
            unsigned char* pixels = nullptr;
            int w = 0, h = 0;
            ImGui::GetIO().Fonts->GetTexDataAsRGBA32(&pixels, &w, &h);
        }
        return {};
    }
};

namespace {

void prepareContext() {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = io.LogFilename = nullptr; // nothing is written behind the app's back
    io.ConfigInputTextCursorBlink = true;
}

// Events by hand where there is no window behind the context.
void feed(const SDL_Event& e) {
    ImGuiIO& io = ImGui::GetIO();
    switch (e.type) {
    case SDL_MOUSEMOTION: io.MousePos = {static_cast<float>(e.motion.x), static_cast<float>(e.motion.y)}; break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        io.MouseDown[e.button.button == SDL_BUTTON_LEFT ? 0 : e.button.button == SDL_BUTTON_RIGHT ? 1 : 2] = e.type == SDL_MOUSEBUTTONDOWN;
        break;
    case SDL_MOUSEWHEEL: io.MouseWheel += static_cast<float>(e.wheel.y); break;
    case SDL_TEXTINPUT: io.AddInputCharactersUTF8(e.text.text); break;
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        io.KeysDown[e.key.keysym.scancode] = e.type == SDL_KEYDOWN;
        io.KeyShift = (e.key.keysym.mod & KMOD_SHIFT) != 0;
        io.KeyCtrl = (e.key.keysym.mod & KMOD_CTRL) != 0;
        break;
    default: break;
    }
}

// Keys that walk over the controls and play them. Letters and digits stay the show's.
bool walk(Memory& m, const SDL_Keysym& key) {
    if (key.mod & (KMOD_CTRL | KMOD_ALT | KMOD_GUI)) return false;
    Memory::Keys& k = m.keys;
    const float hundredths = key.mod & KMOD_SHIFT ? 0.1f : 1.f;
    switch (key.sym) {
    case SDLK_LEFT: k.x -= 1; return true;
    case SDLK_RIGHT: k.x += 1; return true;
    case SDLK_UP: k.y -= 1; return true;
    case SDLK_DOWN: k.y += 1; return true;
    case SDLK_PAGEUP: k.walk -= 1; return true;
    case SDLK_PAGEDOWN: k.walk += 1; return true;
    default: break;
    }
    if (m.focus.empty() && !m.listOpen) return false;
    switch (key.sym) {
    case SDLK_RETURN:
    case SDLK_KP_ENTER: k.enter = true; return true;
    case SDLK_BACKSPACE:
    case SDLK_DELETE: k.reset = true; return true;
    case SDLK_PLUS:
    case SDLK_EQUALS:
    case SDLK_KP_PLUS: k.nudge += hundredths; return true;
    case SDLK_MINUS:
    case SDLK_UNDERSCORE:
    case SDLK_KP_MINUS: k.nudge -= hundredths; return true;
    case SDLK_ESCAPE:
        if (key.mod & KMOD_SHIFT) return false; // panic
        k.leave = true;
        return true;
    default: return false;
    }
}

// The focus goes to the next item in drawing order, or to the nearest one that way.
void moveFocus(Memory& m, const std::vector<ItemRect>& items) {
    const Memory::Keys& k = m.keys;
    if (m.listOpen || items.empty()) return;
    if (k.leave) m.focus.clear();
    if (k.walk == 0 && k.x == 0 && k.y == 0) return;
    const auto count = static_cast<int>(items.size());
    int now = -1;
    for (int i = 0; i < count; ++i)
        if (items[static_cast<std::size_t>(i)].id == m.focus) now = i;
    if (now < 0) {
        m.focus = items.front().id;
        return;
    }
    if (k.walk != 0) {
        m.focus = items[static_cast<std::size_t>(((now + k.walk) % count + count) % count)].id;
        return;
    }
    const ItemRect& from = items[static_cast<std::size_t>(now)];
    float nearest = 1e9f;
    for (int i = 0; i < count; ++i) {
        const ItemRect& to = items[static_cast<std::size_t>(i)];
        if (i == now || to.clipped) continue;
        const bool across = k.x != 0;
        const float ahead = across ? (k.x > 0 ? to.x0 - from.x1 : from.x0 - to.x1) : (k.y > 0 ? to.y0 - from.y1 : from.y0 - to.y1);
        if (ahead < -1) continue; // beside or behind
        const float gap = across ? std::max({0.f, to.y0 - from.y1, from.y0 - to.y1}) : std::max({0.f, to.x0 - from.x1, from.x0 - to.x1});
        const float middle = across ? std::abs((to.y0 + to.y1) - (from.y0 + from.y1)) / 2 : std::abs((to.x0 + to.x1) - (from.x0 + from.x1)) / 2;
        const float distance = ahead + 3 * gap + 0.15f * middle;
        if (distance < nearest) nearest = distance, m.focus = to.id;
    }
}

void drawFocus(View& v) {
    for (const ItemRect& r : v.items) {
        if (r.id != v.memory.focus) continue;
        ImGui::GetForegroundDrawList()->AddRect({r.x0 - v.px(2), r.y0 - v.px(2)}, {r.x1 + v.px(2), r.y1 + v.px(2)}, kText, v.px(6), 0, v.px(2));
    }
}

// 1..9; 0: none. By its place where the layout has digits behind Shift, as on a French keyboard.
int digitOf(const SDL_Keysym& key) {
    if (key.sym >= SDLK_1 && key.sym <= SDLK_9) return key.sym - SDLK_0;
    return key.scancode >= SDL_SCANCODE_1 && key.scancode <= SDL_SCANCODE_9 ? key.scancode - SDL_SCANCODE_1 + 1 : 0;
}

bool functionKey(SDL_Keycode key) { return key >= SDLK_F1 && key <= SDLK_F12; }

} // namespace

void Ui::State::give(const SDL_Event& event) {
    if (backends) ImGui_ImplSDL2_ProcessEvent(&event);
    else feed(event);
}

Ui::Ui(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ui::~Ui() = default;

core::Result<std::unique_ptr<Ui>> Ui::create(SDL_Window* window, void* glContext) {
    auto state = std::make_unique<State>();
    state->context = ImGui::CreateContext();
    ImGui::SetCurrentContext(state->context);
    prepareContext();
    state->window = window;
    if (auto fit = state->refit(); !fit) return fit.problem();
    if (!ImGui_ImplSDL2_InitForOpenGL(window, glContext))
        return core::Problem{core::ProblemId::GlUnavailable, "controls: no SDL window"};
    ImGui_ImplOpenGL3_Init("#version 330 core");
    state->backends = true;
    state->gpu = std::make_unique<Gpu>(true);
    if (!ImGui_ImplOpenGL3_CreateDeviceObjects())
        return core::Problem{core::ProblemId::GlUnavailable, "controls: shaders do not compile"};
    return std::unique_ptr<Ui>(new Ui(std::move(state)));
}

core::Result<std::unique_ptr<Ui>> Ui::createHeadless(int width, int height) {
    auto state = std::make_unique<State>();
    state->context = ImGui::CreateContext();
    ImGui::SetCurrentContext(state->context);
    prepareContext();
    state->gpu = std::make_unique<Gpu>(false);
    state->width = static_cast<float>(width);
    state->height = static_cast<float>(height);
    ImGuiIO& io = ImGui::GetIO();
    const std::pair<ImGuiKey, int> keys[] = {
        {ImGuiKey_Tab, SDL_SCANCODE_TAB}, {ImGuiKey_Enter, SDL_SCANCODE_RETURN}, {ImGuiKey_Escape, SDL_SCANCODE_ESCAPE},
        {ImGuiKey_Backspace, SDL_SCANCODE_BACKSPACE}, {ImGuiKey_Delete, SDL_SCANCODE_DELETE}, {ImGuiKey_A, SDL_SCANCODE_A}};
    for (const auto& [key, code] : keys) io.KeyMap[key] = code;
    if (auto fit = state->refit(); !fit) return fit.problem();
    return std::unique_ptr<Ui>(new Ui(std::move(state)));
}

bool Ui::processEvent(const SDL_Event& event) {
    ImGui::SetCurrentContext(state_->context);
    if (event.type == SDL_KEYDOWN) {
        const auto& key = event.key.keysym;
        const int digit = key.mod & KMOD_CTRL ? digitOf(key) : 0;
        if (digit >= 1 && digit <= 3) {
            setWorkSpace(static_cast<WorkSpace>(digit - 1));
            return true;
        }
        if (digit >= 4 && digit <= 7) {
            setWorkSpace(WorkSpace::Perform);
            if (digit == 7) state_->memory.stars = !state_->memory.stars;
            else state_->memory.performPage = digit - 4;
            return true;
        }
        if (state_->visible && !ImGui::GetIO().WantTextInput && walk(state_->memory, key)) return true;
        // Typing filters a list; its arrows and Esc still move in it.
        if (state_->memory.listOpen && key.sym != SDLK_RETURN && (key.sym == SDLK_UP || key.sym == SDLK_DOWN || key.sym == SDLK_ESCAPE) &&
            !(key.mod & KMOD_SHIFT) && walk(state_->memory, key))
            return true;
    }
    if (event.type == SDL_KEYDOWN) state_->pressed.push_back(event.key.keysym.scancode);
    const auto& pressed = state_->pressed;
    if (event.type == SDL_KEYUP && std::find(pressed.begin(), pressed.end(), event.key.keysym.scancode) != pressed.end()) {
        state_->releases.push_back(event);
        return false;
    }
    state_->give(event);
    const ImGuiIO& io = ImGui::GetIO();
    switch (event.type) {
    case SDL_KEYDOWN: {
        const auto& key = event.key.keysym;
        const bool panic = key.sym == SDLK_ESCAPE && (key.mod & KMOD_SHIFT);
        return io.WantTextInput && !functionKey(key.sym) && !panic;
    }
    case SDL_TEXTINPUT: return io.WantTextInput;
    case SDL_MOUSEMOTION:
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEWHEEL: return io.WantCaptureMouse;
    default: return false; // releases reach everyone: no key may hang
    }
}

void Ui::draw(const UiInput& in, UiSink& sink) {
    TITANUS_ON(Main);
    State& st = *state_;
    ImGui::SetCurrentContext(st.context);
    Memory& m = st.memory;
    const auto dt = static_cast<float>(std::clamp(in.seconds - m.lastSeconds, 1e-4, 0.25));
    m.lastSeconds = in.seconds;
    // Not under a hand that drags it. A window that shrank while fonts are gone from disk keeps the
    // type it has.
    if (!ImGui::IsAnyMouseDown()) st.userScale = in.store[params::param("ui.scale")];
    static_cast<void>(st.refit());
    ImGuiIO& io = ImGui::GetIO();
    if (st.backends) {
        ImGui_ImplOpenGL3_NewFrame();
        ImGui_ImplSDL2_NewFrame();
    } else {
        io.DisplaySize = {st.width, st.height};
        io.DeltaTime = dt;
    }
    ImGui::NewFrame();
    st.pressed.clear();
    for (const SDL_Event& release : std::exchange(st.releases, {})) st.give(release);
    moveFocus(m, st.items);
    if (io.MouseClicked[0] || io.MouseClicked[1]) m.focus.clear(); // the hand is on the mouse again
    const bool keysToList = m.listOpen;
    m.listOpen = false; // a list that is drawn says so again
    st.items.clear();
    st.visible = in.uiVisible;
    if (!in.stripFrozen) m.history.add(in);

    View v{in, sink, st.fonts, *st.gpu, m, st.items};
    v.s = st.scale;
    v.dt = dt;
    v.space = &st.space;
    const Box window{0, 0, io.DisplaySize.x, io.DisplaySize.y};
    followStars(v);
    m.learn.follow(in);
    const std::string focus = m.focus;
    if (keysToList) m.focus.clear(); // Enter is for the list, not for the button under it
    if (in.uiVisible) {
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize(io.DisplaySize);
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
        ImGui::PushFont(st.fonts.body);
        ImGui::Begin("##instrument", nullptr,
                     ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                         ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollWithMouse);
        ImGui::PopStyleVar(); // of this window alone: lists and help have their margins
        Box rest = window;
        drawTopBar(v, rest.cutTop(v.px(52), v.px(10)));
        drawStatusBar(v, rest.cutBottom(v.px(30), v.px(10)));
        rest = {rest.x + v.px(12), rest.y, rest.w - v.px(24), rest.h};
        if (st.space == WorkSpace::Perform) drawPerform(v, rest);
        else if (st.space == WorkSpace::Map) drawMap(v, rest);
        else drawTune(v, rest);
        if (!m.focus.empty()) drawFocus(v);
        ImGui::End();
        if (m.problemsOpen) drawProblems(v, window);
        if (in.firstRun && !in.helpVisible && st.space == WorkSpace::Perform) drawFirstRun(v, window);
        ImGui::PopFont();
    }
    if (in.helpVisible) drawHelp(v, window);
    if (keysToList) m.focus = focus;
    m.keys = {};
    ImGui::Render();
    if (st.backends) ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

bool Ui::wantsText() const {
    ImGui::SetCurrentContext(state_->context);
    return ImGui::GetIO().WantTextInput;
}

void Ui::setWorkSpace(WorkSpace space) { state_->space = space; }
WorkSpace Ui::workSpace() const { return state_->space; }
const std::vector<ItemRect>& Ui::items() const { return state_->items; }
const std::string& Ui::focus() const { return state_->memory.focus; }

} // namespace titanus::ui
