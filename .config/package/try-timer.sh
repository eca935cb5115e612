#!/usr/bin/env bash
# Boots a Debian of its own with systemd, in namespaces and without a network, installs the Debian package in it, and waits until its
# timer has started a run and left that in the journal. As root, after `npm run package`; needs debootstrap and some minutes.
# MIRROR: where debootstrap gets that Debian from. ROOT: a folder with one that is there already; it is changed.
set -euo pipefail
cd "$(dirname "$0")/../../packages"

package="$PWD/$(ls docker-gc_*_"$(dpkg --print-architecture)".deb)"
scratch="$(mktemp -d)"
root="${ROOT:-$scratch/root}"
group="docker-gc-timer-$$"
init=""
cleanup() {
  [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
  wait || true
  umount "$scratch/groups" 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT
if [ ! -e "$root/usr/lib/systemd/systemd" ] && [ ! -e "$root/lib/systemd/systemd" ]; then
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus bookworm "$root" ${MIRROR:+"$MIRROR"} >"$scratch/log" ||
    { cat "$scratch/log"; exit 1; }
fi
cp "$package" "$root/docker-gc.deb"

# A group of its own, that systemd takes for the root of all.
mkdir "$scratch/groups"
mount -t cgroup2 none "$scratch/groups"
mkdir "$scratch/groups/$group"
cat >"$scratch/boot" <<'BOOT'
set -eu
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do touch "dev/$device"; mount --bind "/dev/$device" "dev/$device"; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mkdir -p .old
pivot_root . .old
umount -l /.old
exec env -i container=docker-gc-timer PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal </dev/null >/dev/null 2>&1
BOOT
sh -c "echo \$\$ >'$scratch/groups/$group/cgroup.procs'; exec unshare --cgroup --mount --pid --uts --ipc --net --fork --kill-child sh '$scratch/boot' '$root'" &
inside() { nsenter --target "$init" --mount --pid --uts --ipc --net --cgroup -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
until_so() {
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 1
  done
  echo "Not so within 300 s: $*" >&2
  exit 1
}
find_init() { init="$(pgrep --parent "$!" | head -1)"; [ -n "$init" ] && [ "$(cat "/proc/$init/comm")" = systemd ]; }
until_so find_init
timeout 120 nsenter --target "$init" --all systemctl is-system-running --wait || true
inside systemctl list-units --state=failed --no-legend || true

inside dpkg --install /docker-gc.deb
inside sh -c 'systemctl is-enabled docker-gc.timer | grep -q disabled'
# Each second, so that nobody waits for five minutes.
inside mkdir -p /etc/systemd/system/docker-gc.timer.d
inside sh -c 'printf "[Timer]\nOnCalendar=\nOnCalendar=*:*:0/5\nRandomizedDelaySec=0\nAccuracySec=1s\n" >/etc/systemd/system/docker-gc.timer.d/often.conf'
inside sh -c 'printf "max-age: 3d\n" >>/etc/docker-gc/config.yaml'
inside systemctl daemon-reload
inside systemctl enable --now docker-gc.timer
# There is no engine: the service fails for that, and by nothing that its own walls forbid.
until_so inside sh -c 'systemctl show --property=ExecMainStatus docker-gc.service | grep -qx ExecMainStatus=4'
inside journalctl --unit=docker-gc.service --no-pager --lines=6 | tee "$scratch/journal"
grep -q 'Cannot reach a Docker Engine' "$scratch/journal"
inside sh -c 'docker-gc doctor; test $? -eq 6' | tee "$scratch/doctor"
grep -q 'schedule *good *docker-gc.timer (.*) starts runs with max-age 3d' "$scratch/doctor"

inside systemctl disable --now docker-gc.timer
inside sh -c 'docker-gc doctor; test $? -eq 6' | grep 'docker-gc.timer is off'
inside dpkg --purge docker-gc
inside sh -c '! systemctl list-unit-files --no-legend | grep docker-gc && test ! -e /etc/docker-gc/config.yaml'
echo "The timer of a booted systemd has started runs; nothing of the package is left."
