/* Preloaded into a server: while the file $FAULT_SWITCH exists, one in $FAULT_EVERY writes and syncs of files below $FAULT_ROOT fails
 * with EIO. Sockets and everything else are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_ulong calls;

static int fails(int fd) {
  const char *root = getenv("FAULT_ROOT"), *toggle = getenv("FAULT_SWITCH"), *every = getenv("FAULT_EVERY");
  if (!root || !toggle || !every || access(toggle, F_OK) != 0) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strncmp(path, root, strlen(root)) != 0) return 0;
  if (atomic_fetch_add(&calls, 1) % strtoul(every, NULL, 10) != 0) return 0;
  errno = EIO;
  return 1;
}

#define FAULTY(type, name, parameters, arguments)              \
  type name parameters {                                       \
    static type(*real) parameters;                             \
    if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
    if (fails(fd)) return -1;                                  \
    return real arguments;                                     \
  }

FAULTY(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
FAULTY(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
FAULTY(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
FAULTY(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
FAULTY(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
FAULTY(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
FAULTY(int, fsync, (int fd), (fd))
FAULTY(int, fdatasync, (int fd), (fd))
