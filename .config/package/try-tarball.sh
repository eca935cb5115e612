#!/usr/bin/env bash
# Installs the tarball on several versions of Node in a Debian of its own that reaches no network, and runs it. As root, after
# `npm run package`; needs debootstrap, npm and its registry, and some minutes. MIRROR: where debootstrap gets that Debian from.
# ROOT: a folder with one that is there already; it is changed. NODES: the versions. Node 26 needs libatomic1, which a Debian need not have.
set -euo pipefail
cd "$(dirname "$0")/../../packages"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
root="${ROOT:-$scratch/root}"
[ -e "$root/bin/sh" ] || debootstrap --variant=minbase --include=libstdc++6,libatomic1 bookworm "$root" ${MIRROR:+"$MIRROR"} >"$scratch/log" ||
  { cat "$scratch/log"; exit 1; }
fetch() { npm install --prefix "$root/opt/$1" --no-audit --no-fund --no-save --loglevel=error "$2"; }
fetch npm npm@10
cp docker-gc-[0-9]*.tgz "$root/docker-gc.tgz"

for version in ${NODES:-20 22 24 26}; do
  fetch "node-$version" "node@$version"
  inside() {
    local path="/prefix-$version/bin:/opt/node-$version/node_modules/node/bin:/usr/bin:/bin"
    unshare --net chroot "$root" env -i PATH="$path" HOME=/root "$@"
  }
  expect() { inside sh -c "$1" || { echo "Not so on Node $version: $1" >&2; exit 1; }; }
  expect 'node --version'
  expect "node /opt/npm/node_modules/npm/bin/npm-cli.js install --global --offline --no-audit --no-fund --prefix /prefix-$version /docker-gc.tgz"
  expect 'docker-gc --version'
  expect "test -e /prefix-$version/share/man/man1/docker-gc.1"
  expect 'docker-gc config --config /dev/null | grep -q "^max-age"'
  # The ledger is opened, and there is nothing in it.
  expect "docker-gc history --ledger /root/ledger-$version.db"
  expect "docker-gc --host unix:///nobody.sock --ledger /root/ledger-$version.db 2>&1 | grep 'there is no such socket'"
  expect "docker-gc doctor --host unix:///nobody.sock --ledger /root/ledger-$version.db --output json | grep -q '\"kind\": \"doctor\"'"
done
echo "The tarball is installed and runs on Node ${NODES:-20 22 24 26}, without a network."
