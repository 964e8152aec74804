#include "report_part.h"

#include "base/die.h"
#include "base/embedded.h"
#include "base/text.h"

#include <string.h>
#include <time.h>

#define ASSETS "server/web/assets/"
#define MARK "<!-- part: "
#define VALUES_MOST 24

struct report_page report_page_of(const char *name)
{
    struct arena arena = {0};
    const struct embedded_file *file = embedded_find(arena_printf(&arena, ASSETS "%s", name));
    arena_finish(&arena);
    if (!file) {
        die("there is no page %s", name);
    }
    return (struct report_page){.source = file->data};
}

/* A copy of the part, without its mark. */
static const char *find_part(struct arena *arena, const char *source, const char *part)
{
    const char *mark = arena_printf(arena, MARK "%s -->\n", part);
    const char *begin = strstr(source, mark);
    if (!begin) {
        die("a page has no part %s", part);
    }
    begin += strlen(mark);
    const char *end = strstr(begin, MARK);
    return arena_copy(arena, begin, end ? (size_t)(end - begin) : strlen(begin));
}

/* XML has no control characters and no U+FFFE and U+FFFF, not even escaped; both are UTF-8. */
static const char *shown(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    bool utf8 = !text || text_utf8_length(text, strlen(text)) >= 0;
    for (unsigned char *p = (unsigned char *)copy; p && *p; p++) {
        bool control = *p < ' ' && *p != '\t' && *p != '\n' && *p != '\r';
        if (control || (!utf8 && *p >= 0x80)) {
            *p = '?';
        } else if (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe) {
            memset(p, '?', 3);
        }
    }
    return copy;
}

void report_add(struct report_page *page, const char *part, const struct template_value *values,
                size_t n)
{
    struct arena arena = {0};
    struct template_value clean[VALUES_MOST];
    if (n > VALUES_MOST) {
        die("%zu values for the part %s", n, part);
    }
    for (size_t i = 0; i < n; i++) {
        clean[i] = (struct template_value){values[i].name, shown(&arena, values[i].value)};
    }
    template_fill(&page->text, find_part(&arena, page->source, part), clean, n);
    arena_finish(&arena);
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
