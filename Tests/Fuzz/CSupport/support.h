// What the targets need of C: the system's SQLite, and a file that lives in memory alone.
#ifndef QUASH_FUZZ_SUPPORT_H
#define QUASH_FUZZ_SUPPORT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sqlite3.h>
#include <sys/mman.h>

// An anonymous file; a path to it is /proc/self/fd/N. Swift does not import memfd_create.
static inline int fuzz_memory_file(void) { return memfd_create("input", MFD_CLOEXEC); }

// Swift does not import SQLITE_TRANSIENT, which is a cast.
static inline int fuzz_bind_text(sqlite3_stmt *statement, const void *bytes, int count) {
    return sqlite3_bind_text(statement, 1, (const char *)bytes, count, SQLITE_TRANSIENT);
}

#endif
