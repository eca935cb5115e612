#!/usr/bin/env bash
# Installs the Debian package on a Debian that is booted with systemd and has an engine, and waits until its timer has started runs: ones
# that come through, and one that does not reach the engine. As root, after `npm run package`; needs what machine.sh names, and some minutes.
set -euo pipefail
cd "$(dirname "$0")/../../packages"
source ../.config/package/machine.sh

make_root docker.io
boot host
on_host() { inside host "$@"; }
# An engine needs no network to hold images.
on_host sh -c 'mkdir -p /etc/docker && echo "{\"bridge\": \"none\", \"iptables\": false}" >/etc/docker/daemon.json && systemctl restart docker'
on_host sh -c 'tar -cC / etc/hostname | docker import - old:1' >/dev/null
before="$(on_host find /etc /usr /var/lib -not -path '/var/lib/dpkg/*' -not -path '/var/lib/docker/*' | sort)"

on_host sh -c 'cat >/docker-gc.deb' <"$(ls docker-gc_*_"$(dpkg --print-architecture)".deb)"
on_host dpkg --install /docker-gc.deb
on_host sh -c 'systemctl is-enabled docker-gc.timer | grep -q disabled'
# Every few seconds, so that nobody waits for five minutes.
on_host mkdir -p /etc/systemd/system/docker-gc.timer.d
on_host sh -c 'printf "[Timer]\nOnCalendar=\nOnCalendar=*:*:0/5\nRandomizedDelaySec=0\nAccuracySec=1s\n" >/etc/systemd/system/docker-gc.timer.d/often.conf'
on_host sh -c 'printf "max-age: 3d\n" >>/etc/docker-gc/config.yaml'
on_host systemctl daemon-reload
on_host systemctl enable --now docker-gc.timer
# Two runs, and the second one finds what the first one has written down.
until_so on_host sh -c 'journalctl --unit=docker-gc.service --no-pager | grep "without a gap"'
on_host docker-gc status
# No word of an engine that nobody reaches, nor of anything that the unit's own walls forbid.
on_host docker-gc doctor | tee "$machines/doctor" || true
grep -q 'schedule *good *docker-gc.timer (.*) starts runs with max-age 3d' "$machines/doctor"

on_host systemctl stop docker.socket docker.service
until_so on_host sh -c 'systemctl show --property=ExecMainStatus docker-gc.service | grep -qx ExecMainStatus=4'
on_host journalctl --unit=docker-gc.service --no-pager --lines=6 | grep 'Cannot reach a Docker Engine'

on_host systemctl disable --now docker-gc.timer
on_host sh -c 'docker-gc doctor; test $? -eq 6' | grep 'docker-gc.timer is off'
on_host rm -r /etc/systemd/system/docker-gc.timer.d
on_host dpkg --purge docker-gc
on_host sh -c '! systemctl list-unit-files --no-legend | grep docker-gc'
on_host rm -r /etc/docker
diff <(echo "$before" | grep -v '^/etc/docker') <(on_host find /etc /usr /var/lib -not -path '/var/lib/dpkg/*' -not -path '/var/lib/docker/*' | sort)
echo "The timer of a booted systemd has started runs; nothing of the package is left."
