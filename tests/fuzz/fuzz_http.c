/* Sends any bytes to the real server on one connection: libmicrohttpd, framing, router and
 * handlers. What comes back is HTTP, with a known status and a body of its API. */
#include "base/mem.h"
#include "stage.h"

#include <string.h>

/* The target of the first request, a new text; NULL if its line is no plain one. */
static char *target_of(const char *data, size_t size)
{
    const char *end = memmem(data, size, "\r\n", 2);
    const char *begin = end ? memchr(data, ' ', (size_t)(end - data)) : NULL;
    const char *stop = begin ? memchr(begin + 1, ' ', (size_t)(end - begin - 1)) : NULL;
    bool plain = stop && *data > ' ' && !memchr(stop + 1, ' ', (size_t)(end - stop - 1)) &&
                 !memchr(data, '\r', (size_t)(end - data)) &&
                 !memchr(data, '\n', (size_t)(end - data));
    char *target = plain ? mem_alloc((size_t)(stop - begin)) : NULL;
    if (target) {
        memcpy(target, begin + 1, (size_t)(stop - begin - 1));
    }
    return target;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage_reply reply;
    stage();
    stage_exchange((const char *)data, size, &reply);
    char *target = target_of((const char *)data, size);
    if (target) {
        stage_check_reply(target, &reply, memmem(data, size, "fault", 5));
    }
    free(target);
    stage_reply_finish(&reply);
    stage_reset();
    return 0;
}
