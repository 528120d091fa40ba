// Prints where the controls of a work space are, so that a robot can click them: "id x y w h".
// usage: where WIDTH HEIGHT perform|map|tune [ITEM]: after a click on that item
#include "ui/synthetic.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
    using namespace titanus::ui;
    if (argc != 4 && argc != 5) return 2;
    auto made = Ui::createHeadless(std::atoi(argv[1]), std::atoi(argv[2]));
    if (!made) return 1;
    test::Synthetic show;
    test::RecordingSink sink(show.store);
    const std::string_view space = argv[3];
    made.value()->setWorkSpace(space == "map" ? WorkSpace::Map : space == "tune" ? WorkSpace::Tune : WorkSpace::Perform);
    show.firstRun = true;
    const auto draw = [&](int frames) {
        for (int i = 0; i < frames; ++i) {
            show.advance(1.0 / 60);
            made.value()->draw(show.input(), sink);
        }
    };
    draw(3);
    if (argc == 5)
        for (const ItemRect r : made.value()->items()) {
            if (r.id != argv[4]) continue;
            for (const SDL_Event& event : {test::mouseMoved((r.x0 + r.x1) / 2, (r.y0 + r.y1) / 2), test::mousePressed(true), test::mousePressed(false)}) {
                made.value()->processEvent(event);
                draw(2);
            }
            break;
        }
    for (const ItemRect& r : made.value()->items())
        if (!r.clipped) std::printf("%s %.0f %.0f %.0f %.0f\n", r.id.c_str(), r.x0, r.y0, r.x1 - r.x0, r.y1 - r.y0);
}
