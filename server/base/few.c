#include "few.h"

#include <stdbool.h>
#include <string.h>

void few_add(struct few *few, const char *item)
{
    bool fits = !few->n || few->text.size + 2 + strlen(item) <= FEW_MOST;
    few->more += few->more || !fits; /* the items that are shown are the first ones */
    if (!few->more) {
        buf_text(&few->text, few->n ? ", " : "");
        buf_text(&few->text, item);
    }
    few->n++;
}

const char *few_end(struct few *few, struct arena *arena)
{
    if (few->more) {
        buf_printf(&few->text, " and %zu more", few->more);
    }
    const char *line = arena_strdup(arena, buf_str(&few->text));
    buf_finish(&few->text);
    *few = (struct few){0};
    return line;
}

const char *few_message(struct few *few, struct arena *arena, const char *what)
{
    size_t n = few->n;
    const char *only = few->only, *list = few_end(few, arena);
    return n > 1 ? arena_printf(arena, "%zu %s: %s", n, what, list) : only;
}
