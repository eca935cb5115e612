#!/bin/sh
# Keeps the images of compose projects that are down: writes their names into a keep file. From cron before the runs, or when a
# project has changed, as root, with the folders of all projects:
#   sh compose-keep.sh /etc/docker-gc/compose.keep /srv/shop /srv/blog
# and in /etc/docker-gc/config.yaml: keep-file: compose.keep
#
# Needs Docker Compose 2. Where it cannot read one of the projects, the keep file stays as it was: a shorter one would let images go.
set -eu

keep="$1"
shift
new="$(mktemp "$keep.XXXXXX")"
trap 'rm -f "$new"' EXIT

for folder in "$@"; do
  echo "# $folder" >>"$new"
  # As typed there, so that it finds compose.override.yaml and .env, too. Services of all profiles, and those that are built, by the
  # names that compose gives their images.
  (cd "$folder" && docker compose --profile '*' config --images) >>"$new"
done
chmod 644 "$new"
mv "$new" "$keep"
