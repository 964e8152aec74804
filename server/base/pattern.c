#include "pattern.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one search may cost: enough for 255 characters, and over within about a millisecond for an
 * expression that backtracks without end. */
#define STEPS_MOST 100000
#define KIB_MOST 1024

struct pattern {
    struct pattern *next;
    char *given; /* with slashes and flags */
    char *text;  /* without */
    const char *flags;
    pcre2_code *code; /* NULL before the first use, and if it cannot be compiled */
    bool tried;
    char why[PATTERN_WHY]; /* why not */
};

static const struct {
    char letter;
    uint32_t options;
} flags[] = {
    {'i', PCRE2_CASELESS}, {'m', PCRE2_MULTILINE},       {'s', PCRE2_DOTALL},
    {'x', PCRE2_EXTENDED}, {'u', PCRE2_UTF | PCRE2_UCP},
};

/* Returns the flags behind the closing slash, or NULL if the text is not one between slashes. */
static const char *flags_of(const char *given)
{
    const char *slash = *given == '/' ? strrchr(given + 1, '/') : NULL;
    if (!slash) {
        return NULL;
    }
    size_t letters = strspn(slash + 1, TEXT_LETTERS);
    return slash[1 + letters] ? NULL : slash + 1;
}

static void *take(size_t size, void *arg)
{
    (void)arg;
    return mem_take(size);
}

static void release(void *p, void *arg)
{
    (void)arg;
    free(p);
}

/* The library's memory, which is never NULL. A compiled expression passes it on to its matches. */
static pcre2_general_context *memory(void)
{
    static pcre2_general_context *context;
    if (!context) {
        context = pcre2_general_context_create(take, release, NULL);
    }
    return context;
}

struct pattern *pattern_add(struct pattern_set *set, const char *text)
{
    for (struct pattern *pattern = set->first; pattern; pattern = pattern->next) {
        if (text_equal(pattern->given, text)) {
            return pattern;
        }
    }
    struct pattern *pattern = mem_alloc(sizeof *pattern);
    pattern->given = mem_strdup(text);
    pattern->flags = flags_of(pattern->given);
    pattern->text = mem_strdup(pattern->flags ? text + 1 : text);
    if (pattern->flags) {
        pattern->text[pattern->flags - pattern->given - 2] = '\0';
    }
    pattern->next = set->first;
    set->first = pattern;
    return pattern;
}

const char *pattern_text(const struct pattern *pattern)
{
    return pattern->text;
}

const char *pattern_given(const struct pattern *pattern)
{
    return pattern->given;
}

/* Returns false at a flag that is not known. */
static bool read_flags(const struct pattern *pattern, uint32_t *ret_options)
{
    *ret_options = pattern->flags ? 0 : PCRE2_UTF;
    for (const char *letter = pattern->flags ?: ""; *letter; letter++) {
        size_t i = 0;
        while (i < ARRAY_SIZE(flags) && flags[i].letter != *letter) {
            i++;
        }
        if (i == ARRAY_SIZE(flags)) {
            return false;
        }
        *ret_options |= flags[i].options;
    }
    return true;
}

static void compile(struct pattern *pattern)
{
    uint32_t options;
    pattern->tried = true;
    if (!read_flags(pattern, &options)) {
        snprintf(pattern->why, sizeof pattern->why, "unknown flag in \"%s\"", pattern->flags);
        return;
    }
    int error;
    size_t offset;
    pcre2_compile_context *how = pcre2_compile_context_create(memory());
    pattern->code = pcre2_compile((PCRE2_SPTR)pattern->text, PCRE2_ZERO_TERMINATED, options, &error,
                                  &offset, how);
    pcre2_compile_context_free(how);
    if (!pattern->code) {
        char reason[PATTERN_WHY - 32];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)reason, sizeof reason);
        snprintf(pattern->why, sizeof pattern->why, "%s (at offset %zu)", reason, offset);
    }
}

bool pattern_check(struct pattern *pattern, char ret_why[PATTERN_WHY])
{
    if (!pattern->tried) {
        compile(pattern);
    }
    memcpy(ret_why, pattern->why, PATTERN_WHY);
    return pattern->code;
}

static void log_failure(const struct pattern *pattern, const char *why)
{
    log_event(LOG_WARN, "regexp", LOG_TEXT("regexp", pattern->given), LOG_TEXT("error", why));
}

void pattern_set_check(struct pattern_set *set)
{
    for (struct pattern *pattern = set->first; pattern; pattern = pattern->next) {
        char why[PATTERN_WHY];
        if (!pattern_check(pattern, why)) {
            log_failure(pattern, why);
        }
    }
}

/* Returns the number of groups that matched, and 1; negative: it does not match. */
static int search(struct pattern *pattern, const char *text, size_t size, uint32_t steps,
                  pcre2_match_data **ret_data)
{
    char why[PATTERN_WHY];
    *ret_data = NULL;
    if (!pattern_check(pattern, why)) {
        log_failure(pattern, why);
        return PCRE2_ERROR_NOMATCH;
    }
    *ret_data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(memory());
    pcre2_set_match_limit(limits, steps);
    pcre2_set_heap_limit(limits, KIB_MOST);
    int found =
        pcre2_match(pattern->code, (PCRE2_SPTR)text, size, 0, PCRE2_NO_JIT, *ret_data, limits);
    pcre2_match_context_free(limits);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
        pcre2_get_error_message(found, (PCRE2_UCHAR *)why, sizeof why);
        log_failure(pattern, why);
    }
    return found;
}

bool pattern_matches(struct pattern *pattern, const char *text)
{
    pcre2_match_data *data;
    int found = search(pattern, text, strlen(text), STEPS_MOST, &data);
    pcre2_match_data_free(data);
    return found >= 0;
}

char *pattern_group(struct pattern *pattern, struct arena *arena, const char *text, size_t size)
{
    pcre2_match_data *data;
    int found = search(pattern, text, size, STEPS_MOST * 1000, &data);
    char *group = NULL;
    if (found > 0) {
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data) + (found > 1 ? 2 : 0);
        group = arena_copy(arena, text + ends[0], ends[1] - ends[0]);
    }
    pcre2_match_data_free(data);
    return group;
}

unsigned pattern_groups(struct pattern *pattern)
{
    char why[PATTERN_WHY];
    uint32_t n = 0;
    if (pattern_check(pattern, why)) {
        pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &n);
    }
    return n;
}

void pattern_set_finish(struct pattern_set *set)
{
    while (set->first) {
        struct pattern *pattern = set->first;
        set->first = pattern->next;
        pcre2_code_free(pattern->code);
        free(pattern->given);
        free(pattern->text);
        free(pattern);
    }
}

const char *pattern_library(void)
{
    static char version[32];
    pcre2_config(PCRE2_CONFIG_VERSION, version);
    return version;
}
