#!/bin/sh
# What an engine wants to write is read-only in a container that is not privileged. Leftovers of one that was killed are in its way.
mount -o remount,rw /sys 2>/dev/null
mount -o remount,rw /proc/sys 2>/dev/null
rm -f /var/run/docker.pid /run/docker/containerd/containerd.pid
mkdir -p /run/docker
exec dockerd --oom-score-adjust 0 "$@"
