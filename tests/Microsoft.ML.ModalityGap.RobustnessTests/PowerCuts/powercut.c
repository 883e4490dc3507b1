// Loaded into a process by LD_PRELOAD: writes down, in order, what the process does to the files below a folder, so that a test can tell what a disk may hold if the power is cut anywhere between.
//
//   POWERCUT_ROOT   the folder
//   POWERCUT_LOG    where to write
//
// A record: an operation's letter, int32 inode key, int32 length of each of two texts or of the data, int64 offset; then both.
//   c create (key, path)        o first opening of a file that was there (key, path)
//   w write (key, offset, data)   t truncate (key, offset = length)           s fsync (key)
//   r rename (from, to)         u unlink (path)               d fsync of a folder (path)
// A key stands for a file whatever its name: the number of the create that made it, or of its first opening.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *root;
static size_t root_length;
static int log_descriptor = -1;
static int next_key = 1;
static struct { int key; int is_folder; char path[PATH_MAX]; } open_files[DESCRIPTORS];
static struct { ino_t inode; int key; } inodes[65536];
static int inode_count;

// The loader's own look-up, which this layer replaces below.
static void *look_up(void *library, const char *name)
{
    static void *(*real)(void *, const char *);
    if (!real)
        real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    if (!real)
        real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    if (!real)
        abort();
    return real(library, name);
}

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = (__typeof__(&name))look_up(RTLD_NEXT, #name); real; })

__attribute__((constructor)) static void start(void)
{
    const char *log = getenv("POWERCUT_LOG");
    root = getenv("POWERCUT_ROOT");
    if (!root || !log)
        return;
    root_length = strlen(root);
    log_descriptor = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_below(const char *path)
{
    return log_descriptor >= 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

// A path as the process names it, made absolute; links in it are not followed.
static int resolve(const char *path, char *result)
{
    if (path[0] == '/')
        return snprintf(result, PATH_MAX, "%s", path) < PATH_MAX;
    char folder[PATH_MAX];
    return getcwd(folder, sizeof folder) && snprintf(result, PATH_MAX, "%s/%s", folder, path) < PATH_MAX;
}

static void put(char operation, int key, int64_t offset, const void *first, size_t first_length, const void *second, size_t second_length)
{
    char header[21];
    int32_t key32 = key, one = (int32_t)first_length, two = (int32_t)second_length;
    header[0] = operation;
    memcpy(header + 1, &key32, 4);
    memcpy(header + 5, &one, 4);
    memcpy(header + 9, &two, 4);
    memcpy(header + 13, &offset, 8);
    struct iovec parts[3] = { { header, sizeof header }, { (void *)first, first_length }, { (void *)second, second_length } };
    if (REAL(writev)(log_descriptor, parts, 3) != (ssize_t)(sizeof header + first_length + second_length))
        abort();
}

// The key of an inode; a file that is new has a new one, even where the system gives it a number that another had.
static int key_of(int descriptor, int is_new)
{
    struct stat state;
    if (fstat(descriptor, &state))
        return 0;
    for (int i = inode_count - 1; i >= 0; i--)
        if (inodes[i].inode == state.st_ino && !is_new)
            return inodes[i].key;
    if (inode_count == 65536)
        abort();
    inodes[inode_count].inode = state.st_ino;
    return inodes[inode_count++].key = next_key++;
}

static void opened(int descriptor, const char *path, int existed, int flags)
{
    if (descriptor < 0 || descriptor >= DESCRIPTORS)
        return;
    open_files[descriptor].key = 0;
    char full[PATH_MAX];
    if (!resolve(path, full) || !is_below(full))
        return;
    struct stat state;
    if (fstat(descriptor, &state))
        return;
    int before = next_key;
    strcpy(open_files[descriptor].path, full);
    open_files[descriptor].is_folder = S_ISDIR(state.st_mode);
    open_files[descriptor].key = S_ISDIR(state.st_mode) ? -1 : key_of(descriptor, !existed);
    if (!existed && (flags & O_CREAT))
        put('c', open_files[descriptor].key, 0, full, strlen(full), 0, 0);
    else if (!open_files[descriptor].is_folder && next_key != before)
        put('o', open_files[descriptor].key, 0, full, strlen(full), 0, 0);
    if (existed && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
        put('t', open_files[descriptor].key, 0, full, strlen(full), 0, 0);
}

static int key(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS && log_descriptor >= 0 ? open_files[descriptor].key : 0;
}

static int open_as(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode)
{
    if (log_descriptor < 0)
        return real(path, flags, mode);
    pthread_mutex_lock(&lock);
    int existed = access(path, F_OK) == 0;
    int descriptor = real(path, flags, mode);
    int error = errno;
    opened(descriptor, path, existed, flags);
    pthread_mutex_unlock(&lock);
    errno = error;
    return descriptor;
}

#define MODE(flags) ({ mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); } mode; })

int open(const char *path, int flags, ...) { return open_as(REAL(open), path, flags, MODE(flags)); }
int open64(const char *path, int flags, ...) { return open_as(REAL(open64), path, flags, MODE(flags)); }

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = MODE(flags);
    return folder == AT_FDCWD || path[0] == '/' ? open_as(REAL(open), path, flags, mode) : REAL(openat)(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    mode_t mode = MODE(flags);
    return folder == AT_FDCWD || path[0] == '/' ? open_as(REAL(open64), path, flags, mode) : REAL(openat64)(folder, path, flags, mode);
}

int close(int descriptor)
{
    pthread_mutex_lock(&lock);
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        open_files[descriptor].key = 0;
    int result = REAL(close)(descriptor);
    pthread_mutex_unlock(&lock);
    return result;
}

int dup2(int from, int to)
{
    pthread_mutex_lock(&lock);
    int result = REAL(dup2)(from, to);
    if (result >= 0 && from >= 0 && from < DESCRIPTORS && to < DESCRIPTORS)
        open_files[to] = open_files[from];
    pthread_mutex_unlock(&lock);
    return result;
}

#define LOGGED_WRITE(descriptor, call, position, data)                   \
    do {                                                                 \
        if (!key(descriptor))                                            \
            return call;                                                 \
        pthread_mutex_lock(&lock);                                       \
        int64_t at = (position);                                         \
        ssize_t written = call;                                          \
        int error = errno;                                               \
        if (written > 0)                                                 \
            put('w', key(descriptor), at, data, (size_t)written, 0, 0);  \
        pthread_mutex_unlock(&lock);                                     \
        errno = error;                                                   \
        return written;                                                  \
    } while (0)

static int64_t position_of(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    struct stat state;
    return flags >= 0 && (flags & O_APPEND) && !fstat(descriptor, &state) ? state.st_size : lseek(descriptor, 0, SEEK_CUR);
}

ssize_t write(int descriptor, const void *data, size_t length) { LOGGED_WRITE(descriptor, REAL(write)(descriptor, data, length), position_of(descriptor), data); }
ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) { LOGGED_WRITE(descriptor, REAL(pwrite)(descriptor, data, length, offset), offset, data); }
ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) { LOGGED_WRITE(descriptor, REAL(pwrite64)(descriptor, data, length, offset), offset, data); }

// One part after the other, so that what is written down is what was written.
static ssize_t write_parts(int descriptor, const struct iovec *parts, int count, off64_t offset, int is_at)
{
    ssize_t total = 0;
    for (int i = 0; i < count; i++)
    {
        ssize_t written = is_at ? pwrite64(descriptor, parts[i].iov_base, parts[i].iov_len, offset + total) : write(descriptor, parts[i].iov_base, parts[i].iov_len);
        if (written < 0)
            return total ? total : written;
        total += written;
        if ((size_t)written < parts[i].iov_len)
            break;
    }
    return total;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) { return key(descriptor) ? write_parts(descriptor, parts, count, 0, 0) : REAL(writev)(descriptor, parts, count); }
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) { return key(descriptor) ? write_parts(descriptor, parts, count, offset, 1) : REAL(pwritev)(descriptor, parts, count, offset); }
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) { return key(descriptor) ? write_parts(descriptor, parts, count, offset, 1) : REAL(pwritev64)(descriptor, parts, count, offset); }

// What would go past this layer is refused, as systems without it refuse it; programs then write.
ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags)
{
    if (!key(to))
        return REAL(copy_file_range)(from, from_offset, to, to_offset, length, flags);
    errno = ENOSYS;
    return -1;
}

static int truncate_as(int (*real)(int, off64_t), int descriptor, off64_t length)
{
    pthread_mutex_lock(&lock);
    int result = real(descriptor, length);
    int error = errno;
    if (result == 0 && key(descriptor))
        put('t', key(descriptor), length, "", 0, 0, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int ftruncate(int descriptor, off_t length) { return truncate_as((int (*)(int, off64_t))REAL(ftruncate), descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return truncate_as(REAL(ftruncate64), descriptor, length); }

static int sync_as(int (*real)(int), int descriptor)
{
    pthread_mutex_lock(&lock);
    int result = real(descriptor);
    int error = errno;
    if (result == 0 && key(descriptor))
    {
        const char *path = open_files[descriptor].path;
        if (open_files[descriptor].is_folder)
            put('d', 0, 0, path, strlen(path), 0, 0);
        else
            put('s', key(descriptor), 0, path, strlen(path), 0, 0);
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int descriptor) { return sync_as(REAL(fsync), descriptor); }
int fdatasync(int descriptor) { return sync_as(REAL(fdatasync), descriptor); }

static int renamed(int result, const char *from, const char *to)
{
    char first[PATH_MAX], second[PATH_MAX];
    int error = errno;
    if (result == 0 && resolve(from, first) && resolve(to, second) && (is_below(first) || is_below(second)))
        put('r', 0, 0, first, strlen(first), second, strlen(second));
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int rename(const char *from, const char *to)
{
    pthread_mutex_lock(&lock);
    return renamed(REAL(rename)(from, to), from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    pthread_mutex_lock(&lock);
    return renamed(REAL(renameat)(from_folder, from, to_folder, to), from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    pthread_mutex_lock(&lock);
    return renamed(REAL(renameat2)(from_folder, from, to_folder, to, flags), from, to);
}

int link(const char *from, const char *to)
{
    // A second name would need a model of its own; programs fall back to a rename.
    char full[PATH_MAX];
    if (!resolve(to, full) || !is_below(full))
        return REAL(link)(from, to);
    errno = EPERM;
    return -1;
}

int unlink(const char *path)
{
    pthread_mutex_lock(&lock);
    int result = REAL(unlink)(path);
    int error = errno;
    char full[PATH_MAX];
    if (result == 0 && resolve(path, full) && is_below(full))
        put('u', 0, 0, full, strlen(full), 0, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

// What C# declares of libc, .NET looks up in libc itself, past this layer; so that look-up finds the layer, too.
void *dlsym(void *restrict library, const char *restrict name)
{
    if (library != RTLD_NEXT && library != RTLD_DEFAULT)
    {
        if (strcmp(name, "open") == 0)
            return (void *)open;
        if (strcmp(name, "fsync") == 0)
            return (void *)fsync;
        if (strcmp(name, "close") == 0)
            return (void *)close;
    }

    return look_up(library, name);
}
