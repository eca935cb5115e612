#!/usr/bin/env bash
# Builds the image of examples/Dockerfile from the one file, runs it as the examples say, and hands it on without a registry. As root, after
# `npm run package`; needs the docker command, what machine.sh names, and two engines that can run containers:
#   .config/package/try-image.sh unix:///one.sock unix:///two.sock
# The image docker-gc stays on both, for try-swarm.sh. BASE: an image that the first engine has, in place of a Debian of its own.
# SOCKET: where the engines themselves see their sockets, if that is elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .config/package/machine.sh
one="$1" two="$2"
on() { DOCKER_HOST="$1" DOCKER_CONFIG="$machines" docker "${@:2}"; }
bytes() { on "$one" image inspect --format '{{.Size}}' "$1"; }

if [ -z "${BASE:-}" ]; then
  BASE=base:debian
  make_root
  tar --exclude=./dev --exclude=./var/cache --exclude=./var/lib/apt -cC "$root" . | on "$one" import - "$BASE" >/dev/null
fi
# The context without what a checkout has besides.
mkdir "$machines/context"
cp -r --parents examples/Dockerfile LICENSE packages/docker-gc-linux-x64 "$machines/context"
DOCKER_BUILDKIT="${DOCKER_BUILDKIT:-0}" on "$one" build --quiet --network none --build-arg BASE="$BASE" --tag docker-gc \
  --file "$machines/context/examples/Dockerfile" "$machines/context"
more=$(($(bytes docker-gc) - $(bytes "$BASE") - $(stat --format %s packages/docker-gc-linux-x64)))
echo "The image has $more bytes more than its base and the one file."
((more < 15000000))
on "$one" save docker-gc | on "$two" load
for host in "$one" "$two"; do
  socket="${SOCKET:-${host#unix://}}"
  # As the least that kubernetes.yml gives, and as nobody with the socket's group.
  run() { on "$host" run --rm --network none --read-only --cap-drop ALL --security-opt no-new-privileges --volume "$socket:/var/run/docker.sock" "$@"; }
  as_nobody() { run --user "65534:$(stat --format %g "${host#unix://}")" --volume docker-gc-nobody:/state/docker-gc docker-gc "$@"; }
  for command in "--dry-run" "" "" "history --verbose"; do
    # shellcheck disable=SC2086 # It is several words, or none.
    run --volume docker-gc:/var/lib/docker-gc docker-gc $command >"$machines/root-said" || { cat "$machines/root-said"; exit 1; }
    # shellcheck disable=SC2086
    as_nobody $command >"$machines/said" || { cat "$machines/said"; exit 1; }
  done
  grep -q '2 runs' "$machines/said"
  grep -q '2 runs' "$machines/root-said"
  as_nobody config | grep -q '/state/docker-gc/ledger.db'
  on "$host" volume rm docker-gc docker-gc-nobody >/dev/null
done
echo "The image is built, handed on, and runs as root and as nobody."
