#!/usr/bin/env bash
# Installs, upgrades, removes and purges the Debian package in a Debian of its own, without network. As root, after
# `npm run package`; needs debootstrap, lintian and some minutes. MIRROR: where debootstrap gets that Debian from. ROOT: a folder
# with one that is there already, and stays as it is.
set -euo pipefail
cd "$(dirname "$0")/../../packages"

package="$(ls docker-gc_*_"$(dpkg --print-architecture)".deb)"
lintian --fail-on error "$package"

root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT
if [ -n "${ROOT:-}" ]; then
  cp -a "$ROOT/." "$root"
else
  debootstrap --variant=minbase bookworm "$root" ${MIRROR:+"$MIRROR"} >"$root.log" || { cat "$root.log"; exit 1; }
  rm -f "$root.log"
fi
cp "$package" "$root/first.deb"
# The same as a later version.
dpkg-deb --raw-extract "$package" "$root/later"
sed -i 's/^Version: .*/&+later/' "$root/later/DEBIAN/control"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$root/later" "$root/later.deb" >/dev/null
rm -r "$root/later"

inside() { unshare --net chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
expect() { inside sh -c "$1" || { echo "Not so: $1" >&2; exit 1; }; }
before="$(cd "$root" && find etc usr var/lib -not -path 'var/lib/dpkg/*' | sort)"

inside dpkg --install /first.deb >/dev/null
expect 'docker-gc --version | grep -q "^docker-gc "'
expect 'test -x /usr/libexec/docker/cli-plugins/docker-gc && /usr/libexec/docker/cli-plugins/docker-gc docker-cli-plugin-metadata | grep -q SchemaVersion'
expect 'test "$(docker-gc config | wc -l)" -gt 3'
expect '! grep -v "^#" /etc/docker-gc/config.yaml | grep -q .'
expect 'test ! -e /etc/systemd/system/timers.target.wants/docker-gc.timer'
expect 'docker-gc --host unix:///nobody.sock 2>/dev/null; test $? -eq 4'
inside mkdir -p -m 700 /var/lib/docker-gc
inside touch /var/lib/docker-gc/ledger.db
inside sh -c 'echo "max-age: 30d" >>/etc/docker-gc/config.yaml'

inside dpkg --force-confold --install /later.deb >/dev/null
expect 'grep -q "^max-age: 30d" /etc/docker-gc/config.yaml'
inside dpkg --remove docker-gc >/dev/null
expect 'test -e /var/lib/docker-gc/ledger.db && test -e /etc/docker-gc/config.yaml && test ! -e /usr/bin/docker-gc'
inside dpkg --purge docker-gc >/dev/null
rm -rf "$root"/first.deb "$root"/later.deb
after="$(cd "$root" && find etc usr var/lib -not -path 'var/lib/dpkg/*' | sort)"
diff <(echo "$before") <(echo "$after")
echo "Installed, upgraded, removed and purged; nothing is left."
