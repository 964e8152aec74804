/* Any bytes as a body to be masked: only what was named a secret changes, and nothing moves. */
#include "fuzz.h"

#include "base/mask.h"
#include "base/mem.h"

#include <string.h>

struct finding {
    size_t size, end; /* of the last span */
    char *hidden;     /* 1 where a span is */
};

static void note(void *arg, const struct mask_span *span)
{
    struct finding *finding = arg;
    PROMISE(span->size && span->start >= finding->end);
    PROMISE(span->start + span->size <= finding->size);
    memset(finding->hidden + span->start, 1, span->size);
    finding->end = span->start + span->size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_alloc(size), *hidden = mem_alloc(size); /* no NUL behind */
    struct finding finding = {.size = size, .hidden = hidden};
    if (size) {
        memcpy(text, data, size);
    }
    mask_find(text, size, note, &finding);
    mask_body(text, size);
    for (size_t i = 0; i < size; i++) {
        PROMISE(hidden[i] || text[i] == (char)data[i]);
    }
    mask_target(text, size);
    free(text);
    free(hidden);
    return 0;
}
