#include "die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

void die_at(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "fatal: %s:%d: ", file, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

/* Nothing here allocates. */
void die_of_memory(size_t size)
{
    char line[80] = "milkypay-mock: out of memory\n";
    if (size) {
        snprintf(line, sizeof line, "milkypay-mock: out of memory, which lacks %zu bytes\n", size);
    }
    fputs(line, stderr);
    _exit(EX_OSERR);
}
