#include "nearest.h"

#include "buf.h"

#include <ctype.h>
#include <string.h>

#define WORD_LEAST 4 /* letters; shorter ones begin too many names */
#define LETTERS_MOST 63

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

size_t nearest_distance(const char *a, const char *b)
{
    size_t a_size = strnlen(a, LETTERS_MOST), b_size = strnlen(b, LETTERS_MOST);
    /* d[i][j]: distance of the first i letters of a and the first j of b */
    size_t d[LETTERS_MOST + 1][LETTERS_MOST + 1];
    for (size_t i = 0; i <= a_size; i++) {
        for (size_t j = 0; j <= b_size; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least_of(d[i - 1][j] + 1, d[i][j - 1] + 1);
            d[i][j] = least_of(d[i][j], d[i - 1][j - 1] + !same_letter(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1])) {
                d[i][j] = least_of(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[a_size][b_size];
}

/* Whether a word of `text` begins with this one. */
static bool has_word(const char *text, const char *word)
{
    if (strlen(word) < WORD_LEAST) {
        return false;
    }
    for (const char *at = strcasestr(text, word); at; at = strcasestr(at + 1, word)) {
        if (at == text || !isalnum((unsigned char)at[-1])) {
            return true;
        }
    }
    return false;
}

/* SIZE_MAX: not near. Any name that shares letters is nearer than one that shares a word. */
static size_t cost_of(const struct nearest *nearest, const char *name)
{
    size_t said = strnlen(nearest->said, LETTERS_MOST + 1), size = strlen(name), most = said / 3;
    size_t surplus = said > size ? said - size : size - said;
    if (said > LETTERS_MOST) {
        return SIZE_MAX; /* callers may send any length */
    }
    size_t distance = surplus <= most ? nearest_distance(nearest->said, name) : SIZE_MAX;
    if (distance <= most) {
        return distance;
    }
    bool shares =
        !nearest->letters_only && (has_word(name, nearest->said) || has_word(nearest->said, name));
    return shares ? most + 1 + surplus : SIZE_MAX;
}

struct nearest nearest_to(const char *said)
{
    return (struct nearest){.said = said, .cost = SIZE_MAX};
}

void nearest_offer_as(struct nearest *nearest, const char *word, const char *name)
{
    size_t cost = cost_of(nearest, word);
    if (cost < nearest->cost) {
        nearest->name = name;
        nearest->cost = cost;
    }
}

void nearest_offer(struct nearest *nearest, const char *name)
{
    nearest_offer_as(nearest, name, name);
}

void nearest_offer_aliases(struct nearest *nearest, const struct nearest_alias *aliases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        nearest_offer_as(nearest, aliases[i].said, aliases[i].name);
    }
}

void nearest_offer_list(struct nearest *nearest, const char *const *names)
{
    for (; names && *names; names++) {
        nearest_offer(nearest, *names);
    }
}

void nearest_offer_rows(struct nearest *nearest, const void *rows, size_t n, size_t size)
{
    for (const char *row = rows; n--; row += size) {
        nearest_offer(nearest, *(const char *const *)(const void *)row);
    }
}

const char *nearest_hint(const struct nearest *nearest, struct arena *arena, const char *otherwise)
{
    if (nearest->name) {
        return arena_printf(arena, "; did you mean %s?", nearest->name);
    }
    return otherwise ? arena_printf(arena, "; %s", otherwise) : "";
}

const char *nearest_aside(const struct nearest *nearest, struct arena *arena, const char *otherwise)
{
    const char *hint = nearest_hint(nearest, arena, otherwise);
    return *hint ? arena_printf(arena, " (%s)", hint + 2) : "";
}

const char *nearest_choices(struct arena *arena, const char *const *names)
{
    buf_auto text = {0};
    for (size_t i = 0; names[i]; i++) {
        buf_printf(&text, "%s%s", i ? ", " : "one of ", names[i]);
    }
    return arena_strdup(arena, buf_str(&text));
}
