"""A file system that loses everything that was not synced, directory entries included, when told that the power is gone.

Usage: forgetful-fs.py BACKING MOUNTPOINT. `mkdir MOUNTPOINT/.power-loss` is the power loss; the directory is never made.
Bytes of a file survive as they were at its last fsync, entries of a directory as they were at that directory's last fsync:
no more than POSIX promises. BACKING/live is what programs see, BACKING/saved what the disk has.
"""

import os
import shutil
import sys

from fusepy import FUSE, FuseOSError, Operations

import errno

POWER_LOSS = '/.power-loss'


class ForgetfulFs(Operations):
    use_ns = True

    def __init__(self, backing):
        self.backing = backing
        self.live = os.path.join(backing, 'live')
        self.saved = os.path.join(backing, 'saved')
        os.makedirs(self.live, exist_ok=True)
        self._remember_everything()

    # What the disk has: for each inode its synced bytes, for each directory its synced entries.

    def _remember_everything(self):
        shutil.rmtree(self.saved, ignore_errors=True)
        os.makedirs(self.saved)
        self.ids = {}
        self.last_id = 0
        self.entries = {}
        self.root = self._id(self.live)
        for path, _dirs, files in os.walk(self.live):
            for name in files:
                self._save_bytes(os.path.join(path, name))
            self._save_entries(path)

    def _id(self, path):
        inode = os.lstat(path).st_ino
        if inode not in self.ids:
            self.last_id += 1
            self.ids[inode] = self.last_id
        return self.ids[inode]

    def _save_bytes(self, path):
        shutil.copyfile(path, os.path.join(self.saved, str(self._id(path))))

    def _save_entries(self, path):
        found = {}
        with os.scandir(path) as listing:
            for entry in listing:
                found[entry.name] = (self._id(entry.path), entry.is_dir(follow_symlinks=False))
        self.entries[self._id(path)] = found

    def _forget_inode(self, path, is_last):
        if is_last:
            self.ids.pop(os.lstat(path).st_ino, None)

    def _power_loss(self):
        fresh = os.path.join(self.backing, 'fresh')
        os.makedirs(fresh)
        placed = {}
        self._rebuild(self.root, fresh, placed)
        shutil.rmtree(self.live)
        os.rename(fresh, self.live)
        self._remember_everything()

    def _rebuild(self, directory, target, placed):
        for name, (number, is_dir) in self.entries.get(directory, {}).items():
            path = os.path.join(target, name)
            if is_dir:
                os.makedirs(path)
                self._rebuild(number, path, placed)
            elif number in placed:
                os.link(placed[number], path)
            else:
                saved = os.path.join(self.saved, str(number))
                if os.path.exists(saved):
                    shutil.copyfile(saved, path)
                else:
                    open(path, 'wb').close()
                placed[number] = path

    # What programs do.

    def _path(self, path):
        return self.live + path

    def mkdir(self, path, mode):
        if path == POWER_LOSS:
            self._power_loss()
            raise FuseOSError(errno.EROFS)
        os.mkdir(self._path(path), mode)
        self._id(self._path(path))

    def rmdir(self, path):
        self._forget_inode(self._path(path), True)
        os.rmdir(self._path(path))

    def create(self, path, mode, fi=None):
        handle = os.open(self._path(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        self._id(self._path(path))
        return handle

    def open(self, path, flags):
        return os.open(self._path(path), flags & ~(os.O_APPEND | os.O_CREAT | os.O_EXCL))

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self._path(path), length)

    def release(self, path, fh):
        os.close(fh)

    def flush(self, path, fh):
        pass

    def fsync(self, path, datasync, fh):
        if os.fstat(fh).st_nlink > 0 and os.path.exists(self._path(path)):
            self._save_bytes(self._path(path))

    def fsyncdir(self, path, datasync, fh):
        self._save_entries(self._path(path))

    def unlink(self, path):
        self._forget_inode(self._path(path), os.lstat(self._path(path)).st_nlink == 1)
        os.unlink(self._path(path))

    def rename(self, old, new):
        target = self._path(new)
        if os.path.exists(target):
            self._forget_inode(target, os.lstat(target).st_nlink == 1)
        os.rename(self._path(old), target)

    def link(self, target, source):
        os.link(self._path(source), self._path(target))

    def getattr(self, path, fh=None):
        try:
            facts = os.lstat(self._path(path))
        except OSError as error:
            raise FuseOSError(error.errno) from error
        names = ('st_mode', 'st_nlink', 'st_uid', 'st_gid', 'st_size')
        found = {name: getattr(facts, name) for name in names}
        found.update(st_atime=facts.st_atime_ns, st_mtime=facts.st_mtime_ns, st_ctime=facts.st_ctime_ns)
        return found

    def readdir(self, path, fh):
        return ['.', '..', *os.listdir(self._path(path))]

    def chmod(self, path, mode):
        os.chmod(self._path(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self._path(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self._path(path), ns=times)

    def statfs(self, path):
        facts = os.statvfs(self._path(path))
        names = ('f_bavail', 'f_bfree', 'f_blocks', 'f_bsize', 'f_files', 'f_ffree', 'f_frsize', 'f_namemax')
        return {name: getattr(facts, name) for name in names}


if __name__ == '__main__':
    uncached = {'entry_timeout': 0, 'attr_timeout': 0, 'negative_timeout': 0, 'direct_io': True}
    FUSE(ForgetfulFs(sys.argv[1]), sys.argv[2], foreground=True, nothreads=True, use_ino=False, hard_remove=True, **uncached)
