// Prints where the controls of a work space are, so that a robot can click them: "id x y w h".
// usage: where WIDTH HEIGHT perform|map|tune
#include "ui/synthetic.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
    using namespace titanus::ui;
    if (argc != 4) return 2;
    auto made = Ui::createHeadless(std::atoi(argv[1]), std::atoi(argv[2]));
    if (!made) return 1;
    test::Synthetic show;
    test::RecordingSink sink(show.store);
    const std::string_view space = argv[3];
    made.value()->setWorkSpace(space == "map" ? WorkSpace::Map : space == "tune" ? WorkSpace::Tune : WorkSpace::Perform);
    show.firstRun = true;
    for (int i = 0; i < 3; ++i) {
        show.advance(1.0 / 60);
        made.value()->draw(show.input(), sink);
    }
    for (const ItemRect& r : made.value()->items())
        if (!r.clipped) std::printf("%s %.0f %.0f %.0f %.0f\n", r.id.c_str(), r.x0, r.y0, r.x1 - r.x0, r.y1 - r.y0);
}
