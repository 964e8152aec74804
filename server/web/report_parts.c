#include "web/report_parts.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ------------------------------------------------------------------ files */

static const char *refusal(const char *name, struct arena *arena)
{
    return arena_printf(arena, "--report %s: %s", name, strerror(errno));
}

const char *report_prepare(const char *dir, struct arena *arena)
{
    char *path = arena_strdup(arena, dir);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777); /* errors of parents show up in the last one */
        *slash = '/';
    }
    const char *inside = arena_printf(arena, "%s/.", dir);
    bool good = (mkdir(path, 0777) == 0 || errno == EEXIST) && access(inside, W_OK | X_OK) == 0;
    return good ? NULL : refusal(dir, arena);
}

const char *report_write_file(const char *dir, const char *name, const struct buf *text,
                              struct arena *arena)
{
    const char *path = arena_printf(arena, "%s/%s", dir, name);
    FILE *file = fopen(path, "we");
    bool good = file && fwrite(text->data, 1, text->size, file) == text->size;
    good = file && fclose(file) == 0 && good;
    return good ? NULL : refusal(path, arena);
}

/* ------------------------------------------------------------------ texts */

/* XML allows no control characters and no U+FFFE and U+FFFF, not even escaped. Both of these are
 * UTF-8. */
static void clean(char *data, size_t size)
{
    bool utf8 = text_utf8_length(data, size) >= 0;
    unsigned char *text = (unsigned char *)data;
    for (size_t i = 0; i < size; i++) {
        bool control = text[i] < ' ' && !memchr("\t\n\r", text[i], 3);
        if (control || (!utf8 && text[i] >= 0x80)) {
            text[i] = '?';
        } else if (text[i] == 0xef && text[i + 1] == 0xbf && text[i + 2] >= 0xbe) {
            memset(text + i, '?', 3);
        }
    }
}

void report_fill(struct buf *out, const char *name, const struct template_value *values, size_t n)
{
    const struct template_scope scope = {values, n, NULL};
    size_t from = out->size;
    template_fill(out, name, "en", &scope);
    clean(out->data + from, out->size - from);
}

const char *report_time(struct arena *arena, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm;
    char text[64] = "";
    if (gmtime_r(&seconds, &tm)) {
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    }
    return arena_strdup(arena, text);
}

const char *report_seconds(struct arena *arena, int64_t ms)
{
    return arena_printf(arena, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
}

const char *report_number(struct arena *arena, int64_t n)
{
    return arena_printf(arena, "%lld", (long long)n);
}

const char *report_number_or_none(struct arena *arena, int64_t n)
{
    return n ? report_number(arena, n) : NULL;
}
