// Adds SLOW_SYNC_MS to every disk sync of the program it is preloaded into.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_a_little(void) {
    const char *milliseconds = getenv("SLOW_SYNC_MS");
    if (milliseconds) usleep((useconds_t)(atof(milliseconds) * 1000));
}

int fdatasync(int file) {
    wait_a_little();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}

int fsync(int file) {
    wait_a_little();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}
