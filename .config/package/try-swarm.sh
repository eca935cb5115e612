#!/usr/bin/env bash
# Makes a Swarm of two engines and runs examples/swarm.sh there: on both nodes, again, other limits on one of them first, then on both, and
# a node where it fails. After try-image.sh with the same two:
#   .config/package/try-swarm.sh unix:///one.sock unix:///two.sock
# Both may be on one host: they talk on 127.0.0.2 and 127.0.0.3. SOCKET: where both see their own socket, /var/run/docker.sock if not said.
set -euo pipefail
cd "$(dirname "$0")/../.."
one="$1" two="$2"
scratch="$(mktemp -d)"
export DOCKER_CONFIG="$scratch"
manager() { DOCKER_HOST="$one" docker "$@"; }
worker() { DOCKER_HOST="$two" docker "$@"; }
leave() {
  for each in "${services[@]}"; do manager service rm "$each" >/dev/null 2>&1 || true; done
  worker swarm leave --force >/dev/null 2>&1 || true
  manager swarm leave --force >/dev/null 2>&1 || true
  rm -rf "$scratch"
}
services=(docker-gc docker-gc-canary)
trap leave EXIT
until_so() {
  for _ in $(seq 120); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 1
  done
  "${@:1:1}" "${@:2}" || true
  manager service ps --no-trunc docker-gc || true
  echo "Not so within 120 s: $*" >&2
  exit 1
}
# The states of the newest task on each node: "NODE: STATE, ERROR".
states() { manager service ps --no-trunc --format '{{.Node}}: {{.CurrentState}}, {{.Error}}' "$1"; }
complete() { [ "$(states "$1" | grep -c ': Complete')" = "$2" ]; }
# What runs have said, to the last line.
said() { manager service logs --raw "$1" 2>&1; }
says() { said "$1" | grep -- "$2" >/dev/null; }

# What an earlier one has left.
manager volume rm --force docker-gc >/dev/null
worker volume rm --force docker-gc >/dev/null
manager swarm init --listen-addr 127.0.0.2:2377 --advertise-addr 127.0.0.2 >/dev/null
worker swarm join --token "$(manager swarm join-token --quiet worker)" --listen-addr 127.0.0.3:2377 --advertise-addr 127.0.0.3 127.0.0.2:2377
until_so sh -c "[ \"\$(DOCKER_HOST=$one docker node ls --format '{{.Status}}' | grep -c Ready)\" = 2 ]"
mapfile -t nodes < <(manager node ls --format '{{.ID}} {{.ManagerStatus}}' | sort -k2 | cut -d' ' -f1)

echo "verbose: true" >"$scratch/limits"
echo "max-age: 12d" >>"$scratch/limits"
DOCKER_HOST="$one" CONFIG="$scratch/limits" SOCKET="${SOCKET:-/var/run/docker.sock}" sh examples/swarm.sh
until_so complete docker-gc 2
until_so says docker-gc 'idle for 12d go'
manager service update --quiet --force --detach docker-gc >/dev/null
until_so says docker-gc 'without a gap'

# The canary.
manager node update --label-add docker-gc=canary "${nodes[0]}" >/dev/null
sed -i 's/12d/11d/' "$scratch/limits"
DOCKER_HOST="$one" CONFIG="$scratch/limits" SOCKET="${SOCKET:-/var/run/docker.sock}" sh examples/swarm.sh canary
until_so complete docker-gc-canary 1
until_so says docker-gc-canary 'idle for 11d go'
manager service update --quiet --force --detach docker-gc >/dev/null
until_so complete docker-gc 1
manager service rm docker-gc-canary >/dev/null
manager config rm docker-gc-canary >/dev/null
manager node update --label-rm docker-gc "${nodes[0]}" >/dev/null

# Everywhere, as its first lines say.
change="$(sed -n 's/^#   docker \(service update --detach --config-rm .*\)/\1/p' examples/swarm.sh)"
manager config create docker-gc-2 "$scratch/limits" >/dev/null
# shellcheck disable=SC2086 # Words of a command.
manager $change >/dev/null
until_so complete docker-gc 2
[ "$(said docker-gc | grep -c 'idle for 11d go')" -ge 2 ]

# The worker loses its ledger's folder to somebody else: the line of swarm.sh names it.
failed="$(sed -n "s/^#   docker \(service ps .*\)/\1/p" examples/swarm.sh)"
worker run --rm --volume docker-gc:/ledger --entrypoint /bin/sh docker-gc -c 'echo nonsense >/ledger/ledger.db'
manager service update --quiet --force --detach docker-gc >/dev/null
until_so sh -c "DOCKER_HOST=$one docker $failed | grep 'exit (5)'"
DOCKER_HOST="$one" sh -c "docker $failed"
[ "$(DOCKER_HOST="$one" sh -c "docker $failed" | wc -l)" = 1 ]
echo "A run on both nodes, on a canary, with other limits on both; the node that fails is named."
