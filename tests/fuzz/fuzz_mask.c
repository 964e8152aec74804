/* Masks any bytes as a body, a target and a header value. Only the spans of secrets may change, no
 * secret may remain readable, and no byte may move. */
#include "fuzz.h"

#include "base/mem.h"
#include "mask/mask.h"

#include <ctype.h>
#include <string.h>

#define SHOWN_MOST 10 /* digits of a card number */

struct finding {
    size_t size, end; /* of the last span */
    char *text;       /* masked span by span */
    char *hidden;     /* 1 for each byte of a span */
};

/* A masked secret may only show zeros, and some digits of a card number. */
static void check_hidden(const char *text, const struct mask_span *span)
{
    size_t digits = 0, others = 0;
    for (size_t i = 0; i < span->size; i++) {
        bool zero = span->bare && (text[i] == '0' || text[i] == '1');
        digits += !zero && isdigit((unsigned char)text[i]);
        others += text[i] != '*' && !isdigit((unsigned char)text[i]);
    }
    PROMISE(span->kind == MASK_CARD || digits == 0);
    PROMISE(span->kind == MASK_CARD || span->bare || others == 0);
    PROMISE(digits <= SHOWN_MOST || memchr(text, '%', span->size)); /* %20 contains digits */
}

static void note(void *arg, const struct mask_span *span)
{
    struct finding *finding = arg;
    PROMISE(span->size && span->start >= finding->end);
    PROMISE(span->start + span->size <= finding->size);
    PROMISE(span->name + span->name_size <= finding->size);
    memset(finding->hidden + span->start, 1, span->size);
    finding->end = span->start + span->size;
    mask_hide(finding->text, finding->size, span);
    check_hidden(finding->text + span->start, span);
}

static void find_in_body(const char *data, size_t size,
                         void (*each)(void *arg, const struct mask_span *span), void *arg)
{
    mask_find(NULL, data, size, each, arg);
}

/* Reads multipart bodies as their Content-Type says. */
static void find_in_parts(const char *data, size_t size,
                          void (*each)(void *arg, const struct mask_span *span), void *arg)
{
    mask_find("multipart/form-data; boundary=b", data, size, each, arg);
}

static void check(const uint8_t *data, size_t size,
                  void (*find)(const char *data, size_t size,
                               void (*each)(void *arg, const struct mask_span *span), void *arg),
                  void (*mask)(char *data, size_t size))
{
    char *whole = mem_alloc(size), *text = mem_alloc(size), *hidden = mem_alloc(size);
    struct finding finding = {.size = size, .text = text, .hidden = hidden}; /* no NUL at the end */
    if (size) {
        memcpy(whole, data, size);
        memcpy(text, data, size);
    }
    find(whole, size, note, &finding);
    for (size_t i = 0; i < size; i++) {
        PROMISE(hidden[i] || text[i] == (char)data[i]);
    }
    if (mask) { /* in place must give the same */
        mask(whole, size);
        PROMISE(!size || memcmp(whole, text, size) == 0);
    }
    free(whole);
    free(text);
    free(hidden);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(data, size, find_in_body, mask_body);
    check(data, size, find_in_parts, NULL);
    check(data, size, mask_find_target, mask_target);
    return 0;
}
