#!/usr/bin/env bash
# Installs the tarball on several versions of Node in a Debian of its own, which has neither compiler nor Python: without a network, and
# where npm's registry is all that it reaches. Runs it, also on another Node than it was installed with. As root, after `npm run package`;
# needs debootstrap, npm and its registry, and some minutes. MIRROR: where debootstrap gets that Debian from. ROOT: a folder with one that
# is there already; it is changed. NODES: the versions. Node 26 needs libatomic1, which a Debian need not have.
set -euo pipefail
cd "$(dirname "$0")/../../packages"
read -ra nodes <<<"${NODES:-20 22 24 26}"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
root="${ROOT:-$scratch/root}"
[ -e "$root/bin/sh" ] || debootstrap --variant=minbase --include=libstdc++6,libatomic1 bookworm "$root" ${MIRROR:+"$MIRROR"} >"$scratch/log" ||
  { cat "$scratch/log"; exit 1; }
fetch() { npm install --prefix "$root/opt/$1" --no-audit --no-fund --no-save --loglevel=error "$2"; }
fetch npm npm@10
cp docker-gc-[0-9]*.tgz "$root/docker-gc.tgz"
# No other name than the registry's means anything in there.
registry="$(npm config get registry)"
name="${registry#*://}"
name="${name%%[:/]*}"
rm -f "$root/etc/resolv.conf"
echo 'hosts: files' >"$root/etc/nsswitch.conf"
getent ahostsv4 "$name" | awk -v name="$name" '$2 == "STREAM" { print $1, name }' >"$root/etc/hosts"
cat "${NODE_EXTRA_CA_CERTS:-/dev/null}" >"$root/certificates.pem"

# inside NODE PREFIX COMMAND...
inside() {
  local path="$2/bin:/opt/node-$1/node_modules/node/bin:/usr/bin:/bin"
  ${net:+unshare --net} chroot "$root" env -i PATH="$path" HOME=/root DOCKER_GC_CONFIG=/dev/null NODE_EXTRA_CA_CERTS=/certificates.pem "${@:3}"
}
cut_off() { net=none inside "$@"; }
expect() { "$1" "$2" "$3" sh -c "$4" || { echo "Not so on Node $2 in $3: $4" >&2; exit 1; }; }
npm=(node /opt/npm/node_modules/npm/bin/npm-cli.js install --global --no-audit --no-fund)

for version in "${nodes[@]}"; do
  fetch "node-$version" "node@$version"
  for place in "cut_off /offline-$version --offline" "inside /registry-$version --registry=$registry"; do
    read -r reach prefix option <<<"$place"
    rm -rf "${root:?}$prefix"
    expect "$reach" "$version" "$prefix" "node --version && ${npm[*]} $option --prefix $prefix /docker-gc.tgz"
    expect cut_off "$version" "$prefix" "docker-gc --version && test -e $prefix/share/man/man1/docker-gc.1"
    expect cut_off "$version" "$prefix" 'docker-gc config | grep -q "^max-age"'
    # The ledger is opened, and there is nothing in it.
    expect cut_off "$version" "$prefix" "docker-gc history --ledger /root/ledger-$version.db"
    expect cut_off "$version" "$prefix" "docker-gc --host unix:///nobody.sock --ledger /root/ledger-$version.db 2>&1 | grep 'there is no such socket'"
    expect cut_off "$version" "$prefix" "docker-gc doctor --host unix:///nobody.sock --ledger /root/ledger-$version.db --output json | grep -q '\"kind\": \"doctor\"'"
  done
done
# Node was changed under it.
for version in "${nodes[@]}"; do
  for other in "${nodes[@]}"; do
    for prefix in "/offline-$version" "/registry-$version"; do
      expect cut_off "$other" "$prefix" "docker-gc history --ledger /root/ledger-$other.db"
    done
  done
done
echo "The tarball is installed and runs on Node ${nodes[*]}, without a network and with the registry alone, and on each other's Node."
