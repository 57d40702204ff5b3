// Counts the disk syncs of the program it is preloaded into, and adds SLOW_SYNC_MS to each. Their number goes to the
// file SYNCS_TO when the program ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_int syncs;

static int synced(const char *how, int file) {
    const char *milliseconds = getenv("SLOW_SYNC_MS");
    if (milliseconds) usleep((useconds_t)(atof(milliseconds) * 1000));
    atomic_fetch_add(&syncs, 1);
    return ((int (*)(int))dlsym(RTLD_NEXT, how))(file);
}

int fdatasync(int file) { return synced("fdatasync", file); }

int fsync(int file) { return synced("fsync", file); }

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("SYNCS_TO");
    FILE *into = path ? fopen(path, "w") : NULL;
    if (into) { fprintf(into, "%d\n", syncs); fclose(into); }
}
