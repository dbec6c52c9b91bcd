/* Makes a disk fail for the process that it is preloaded into.

   FAULTY_DISK is the folder that is on the disk, FAULTS a folder with a file for each fault of the moment: `full`,
   `read-only`, `failing-syncs`, `slow-syncs`. The standard streams are not on the disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_MICROSECONDS 100000
#define NEXT(name) dlsym(RTLD_NEXT, name)

static int happens(const char *fault) {
    char path[4096];
    const char *faults = getenv("FAULTS");
    int before = errno, found;
    if (!faults) return 0;
    snprintf(path, sizeof path, "%s/%s", faults, fault);
    found = access(path, F_OK) == 0;
    errno = before;
    return found;
}

static int is_on_disk(const char *path) {
    const char *disk = getenv("FAULTY_DISK");
    return disk && strncmp(path, disk, strlen(disk)) == 0;
}

static int is_open_on_disk(int descriptor) {
    char link[64], path[4096];
    ssize_t length;
    if (descriptor <= 2) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_on_disk(path);
}

/* Whether a write up to this offset is refused, and errno says why. An offset of -1 is behind the end of the file. */
static int is_refused(int descriptor, off_t end) {
    struct stat found;
    if (happens("read-only") && is_open_on_disk(descriptor)) {
        errno = EROFS;
        return 1;
    }
    if (happens("full") && is_open_on_disk(descriptor)) {
        if (end >= 0 && fstat(descriptor, &found) == 0 && end <= found.st_size) return 0;
        errno = ENOSPC;
        return 1;
    }
    return 0;
}

static int synced(const char *name, int descriptor) {
    if (happens("slow-syncs")) usleep(SYNC_MICROSECONDS);
    if (happens("failing-syncs") && is_open_on_disk(descriptor)) {
        errno = EIO;
        return -1;
    }
    return ((int (*)(int))NEXT(name))(descriptor);
}

int fsync(int descriptor) { return synced("fsync", descriptor); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (is_refused(descriptor, -1)) return -1;
    return ((ssize_t(*)(int, const void *, size_t))NEXT("write"))(descriptor, bytes, count);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    if (is_refused(descriptor, offset + (off64_t)count)) return -1;
    return ((ssize_t(*)(int, const void *, size_t, off64_t))NEXT("pwrite64"))(descriptor, bytes, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite64(descriptor, bytes, count, offset);
}

int ftruncate64(int descriptor, off64_t size) {
    if (is_refused(descriptor, size)) return -1;
    return ((int (*)(int, off64_t))NEXT("ftruncate64"))(descriptor, size);
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int unlink(const char *path) {
    if (happens("read-only") && is_on_disk(path)) {
        errno = EROFS;
        return -1;
    }
    return ((int (*)(const char *))NEXT("unlink"))(path);
}

static int opened(const char *path, int flags, mode_t mode) {
    /* What is there already may be opened with O_CREAT, but not to be written. */
    if (is_on_disk(path) && happens("read-only") &&
        ((flags & O_ACCMODE) != O_RDONLY || ((flags & O_CREAT) && access(path, F_OK) != 0))) {
        errno = EROFS;
        return -1;
    }
    return ((int (*)(const char *, int, ...))NEXT("open64"))(path, flags, mode);
}

/* The mode is only there if the call may create a file. */
#define OPEN(name)                                       \
    int name(const char *path, int flags, ...) {         \
        mode_t mode = 0;                                 \
        if (flags & (O_CREAT | O_TMPFILE)) {             \
            va_list rest;                                \
            va_start(rest, flags);                       \
            mode = va_arg(rest, mode_t);                 \
            va_end(rest);                                \
        }                                                \
        return opened(path, flags, mode);                \
    }

OPEN(open64)
OPEN(open)
