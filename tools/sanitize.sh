#!/usr/bin/env bash
# Builds all that is free of torch with the address, undefined-behaviour and thread sanitizers and
# runs it: the tests and each fuzz target with the first two, the threaded parts with the third.
# torch itself is left out: it is not built with them, and OpenMP gives the third false alarms.
#   tools/sanitize.sh [--fuzz SECONDS] [--only address|thread|readers|show] [--jobs N] [--tests REGEX]
#   --only    readers: all that reads what others wrote, fuzzed with the first two; show: the program
#             plays under the third
#   --fuzz    time for each fuzz target beyond its corpus (5); each round has another seed
# Exit code 0: nothing found. Finds and logs: build/asan/Testing, build/tsan/Testing.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh
fuzz=5 only= jobs=$(nproc) tests=
while [ $# -gt 0 ]; do
    case $1 in
    --fuzz) fuzz=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    --jobs) jobs=$2; shift 2 ;;
    --tests) tests=$2; shift 2 ;;
    *) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 2 ;;
    esac
done
suppressions=$PWD/tools/sanitizers

# Asserts stay on, a find ends the program. -w: warnings are the release build's affair, and the
# sanitizers make g++ 12 see values that it thinks are never set.
configure() { # DIR SANITIZERS
    cmake -S . -B "$1" -G Ninja -DCMAKE_BUILD_TYPE=Sanitize -DTITANUS_WITH_TORCH=OFF -DTITANUS_WITH_TESTS=ON -DTITANUS_SANITIZE="$2" \
        -DCMAKE_CXX_FLAGS_SANITIZE="-O1 -g1 -w -fno-sanitize-recover=all" -DCMAKE_C_FLAGS_SANITIZE="-O1 -g1 -w" >"$1-configure.log" 2>&1 ||
        { cat "$1-configure.log" >&2; exit 1; }
}
mkdir -p build
bad=0

if [ "$only" != thread ] && [ "$only" != show ]; then
    configure build/asan address,undefined
    # Leaks are looked for in the tests, not in the helpers that the build itself runs.
    ASAN_OPTIONS=detect_leaks=0 ninja -C build/asan -j "$jobs" $([ "$only" != readers ] || echo test_fuzz_readers) >build/asan-build.log || { tail -30 build/asan-build.log >&2; say "the sanitized build failed"; exit 1; }
    # What was freed is kept from use for 16 MB, not 256: tests that watch the memory grow.
    export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1:detect_leaks=1:quarantine_size_mb=16:verify_asan_link_order=0
    cc -shared -fPIC -o build/asan/keep_modules.so "$suppressions/keep_modules.c"
    export UBSAN_OPTIONS=print_stacktrace=1
    export LSAN_OPTIONS=suppressions=$suppressions/leaks.txt:print_suppressions=0
    # Left out: packages, and journeys through a window, which software GL under a sanitizer is too slow
    # for, and scores (26 minutes of sound). The program is played instead: sound, hands, scenes, files, a replay, a drawn and recorded show.
    if [ "$only" != readers ]; then
        export LD_PRELOAD=$PWD/build/asan/keep_modules.so
        ctest --test-dir build/asan --output-on-failure --no-tests=error -j "$jobs" --timeout 900 ${tests:+-R "$tests"} -LE 'display|accuracy' -E 'packaging/' || bad=1
        tests/support/played_show.py build/asan/titanus || bad=1
        unset LD_PRELOAD
    fi
    for target in $(build/asan/tests/fuzz/test_fuzz_readers --gtest_list_tests | sed -n 's/^  *\([A-Za-z]*\).*/\1/p'); do
        end=$(($(date +%s) + fuzz)) rounds=0
        while [ "$(date +%s)" -lt "$end" ]; do
            seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
            TITANUS_FUZZ_SEED=$seed TITANUS_FUZZ_RUNS=500 timeout 300 build/asan/tests/fuzz/test_fuzz_readers --gtest_filter="Fuzz.$target" >build/asan/fuzz.log 2>&1 ||
                { cat build/asan/fuzz.log; say "fuzz target $target, TITANUS_FUZZ_SEED=$seed TITANUS_FUZZ_RUNS=500"; bad=1; break; }
            rounds=$((rounds + 1))
        done
        echo "fuzz $target: $((rounds * 500)) inputs"
    done
fi

# g++ 12's thread sanitizer does not start where the kernel spreads addresses too widely (32 bits).
calm=
threadsWork() {
    mkdir -p build/tsan
    echo 'int main() {}' | c++ -fsanitize=thread -x c++ - -o build/tsan/probe
    build/tsan/probe >/dev/null 2>&1 && return
    calm="setarch $(uname -m) -R"
    $calm build/tsan/probe >/dev/null 2>&1 && return
    say "thread sanitizer skipped: it does not start on this kernel (vm.mmap_rnd_bits is $(cat /proc/sys/vm/mmap_rnd_bits), 28 would do)"
    return 1
}
if [ "$only" != address ] && [ "$only" != readers ] && threadsWork; then
    configure build/tsan thread
    # The parts with threads: channels, sound, analysis, guidance with the null engine, recorder, controls.
    threaded="test_core test_audio test_analysis test_guidance_worker test_outputs test_controls"
    [ "$only" != show ] || threaded=none
    all=$(ninja -C build/tsan -t targets all | sed -n 's/^\(test_[a-z_0-9]*\): phony$/\1/p')
    targets=
    for target in $all; do for part in $threaded; do case $target in $part*) targets="$targets $target" ;; esac; done; done
    $calm ninja -C build/tsan -j "$jobs" titanus $targets >build/tsan-build.log || { tail -30 build/tsan-build.log >&2; say "the sanitized build failed"; exit 1; }
    # A painter that hangs is left behind on purpose: its thread is no leak.
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:report_thread_leaks=0:suppressions=$suppressions/threads.txt
    # jack: its sound and MIDI arrive by threads of libraries that are not instrumented, so that what
    # was made before they started looks unordered.
    # Those that were not built stand in ctest's list as one "NOT_BUILT" each: they are not asked for.
    [ "$only" = show ] || $calm ctest --test-dir build/tsan --output-on-failure --no-tests=error -j "$jobs" --timeout 900 ${tests:+-R "$tests"} -LE 'jack|display' -E '_NOT_BUILT|^accuracy$|^app/|^packaging/|^faults/|^surface/' || bad=1
    # The program itself is the best finder of races: all its threads, sound, hands and files at work.
    $calm tests/support/played_show.py build/tsan/titanus || bad=1
fi
[ $bad -eq 0 ] && say "sanitizers: nothing found"
exit $bad
