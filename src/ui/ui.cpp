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

    ~State() {
        if (!context) return;
        ImGui::SetCurrentContext(context);
        if (backends) {
            ImGui_ImplOpenGL3_Shutdown();
            ImGui_ImplSDL2_Shutdown();
        }
        ImGui::DestroyContext(context);
    }

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

bool functionKey(SDL_Keycode key) { return key >= SDLK_F1 && key <= SDLK_F12; }

} // namespace

Ui::Ui(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ui::~Ui() = default;

core::Result<std::unique_ptr<Ui>> Ui::create(SDL_Window* window, void* glContext, float scale) {
    auto state = std::make_unique<State>();
    state->context = ImGui::CreateContext();
    ImGui::SetCurrentContext(state->context);
    prepareContext();
    state->window = window;
    state->userScale = scale;
    if (auto fit = state->refit(); !fit) return fit.problem();
    if (!ImGui_ImplSDL2_InitForOpenGL(window, glContext))
        return core::Problem{core::ProblemId::GlUnavailable, "controls: no SDL window"};
    ImGui_ImplOpenGL3_Init("#version 330 core");
    state->backends = true;
    if (!ImGui_ImplOpenGL3_CreateDeviceObjects())
        return core::Problem{core::ProblemId::GlUnavailable, "controls: shaders do not compile"};
    return std::unique_ptr<Ui>(new Ui(std::move(state)));
}

core::Result<std::unique_ptr<Ui>> Ui::createHeadless(int width, int height, float scale) {
    auto state = std::make_unique<State>();
    state->context = ImGui::CreateContext();
    ImGui::SetCurrentContext(state->context);
    prepareContext();
    state->userScale = scale;
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
        if ((key.mod & KMOD_CTRL) && key.sym >= SDLK_1 && key.sym <= SDLK_3) {
            setWorkSpace(static_cast<WorkSpace>(key.sym - SDLK_1));
            return true;
        }
        if (key.sym == SDLK_F3) {
            state_->memory.stripFrozen = !state_->memory.stripFrozen;
            return true;
        }
    }
    if (state_->backends) ImGui_ImplSDL2_ProcessEvent(&event);
    else feed(event);
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
    // A window that shrank while fonts are gone from disk keeps the type it has.
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
    st.items.clear();
    if (!m.stripFrozen) m.history.add(in);

    View v{in, sink, st.fonts, m, st.items};
    v.s = st.scale;
    v.dt = dt;
    v.space = &st.space;
    const Box window{0, 0, io.DisplaySize.x, io.DisplaySize.y};
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
        ImGui::End();
        if (m.problemsOpen) drawProblems(v, window);
        if (in.firstRun && !in.helpVisible) drawFirstRun(v, window);
        ImGui::PopFont();
    }
    if (in.helpVisible) drawHelp(v, window);
    ImGui::Render();
    if (st.backends) ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

bool Ui::wantsText() const {
    ImGui::SetCurrentContext(state_->context);
    return ImGui::GetIO().WantTextInput;
}

void Ui::setWorkSpace(WorkSpace space) { state_->space = space; }
WorkSpace Ui::workSpace() const { return state_->space; }
void Ui::setScale(float scale) { state_->userScale = scale; }
const std::vector<ItemRect>& Ui::items() const { return state_->items; }

} // namespace titanus::ui
