#!/bin/sh
# provision.sh base PART: a Debian with Wine in the folder PART, and Windows' CPython in its drive C:.
# provision.sh packages PART BASE WORK LOCK: what the packages of LOCK add to it, for an overlay.
# Runs as root in a mount and a process namespace of its own: what it mounts and starts is gone with it.
# Names no host: Debian's mirror is the one in apt's sources, Maven's and pip's are those of their settings.
set -eu
here=$(dirname "$(realpath "$0")")
release=trixie  # Wine 10; Wine 8 lacks CopyFile2 and VariantToString, without which no environment is made
python=org.bytedeco:cpython:3.13.5-1.5.12:jar:windows-x86_64
exe='C:\Program Files\Python313\python.exe'

inside() {
    chroot "$root" env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/root USER=root LANG=C.UTF-8 WINEDEBUG=-all \
        WINEDLLOVERRIDES="mscoree,mshtml=;winemenubuilder.exe=d" XDG_RUNTIME_DIR=/tmp DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        ${PIP_INDEX_URL:+"PIP_INDEX_URL=$PIP_INDEX_URL"} "$@"
}

mount_system() {
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    cp /etc/hosts /etc/resolv.conf "$root/etc/"
}

debian() {
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    [ -n "$mirror" ] || { echo "error: apt knows no mirror of Debian: apt-get update"; exit 1; }
    debootstrap --variant=minbase "$release" "$root" "$mirror"
    mount_system
    apt-config dump Acquire > "$root/etc/apt/apt.conf.d/99host"
    inside apt-get update -qq
    inside apt-get install -qq --no-install-recommends wine wine64 ca-certificates locales
    inside localedef -i zh_CN -f UTF-8 zh_CN.UTF-8  # a Windows whose language is Chinese has code page 936
    inside apt-get clean
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    inside wineboot -i
    inside wineserver -w
}

cpython() {
    mvn -q -B dependency:copy "-Dartifact=$python" "-DoutputDirectory=$root/jars"
    (cd "$root/jars" && jar xf cpython-*.jar)
    home="$root/root/.wine/drive_c/Program Files/Python313"
    mv "$root/jars/org/bytedeco/cpython/windows-x86_64" "$home"
    rm -r "$root/jars"
    cp "$home/bin/pythonw.exe" "$home/"
    launchers="$home/lib/venv/scripts/nt"
    x86_64-w64-mingw32-gcc -O2 -municode -static -o "$launchers/venvlauncher.exe" "$here/launcher.c"
    cp "$launchers/venvlauncher.exe" "$launchers/venvwlauncher.exe"
}

stable_abi() {  # python3.dll: every export of python313.dll under its own name
    exports=$(x86_64-w64-mingw32-objdump -p "$home/python313.dll" |
        awk '/Ordinal\/Name Pointer. Table/ { on = 1; next } on && NF == 0 { exit } on && /\[ *[0-9]+\]/ { print $NF }')
    { echo LIBRARY python3; echo EXPORTS; echo "$exports" | sed 's/.*/& = python313.&/'; } > "$root/tmp/python3.def"
    echo 'int nothing(void) { return 1; }' > "$root/tmp/python3.c"
    x86_64-w64-mingw32-gcc -shared -nostdlib -Wl,-e,nothing -o "$home/python3.dll" "$root/tmp/python3.c" \
        "$root/tmp/python3.def"
    rm "$root/tmp/python3.c" "$root/tmp/python3.def"
}

packages() {  # an environment for the tests, and wheels as in a kit: no test needs a network
    drive=$root/root/.wine/drive_c
    cp "$1" "$drive/requirements.lock"
    inside wine "$exe" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        --dest 'C:\wheels' -r 'C:\requirements.lock'
    inside wine "$exe" -m venv 'C:\packages'
    inside wine 'C:\packages\Scripts\python.exe' -m pip install --quiet --no-index --find-links 'C:\wheels' \
        --require-hashes -r 'C:\requirements.lock'
    inside wineserver -k || true
    rm "$drive/requirements.lock"
}

case $1 in
base)
    root=$2
    debian
    cpython
    stable_abi
    ;;
packages)
    root=$4/root
    mkdir "$root" "$4/overlay"
    mount -t overlay overlay -o "lowerdir=$3,upperdir=$2,workdir=$4/overlay" "$root"
    mount_system
    packages "$5"
    ;;
esac
