#!/bin/sh
# Keeps the images of compose projects that are down: writes their names into a keep file. From cron before the runs, or when a
# project has changed, as root:
#   sh compose-keep.sh /etc/docker-gc/compose.keep /srv/*/compose.yaml
# and in /etc/docker-gc/config.yaml: keep-file: compose.keep
#
# Where compose cannot read one of the files, the keep file stays as it was: a shorter one would let images go.
set -eu

keep="$1"
shift
new="$(mktemp "$keep.XXXXXX")"
trap 'rm -f "$new"' EXIT

for file in "$@"; do
  echo "# $file" >>"$new"
  # Services of all profiles, and those that are built, by the names that compose gives their images.
  docker compose --file "$file" --profile '*' config --images >>"$new"
done
chmod 644 "$new"
mv "$new" "$keep"
