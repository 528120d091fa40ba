#!/usr/bin/env bash
# Installs to a folder of its own and runs the program from there, with the source tree out of
# its reach. usage: installed.sh BUILD SOURCE VERSION FAULT_SHIM
set -u
build=$1 source=$2 version=$3 shim=$4
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
prefix=$work/prefix elsewhere=$work/elsewhere
mkdir -p "$elsewhere"
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

cmake --install "$build" --prefix "$prefix" >"$work/install.log" 2>&1 || { cat "$work/install.log"; echo "FAILED: cmake --install"; exit 1; }
data=$prefix/share/titanus

# Every folder of data that the sources ask for, every file in it.
folders=$(grep -rhoE 'dataDir\("[a-z_/]+"\)' "$source/src" | sed 's/.*("\(.*\)")/\1/' | sort -u)
[ "$(echo "$folders" | wc -l)" -ge 5 ] || fail "the sources name only these folders of data: $folders"
for folder in $folders; do
    [ "$folder" = tools ] && { [ -x "$data/tools/convert_clip.py" ] || fail "tools/convert_clip.py is not installed"; continue; }
    difference=$(diff -rq "$source/$folder" "$data/$folder" 2>&1) || fail "$folder is not installed as it is: $difference"
done

# One version: CMakeLists.txt gives it, the rest repeats it.
program=$prefix/bin/titanus
run() { # a clean environment, another folder, and no opening of anything in the source tree
    (cd "$elsewhere" && env -i PATH=/usr/bin:/bin HOME="$work/home" LC_ALL=C.UTF-8 LD_PRELOAD="${sanitizer:-}$shim" ${options:-} \
        TITANUS_FAULTS="open:$source/presets:EACCES;open:$source/shaders:EACCES;open:$source/models:EACCES;open:$source/third_party:EACCES" \
        TITANUS_FAULTS_LOG="$work/opened" timeout 240 "$program" "$@" >"$work/out" 2>"$work/err")
}
sanitizer=$(ldd "$program" | awk '/lib(asan|tsan)/ { printf "%s:", $3 }') # these want to be the first
[ -z "$sanitizer" ] || options="ASAN_OPTIONS=detect_leaks=0"
run --version || fail "--version: exit code $?"
[ "$(cat "$work/out")" = "$version" ] || fail "--version says $(cat "$work/out"), CMakeLists.txt $version"
first=$(sed -n 's/^## \([^ ]*\).*/\1/p' "$source/CHANGELOG.md" | head -1)
[ "$first" = "$version" ] || fail "CHANGELOG.md begins with $first, CMakeLists.txt has $version"
metainfo=$prefix/share/metainfo/io.github.titanus.Titanus.metainfo.xml
released=$(grep -o '<release version="[^"]*"' "$metainfo" | head -1 | cut -d'"' -f2)
[ "$released" = "$version" ] || fail "the AppStream data say $released, CMakeLists.txt $version"
head -1 "$prefix/share/man/man1/titanus.1" | grep -q "titanus $version" || fail "the manual page is of another version"

# The manual page has each command, the libraries are found without the build's folders.
for command in $("$program" --help 2>/dev/null | sed -n '/^Subcommands:/,$p' | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p'); do
    grep -q "^\.SS titanus $command" "$prefix/share/man/man1/titanus.1" || fail "the manual page lacks $command"
done
missing=$(ldd "$program" | grep 'not found') && fail "libraries: $missing"
strays=$(ldd "$program" | grep -E "=> ($source|/opt|/home)") && fail "libraries from outside the prefix: $strays"
readelf -d "$program" | grep -E 'RPATH|RUNPATH' | grep -E '\[.*(/lib/intel64|site-packages).*\]' && fail "the build's paths are still in the program"

# It works from there.
run params || fail "params: exit code $?"
run draw --prompt "a castle in the fog" --steps 3 --size 128x128 -o still.png || fail "draw: exit code $?: $(cat "$work/err")"
run render --track demo --seconds 1 --size 160x96 -o film.mkv || fail "render: exit code $?: $(tail -3 "$work/err")"
[ -s "$elsewhere/film.mkv" ] || fail "render wrote nothing"
run play --headless --input demo --duration 12 --stats stats.json || fail "play: exit code $?: $(cat "$work/err")"
grep -q '"frames": [1-9]' "$elsewhere/stats.json" || fail "play drew no frame"
[ ! -e "$work/opened" ] || fail "it opened files of the source tree: $(sort -u "$work/opened" | head -3)"

# The desktop's own checkers.
if command -v desktop-file-validate >/dev/null; then
    desktop-file-validate "$prefix/share/applications/titanus.desktop" || fail "desktop file"
else echo "skipped: desktop-file-validate is not installed"; fi
if command -v appstreamcli >/dev/null; then
    appstreamcli validate --no-net "$metainfo" || fail "AppStream data"
else echo "skipped: appstreamcli is not installed"; fi
[ "$(od -An -tx1 -j16 -N8 "$prefix/share/icons/hicolor/256x256/apps/titanus.png" | tr -d ' \n')" = 0000010000000100 ] || fail "the icon is not 256 x 256"

[ $failures -eq 0 ] && echo "installed: $(find "$prefix" -type f | wc -l) files, $(du -sh "$prefix" | cut -f1)"
exit $((failures > 0))
