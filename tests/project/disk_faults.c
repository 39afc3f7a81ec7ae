/* Loaded before libc: fails, tears or kills at the k-th change to a file on disk.

   arm(k, action): let k changes pass, then act. action > 0: that errno, once; action < 0: that
   errno from then on (a disk that stays full); 0: kill this process. A write is first done by half.
   disarm(): stop; gives 1 if the fault came. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int armed = 0, left = 0, action = 0, came = 0;

void arm(int k, int how) { left = k; action = how; came = 0; armed = 1; }
int disarm(void) { armed = 0; return came; }

static int due(void) {
    if (!armed) return 0;
    if (came && action >= 0) return 0;
    if (!came && left-- > 0) return 0;
    came = 1;
    return 1;
}

static int on_disk(int file) {
    struct stat found;
    return armed && fstat(file, &found) == 0 && (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode));
}

static int fail(void) {
    if (action == 0) raise(SIGKILL);
    errno = action > 0 ? action : -action;
    return -1;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    if (!on_disk(file) || !due()) return real(file, bytes, count);
    if (real(file, bytes, count / 2) < 0) return -1;
    return fail();
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    REAL(pwrite64);
    if (!on_disk(file) || !due()) return real(file, bytes, count, offset);
    if (real(file, bytes, count / 2, offset) < 0) return -1;
    return fail();
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite64(file, bytes, count, offset);
}

int fsync(int file) {
    REAL(fsync);
    return on_disk(file) && due() ? fail() : real(file);
}

int fdatasync(int file) {
    REAL(fdatasync);
    return on_disk(file) && due() ? fail() : real(file);
}

int ftruncate64(int file, off64_t length) {
    REAL(ftruncate64);
    return on_disk(file) && due() ? fail() : real(file, length);
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

int unlink(const char *path) {
    REAL(unlink);
    return due() ? fail() : real(path);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    return due() ? fail() : real(from, to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return due() ? fail() : real(path, mode);
}
