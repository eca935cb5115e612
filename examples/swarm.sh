#!/bin/sh
# One run on every node of a Docker Swarm, as a global job. On a manager:
#   sh swarm.sh                                       the first run
#   docker service update --force --detach docker-gc  each further run, as from cron on a manager:
#   */5 * * * * docker service update --quiet --force --detach docker-gc >/dev/null
#
# Every node must have the image, made as in Dockerfile: push it to your registry and set IMAGE to its name there,
# or load it on each node. A node that joins later has its first run at the next update.
#
# The limits are those of /etc/docker-gc/config.yaml on this manager, or of the file CONFIG (see config.yaml; no percentages:
# the engine's filesystem is not seen from there). They become a config of the swarm; to change them everywhere:
#   docker config create docker-gc-2 /etc/docker-gc/config.yaml
#   docker service update --detach --config-rm docker-gc --config-add source=docker-gc-2,target=/etc/docker-gc/config.yaml docker-gc
#
# To try other limits, or another IMAGE, on some nodes first: those with the label docker-gc=canary take part in a service of their own,
# with the same ledger, and in the other one no longer.
#   docker node update --label-add docker-gc=canary NODE
#   CONFIG=new.yaml sh swarm.sh canary
# And back: docker service rm docker-gc-canary, docker config rm docker-gc-canary, docker node update --label-rm docker-gc NODE
#
# What a run said: docker service logs docker-gc. Nodes where one failed (6: a limit is not met):
#   docker service ps --no-trunc --format '{{.Node}}: {{.CurrentState}}, {{.Error}}' docker-gc | grep -E ': (Failed|Rejected)'
set -eu

case "${1:-}" in
  "") name=docker-gc nodes='!=canary' ;;
  canary) name=docker-gc-canary nodes='==canary' ;;
  *) echo "usage: sh swarm.sh [canary]" >&2; exit 2 ;;
esac
docker config create "$name" "${CONFIG:-/etc/docker-gc/config.yaml}" >/dev/null

# The volume is one of each node, and holds the ledger of that node. On a manager, docker-gc sees the images that
# services name; on a worker only those that have a container. So keep there by rule what is scaled to nothing.
docker service create --quiet --detach \
  --name "$name" \
  --mode global-job \
  --constraint "node.labels.docker-gc$nodes" \
  --restart-condition none \
  --network host \
  --no-resolve-image \
  --mount "type=bind,source=${SOCKET:-/var/run/docker.sock},target=/var/run/docker.sock" \
  --mount type=volume,source=docker-gc,target=/var/lib/docker-gc \
  --config "source=$name,target=/etc/docker-gc/config.yaml" \
  "${IMAGE:-docker-gc}"
