#!/usr/bin/env bash
# Runs the file for arm64 on a processor that is none: under qemu, with the libraries of Debian's arm64 packages. After
# `npm run package -- arm64`; needs qemu-user-static, and apt with an arm64 in its sources. SOCKET: an engine's, for a dry run.
set -euo pipefail
cd "$(dirname "$0")/../../packages"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{debs,root,state/lists/partial,cache/archives/partial}
touch "$scratch/status"
# apt lets another user than root fetch what is asked for.
chmod 755 "$scratch"
chmod 777 "$scratch/debs"
apt=(apt-get -o "Dir::State=$scratch/state" -o "Dir::State::status=$scratch/status" -o "Dir::Cache=$scratch/cache"
  -o APT::Architecture=arm64 -o APT::Architectures::=arm64)
"${apt[@]}" --quiet update >"$scratch/log" || { cat "$scratch/log"; exit 1; }
(cd "$scratch/debs" && "${apt[@]}" --quiet download libc6 libgcc-s1 libstdc++6 >>"$scratch/log")
for each in "$scratch"/debs/*.deb; do dpkg-deb --extract "$each" "$scratch/root"; done

program() { qemu-aarch64-static -L "$scratch/root" ./docker-gc-linux-arm64 "$@"; }
program --version
program config --config /dev/null | grep '^max-age'
program --host unix:///nobody.sock --ledger "$scratch/root/ledger.db" || [ $? -eq 4 ]
# Node's own SQLite opens the ledger there, too.
program history --ledger "$scratch/root/ledger.db"
[ -z "${SOCKET:-}" ] || program --dry-run --config /dev/null --ledger "$scratch/root/ledger.db" --host "unix://$SOCKET"
dpkg-deb --info docker-gc_*_arm64.deb | grep -x ' Architecture: arm64'
echo "The file for arm64 runs."
