#!/usr/bin/env bash
# needed_packages.sh PROGRAM OUT: the Debian packages that the shared libraries of PROGRAM come from,
# one a line, ready for `xargs apt-get install`; on other systems the names of the libraries.
set -eu
program=$1 out=$2
{
    echo libgl1 libegl1 libgl1-mesa-dri | tr ' ' '\n' # SDL opens these by name
    if command -v dpkg-query >/dev/null; then
        readelf -d "$program" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | while read -r library; do
            path=$(ldd "$program" | awk -v name="$library" '$1 == name { print $3 }')
            # What no package owns (torch's wheel) travels with the program. /lib is a link to /usr/lib.
            { dpkg-query -S "$path" 2>/dev/null || dpkg-query -S "$(realpath "$path")" 2>/dev/null; } | cut -d: -f1 || true
        done
    else
        readelf -d "$program" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p'
    fi
} | sort -u >"$out.tmp"
mv "$out.tmp" "$out"
