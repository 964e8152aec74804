#include "control.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct control idle; /* until the file is mapped, and without one */
struct control *torture = &idle;

#define TORTURE_SLOT_NAME(name) #name,
static const char *const names[] = {TORTURE_SLOTS(TORTURE_SLOT_NAME)};

/* System calls, because the functions of libc are the shim's. */
__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("TORTURE_CONTROL");
    long fd = file ? syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) {
        return;
    }
    long at = syscall(SYS_mmap, NULL, sizeof *torture, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);
    syscall(SYS_close, fd);
    if (at == -1) {
        return;
    }
    torture = (struct control *)at; /* NOLINT: the address that the kernel returned */
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        strncpy(torture->slot[i].name, names[i], sizeof torture->slot[i].name - 1);
    }
    torture->slots = SLOT_COUNT;
}

int torture_count(enum slot slot)
{
    struct slot_state *state = &torture->slot[slot];
    uint64_t n = __atomic_add_fetch(&state->calls, 1, __ATOMIC_SEQ_CST);
    uint64_t from = __atomic_load_n(&state->fail_at, __ATOMIC_SEQ_CST);
    if (!from || n < from || n - from >= state->times) {
        return 0;
    }
    __atomic_add_fetch(&state->failed, 1, __ATOMIC_SEQ_CST);
    return (int)state->error;
}

void torture_look_at(const char *path)
{
    size_t length = strlen(path);
    if (length > 5 && !strcmp(path + length - 5, ".gcda")) {
        torture = &idle;
    }
}

void torture_delay(void)
{
    uint64_t us = torture->delay_us;
    if (us) {
        const struct timespec t = {(time_t)(us / 1000000), (long)(us % 1000000 * 1000)};
        syscall(SYS_nanosleep, &t, NULL);
    }
}

void *torture_real(const char *symbol)
{
    void *found = dlsym(RTLD_NEXT, symbol);
    if (!found) {
        abort();
    }
    return found;
}
