# Shared by ./run and ./test: system packages, torch and the build. Sourced, not run.
# Debian 12 and its kin only: elsewhere it says what to install and exits with 2.

TORCH_VERSION=2.13.0

BUILD_PACKAGES="g++ cmake ninja-build pkg-config ccache git python3-venv
  libsdl2-dev libimgui-dev libstb-dev libglm-dev portaudio19-dev libjack-jackd2-dev libkissfft-dev
  librtmidi-dev liboscpack-dev libreaderwriterqueue-dev libtomlplusplus-dev libyaml-cpp-dev nlohmann-json3-dev
  libcli11-dev libspdlog-dev libfmt-dev libsndfile1-dev libsamplerate0-dev libavcodec-dev
  libavformat-dev libavutil-dev libswscale-dev libswresample-dev libgl1 libegl1 libgl1-mesa-dri libegl-mesa0 libglx-mesa0"
TEST_PACKAGES="libgtest-dev libgmock-dev xvfb xauth xdotool jackd2 jack-tools python3-rtmidi liblo-tools sox ffmpeg
  xserver-xorg-core xserver-xorg-video-dummy x11-xserver-utils fluidsynth timgm6mb-soundfont
  desktop-file-utils appstream"

say() { echo "titanus: $*" >&2; }

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'; }

require_debian() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null && return
    say "this script installs packages with apt-get (Debian 12, Ubuntu). On another system install the"
    say "counterparts of: $(echo $BUILD_PACKAGES $TEST_PACKAGES)"
    say "and torch $TORCH_VERSION (pip), then: cmake -S . -B build/release -G Ninja && ninja -C build/release"
    exit 2
}

# install_packages LIST: only what is missing; silent when nothing is.
install_packages() {
    local missing=() package
    for package in $1; do installed "$package" || missing+=("$package"); done
    if [ ${#missing[@]} -eq 0 ]; then return 0; fi
    local sudo=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { say "as root, run: apt-get install ${missing[*]}"; exit 2; }
        sudo=sudo
    fi
    say "installing ${#missing[@]} system packages: ${missing[*]}"
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || say "apt-get update failed; trying with the lists there are"
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
        { say "could not install: ${missing[*]}. Check the network and the package sources, then start again."; exit 1; }
}

# Sets TORCH_PREFIX: the wheel in .venv, or empty for Debian's libtorch.
find_torch() {
    TORCH_PREFIX=
    if [ -e .venv/.debian-torch ]; then return 0; fi
    local prefix
    prefix=$(echo "$PWD"/.venv/lib/python3*/site-packages/torch)
    if [ -e "$prefix/share/cmake/Torch/TorchConfig.cmake" ]; then TORCH_PREFIX=$prefix; fi
}

install_torch() {
    find_torch
    if [ -n "$TORCH_PREFIX" ]; then return 0; fi
    if [ -e .venv/.debian-torch ]; then install_packages "libtorch-dev libopenblas0-openmp"; return 0; fi
    say "installing torch $TORCH_VERSION into .venv"
    if python3 -m venv .venv && .venv/bin/pip install --quiet --disable-pip-version-check "torch==$TORCH_VERSION" >&2 &&
        [ "$(.venv/bin/python -c 'import torch; print(torch.version.cuda or "cpu")')" = cpu -o -n "$(command -v nvcc)" ]; then
        find_torch
    fi
    if [ -z "$TORCH_PREFIX" ]; then
        say "the torch wheel cannot be used here: taking Debian's libtorch (slower)"
        install_packages "libtorch-dev libopenblas0-openmp"
        mkdir -p .venv && touch .venv/.debian-torch
    fi
}

# build TESTS(ON|OFF) TARGETS…: configures build/release when needed, then builds.
build() {
    local tests=$1; shift
    local stamp="$tests $TORCH_PREFIX"
    if [ ! -e build/release/build.ninja ] || [ "$(cat build/release/.configured 2>/dev/null)" != "$stamp" ]; then
        cmake -S . -B build/release -G Ninja -DCMAKE_BUILD_TYPE=Release -DTITANUS_WITH_TESTS="$tests" \
            ${TORCH_PREFIX:+"-DCMAKE_PREFIX_PATH=$TORCH_PREFIX/share/cmake;$TORCH_PREFIX"} >build-configure.log 2>&1 ||
            { cat build-configure.log >&2; say "configuring failed: the lines above say why"; exit 1; }
        mv build-configure.log build/release/configure.log
        echo "$stamp" >build/release/.configured
    fi
    ninja -C build/release "$@" >&2 || { say "building failed: the lines above say why"; exit 1; }
}
