#!/bin/sh
# boot.sh LOWER AT: one Windows machine; lives as long as its standard input is open.
# Runs in mount, process and network namespaces of its own: what is written goes to memory over LOWER, which stays as it
# was; nothing but loopback can be reached; and processes, files and mounts are gone with it, also after a kill.
set -eu
mount -t tmpfs -o size=40g tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --rbind /dev "$2/root/dev"
ip link set lo up
cp /etc/hosts "$2/root/etc/hosts"  # without it `localhost` is no name
exec 3<&0
# The shell waits, so that it takes the ended ones of everybody; the end of `cat` is the end of all.
exec chroot "$2/root" sh -c 'echo up; cat <&3 >/dev/null & wait $!'
