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
#   docker service update --config-rm docker-gc --config-add source=docker-gc-2,target=/etc/docker-gc/config.yaml docker-gc
#
# What a run said: docker service logs docker-gc. A run that failed is in: docker service ps docker-gc
set -eu

docker config create docker-gc "${CONFIG:-/etc/docker-gc/config.yaml}" >/dev/null

# The volume is one of each node, and holds the ledger of that node. On a manager, docker-gc sees the images that
# services name; on a worker only those that have a container. So keep there by rule what is scaled to nothing.
docker service create --quiet --detach \
  --name docker-gc \
  --mode global-job \
  --restart-condition none \
  --network host \
  --no-resolve-image \
  --mount "type=bind,source=${SOCKET:-/var/run/docker.sock},target=/var/run/docker.sock" \
  --mount type=volume,source=docker-gc,target=/var/lib/docker-gc \
  --config source=docker-gc,target=/etc/docker-gc/config.yaml \
  "${IMAGE:-docker-gc}"
