/* Reads lines of "name:value" as header fields. Accepted fields have at most one Content-Length,
 * and none together with a Transfer-Encoding. */
#include "fuzz.h"

#include "base/buf.h"
#include "http/framing.h"

#include <string.h>
#include <strings.h>

struct seen {
    int lengths, encodings;
};

static void look_at(struct framing *framing, struct seen *seen, char *line)
{
    char *colon = strchr(line, ':');
    if (!colon) {
        return;
    }
    *colon = '\0';
    framing_field(framing, line, colon + 1);
    seen->lengths += strcasecmp(line, "Content-Length") == 0;
    seen->encodings += strcasecmp(line, "Transfer-Encoding") == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    buf_auto text = {0};
    buf_add(&text, data, size);
    char *rest = text.data;
    struct framing framing = {0};
    struct seen seen = {0};
    for (char *line; (line = strsep(&rest, "\n"));) {
        look_at(&framing, &seen, line);
    }
    const struct framing_refusal *refusal = framing_check(&framing, "POST", "/", "HTTP/1.1");
    PROMISE(refusal ? refusal->status >= 400 && *refusal->reason
                    : seen.lengths + seen.encodings <= 1);
    return 0;
}
