/*
 * SQLite's memory. Running a statement allocates a piece for each text that it reads, and frees all
 * of them at its end: some 80 per change of an invoice. libc keeps seven pieces of a size within
 * reach, and its search for others was a fifth of the time of a change. Here each size has a list
 * of its free pieces. SQLite could do the same ("lookaside"), but Debian's is built without.
 */
#include "store/store_private.h"

#define STEP 16                /* sizes are multiples of it */
#define SIZES (512 / STEP + 1) /* greater pieces are left to libc */
#define KEPT 64                /* free pieces of a size: together at most half a megabyte */

struct piece {
    struct piece *next;
};

static struct {
    sqlite3_mem_methods system;
    struct piece *first[SIZES];
    int n[SIZES];
} memory;

static void *take(int size)
{
    int steps = (size + STEP - 1) / STEP;
    if (steps >= SIZES) {
        return memory.system.xMalloc(size);
    }
    struct piece *piece = memory.first[steps];
    if (!piece) {
        return memory.system.xMalloc(steps * STEP);
    }
    memory.first[steps] = piece->next;
    memory.n[steps]--;
    return piece;
}

static void give(void *data)
{
    int steps = memory.system.xSize(data) / STEP;
    if (steps >= SIZES || memory.n[steps] == KEPT) {
        memory.system.xFree(data);
        return;
    }
    struct piece *piece = data;
    piece->next = memory.first[steps];
    memory.first[steps] = piece;
    memory.n[steps]++;
}

void store_memory_begin(void)
{
    if (!memory.system.xMalloc &&
        sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.system) == SQLITE_OK) {
        sqlite3_mem_methods methods = memory.system;
        methods.xMalloc = take;
        methods.xFree = give;
        sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    }
}
