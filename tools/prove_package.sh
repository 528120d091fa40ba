#!/usr/bin/env bash
# prove_package.sh PACKAGE(.deb|.tar.gz) [ROOT]: a fresh Debian 12 in ROOT (made by debootstrap, removed
# afterwards unless given), the package and nothing but what it says it needs, and the program used
# there by an ordinary user in another folder. Needs root and the network. Exit code 0: all of it works.
set -eu
package=$(realpath "$1"); given=${2:-}; root=${given:-$(mktemp -d)}
[ "$(id -u)" = 0 ] || { echo "run it as root: it makes a system in a folder" >&2; exit 2; }
cleanUp() {
    mountpoint -q "$root/proc" && umount "$root/proc"
    [ -n "$given" ] || rm -rf --one-file-system "$root"
}
trap cleanUp EXIT
[ -x "$root/bin/sh" ] || debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || { tail -5 "$root.log"; exit 1; }
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
[ -c "$root/dev/null" ] || mknod -m 666 "$root/dev/null" c 1 3
[ -c "$root/dev/urandom" ] || mknod -m 666 "$root/dev/urandom" c 1 9
[ -c "$root/dev/zero" ] || mknod -m 666 "$root/dev/zero" c 1 5
chmod 755 "$root"
cp /etc/resolv.conf "$root/etc/"
before=$(chroot "$root" dpkg-query -W | wc -l)
install="env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
chroot "$root" apt-get update -qq
case $package in
*.deb)
    cp "$package" "$root/srv/titanus.deb"
    chroot "$root" $install /srv/titanus.deb >/dev/null 2>&1
    program=/usr/bin/titanus ;;
*.tar.gz)
    tar xzf "$package" -C "$root/opt"
    folder=$(basename "$package" .tar.gz)
    chroot "$root" $install $(cat "$root/opt/$folder/share/doc/titanus/needed-packages.txt") >/dev/null 2>&1
    program=/opt/$folder/bin/titanus ;;
esac
echo "installed: $((before)) packages before, $(chroot "$root" dpkg-query -W | wc -l) after; no compiler: $(chroot "$root" sh -c 'command -v g++ || echo none')"
chroot "$root" id player >/dev/null 2>&1 || chroot "$root" useradd -m player
cat >"$root/home/player/journey.sh" <<'JOURNEY'
set -u; cd "$(mktemp -d)"; mkdir elsewhere; cd elsewhere; export XDG_RUNTIME_DIR=$PWD; failed=0
step() {
    start=$(date +%s.%N)
    if timeout 300 "$program" "$@" >out 2>err; then verdict=works; else verdict="FAILED ($?): $(tail -1 err)"; failed=1; fi
    echo "$* : $verdict, $(echo "$start $(date +%s.%N)" | awk '{ printf "%.1f s", $2 - $1 }')"
}
step --version
step params
step devices
step models list
step draw --prompt "a castle in the fog" --steps 3
step render --track demo --seconds 1 -o film.mp4
{ printf 'RIFF\044\356\002\000WAVEfmt \020\000\000\000\001\000\001\000\200\273\000\000\000\167\001\000\002\000\020\000data\000\356\002\000'; head -c 192000 /dev/urandom; } >noise.wav # 2 s
step analyse noise.wav
step render --track noise.wav --seconds 2 --size 160x96 -o film.mkv
step play --headless --input demo --duration 5 --stats stats.json --log set.tlog
SDL_VIDEODRIVER=offscreen step play --input demo --duration 5 --stats drawn.json --record live.mkv
step replay set.tlog --headless
head -c 44 /dev/zero >no.wav; timeout 60 "$program" analyse no.wav >/dev/null 2>&1; [ $? = 1 ] || failed=1
ls -l titanus-draw.png film.mp4 film.mkv live.mkv set.tlog | awk '{ print $9, $5, "bytes" }'
exit $failed
JOURNEY
chroot "$root" su player -c "program=$program bash /home/player/journey.sh"
