#!/usr/bin/env bash
# Lets Docker Compose itself name the images for examples/compose-keep.sh, in a Debian that has it. As root; needs debootstrap and a minute.
# MIRROR: where debootstrap gets that Debian from. ROOT: a folder with one that is there already; it is changed.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
root="${ROOT:-$scratch/root}"
[ -e "$root/bin/sh" ] || debootstrap --variant=minbase --include=docker-compose,docker-cli trixie "$root" ${MIRROR:+"$MIRROR"} >"$scratch/log" ||
  { cat "$scratch/log"; exit 1; }
rm -rf "$root/srv"
mkdir -p "$root"/srv/{shop,blog,broken}
cp examples/compose-keep.sh "$root/srv"
cat >"$root/srv/shop/compose.yaml" <<'YAML'
services:
  web: { build: . }
  named: { build: ., image: shop/named }
  tools: { image: "tools:${TOOLS:-3}", profiles: [debug] }
  cache: { image: "redis:7@sha256:1111111111111111111111111111111111111111111111111111111111111111" }
YAML
echo 'services: { db: { image: "registry.example/db:16" } }' >"$root/srv/shop/compose.override.yaml"
echo 'TOOLS=4' >"$root/srv/shop/.env"
echo '{ name: weblog, services: { app: { build: . } } }' >"$root/srv/blog/compose.yaml"
echo 'services: { app: { image: "${NEEDED:?is not set}" } }' >"$root/srv/broken/compose.yaml"
inside() { unshare --net chroot "$root" env -i PATH=/usr/bin:/bin HOME=/root "$@"; }

inside docker compose version
inside sh /srv/compose-keep.sh /srv/keep /srv/shop /srv/blog
diff <(grep -v '^#' "$root/srv/keep" | sort) - <<'NAMES'
redis:7@sha256:1111111111111111111111111111111111111111111111111111111111111111
registry.example/db:16
shop-web
shop/named
tools:4
weblog-app
NAMES
before="$(cat "$root/srv/keep")"
if inside sh /srv/compose-keep.sh /srv/keep /srv/shop /srv/broken; then exit 1; fi
[ "$(cat "$root/srv/keep")" = "$before" ]
[ "$(cd "$root/srv" && echo keep*)" = keep ]
echo "Compose names the images of projects that are down."
