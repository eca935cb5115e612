# Debians of their own that are booted with systemd, in namespaces and without a network: read by the scripts beside it, as root.
# Needs debootstrap. MIRROR: where it gets that Debian from. ROOT: a folder for one that stays, for the next time; machines do not change it.
machines="$(mktemp -d)"
# The first process of each machine, by the machine's name.
declare -A first=()

end_machines() {
  local each
  for each in "${first[@]}"; do kill -KILL "$each" 2>/dev/null || true; done
  wait || true
  find "$machines/groups" -mindepth 1 -depth -type d -path "*/docker-gc-$$-*" -exec rmdir {} + 2>/dev/null || true
  umount "$machines/groups" 2>/dev/null || true
  rm -rf "$machines"
}
trap end_machines EXIT

# make_root PACKAGE...: what all machines begin with.
make_root() {
  root="${ROOT:-$machines/root}"
  [ ! -e "$root/lib/systemd/systemd" ] || return 0
  local include
  include="$(IFS=,; echo "systemd,systemd-sysv,dbus${*:+,$*}")"
  debootstrap --variant=minbase --include="$include" bookworm "$root" ${MIRROR:+"$MIRROR"} >"$machines/log" || { cat "$machines/log"; exit 1; }
}

cat >"$machines/boot" <<'BOOT'
set -eu
mount -t tmpfs -o mode=755 tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" overlay "$2/root"
cd "$2/root"
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
# An engine's own overlays cannot lie on this one.
[ ! -e usr/sbin/dockerd ] || { mkdir -p var/lib/docker && mount -t tmpfs tmpfs var/lib/docker; }
mkdir -p .old
pivot_root . .old
umount -l /.old
exec env -i container=docker-gc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal </dev/null >/dev/null 2>&1
BOOT

# boot NAME
boot() {
  # A group of its own, that its systemd takes for the root of all.
  local group="$machines/groups/docker-gc-$$-$1" launcher found=""
  mkdir -p "$machines/groups" "$machines/$1"
  mountpoint --quiet "$machines/groups" || mount -t cgroup2 none "$machines/groups"
  mkdir "$group"
  sh -c "echo \$\$ >'$group/cgroup.procs'; exec unshare --cgroup --mount --pid --uts --ipc --net --fork --kill-child sh '$machines/boot' '$root' '$machines/$1'" &
  launcher="$!"
  is_booting() { found="$(pgrep --parent "$launcher" | head -1)"; [ -n "$found" ] && [ "$(cat "/proc/$found/comm")" = systemd ]; }
  until_so is_booting
  first[$1]="$found"
  # Degraded is good enough: not all that Debian starts can work in here.
  is_up() { inside "$1" systemctl is-system-running | grep -xE 'running|degraded'; }
  until_so is_up "$1"
}

# inside NAME COMMAND...
inside() {
  local name="$1"
  shift
  nsenter --target "${first[$name]}" --mount --pid --uts --ipc --net --cgroup -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"
}

until_so() {
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 1
  done
  echo "Not so within 300 s: $*" >&2
  exit 1
}
