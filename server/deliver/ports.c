#include "deliver/ports.h"

#include <stdio.h>
#include <stdlib.h>

#define MINUTE_MS 60000
#define USUAL 28000 /* ports, if the system does not tell */
#define SHARE 4     /* a part of them: two minutes may overlap, and other programs need ports too */

void ports_begin(struct ports *ports, const char *path)
{
    char text[64] = "";
    FILE *file = fopen(path, "re");
    if (file) {
        if (!fgets(text, sizeof text, file)) {
            text[0] = '\0';
        }
        fclose(file);
    }
    char *end;
    long first = strtol(text, &end, 10), last = strtol(end, NULL, 10);
    bool known = first > 0 && last >= first && last <= UINT16_MAX;
    *ports = (struct ports){.most = known ? (int)(last - first + 1) / SHARE : USUAL / SHARE};
}

bool ports_take(struct ports *ports, int64_t now_ms)
{
    if (now_ms - ports->since_ms >= MINUTE_MS) {
        ports->since_ms = now_ms;
        ports->used = 0;
    }
    if (ports->used >= ports->most) {
        return false;
    }
    ports->used++;
    return true;
}
