#include "framing.h"

#include "base/attr.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LENGTH_DIGITS_MOST ((size_t)18) /* more would not fit into 63 bits */

enum rule {
    RULE_NAME,
    RULE_VALUE,
    RULE_METHOD,
    RULE_TARGET,
    RULE_LENGTH,
    RULE_LENGTH_HUGE,
    RULE_LENGTHS,
    RULE_ENCODING,
    RULE_ENCODINGS,
    RULE_BOTH,
    RULE_OLD,
    RULE_HOSTS,
    RULE_NO_HOST,
    RULE_EXPECT,
};

static const struct framing_refusal refusals[] = {
    [RULE_NAME] = {400, "the name of a header field must be letters, digits and !#$%&'*+-.^_`|~, "
                        "directly followed by a colon"},
    [RULE_VALUE] = {400, "the value of a header field must not contain control characters"},
    [RULE_METHOD] = {400, "the method must be letters"},
    [RULE_TARGET] = {400, "the request target must not contain spaces or control characters"},
    [RULE_LENGTH] = {400, "Content-Length must be a number in decimal digits"},
    [RULE_LENGTH_HUGE] = {413, "Content-Length must be at most 16 MiB"},
    [RULE_LENGTHS] = {400, "Content-Length must be sent once"},
    [RULE_ENCODING] = {501, "Transfer-Encoding must be chunked, and nothing else"},
    [RULE_ENCODINGS] = {400, "Transfer-Encoding must be sent once"},
    [RULE_BOTH] = {400, "Content-Length and Transfer-Encoding must not be sent together"},
    [RULE_OLD] = {400, "Transfer-Encoding must not be sent with HTTP/1.0"},
    [RULE_HOSTS] = {400, "Host must be sent once"},
    [RULE_NO_HOST] = {400, "Host must be sent with HTTP/1.1"},
    [RULE_EXPECT] = {417, "Expect must be 100-continue"},
};

enum byte {
    BYTE_PLAIN,
    BYTE_TOKEN,   /* may stand in a "token" of RFC 9110 */
    BYTE_CONTROL, /* must not stand anywhere */
};

static const unsigned char bytes[256] = {
    [0 ... 0x08] = BYTE_CONTROL, [0x0a ... 0x1f] = BYTE_CONTROL,
    [0x7f] = BYTE_CONTROL,       ['0' ... '9'] = BYTE_TOKEN,
    ['A' ... 'Z'] = BYTE_TOKEN,  ['a' ... 'z'] = BYTE_TOKEN,
    ['!'] = BYTE_TOKEN,          ['#' ... '\''] = BYTE_TOKEN,
    ['*'] = BYTE_TOKEN,          ['+'] = BYTE_TOKEN,
    ['-'] = BYTE_TOKEN,          ['.'] = BYTE_TOKEN,
    ['^' ... '`'] = BYTE_TOKEN,  ['|'] = BYTE_TOKEN,
    ['~'] = BYTE_TOKEN,
};

static bool has_control(const char *text)
{
    /* the NUL at the end is one, too */
    while (bytes[(unsigned char)*text] != BYTE_CONTROL) {
        text++;
    }
    return *text;
}

/* Returns the length of a token; 0 if the text is not one. */
static size_t token_size(const char *text)
{
    size_t size = 0;
    while (bytes[(unsigned char)text[size]] == BYTE_TOKEN) {
        size++;
    }
    return text[size] ? 0 : size;
}

static void refuse(struct framing *framing, enum rule rule)
{
    if (!framing->refusal) {
        framing->refusal = &refusals[rule];
    }
}

/* ------------------------------------------------------------------ fields with rules of their own
 */

static void check_length(struct framing *framing, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    if (!digits || value[digits]) {
        refuse(framing, RULE_LENGTH);
    } else if (digits - strspn(value, "0") > LENGTH_DIGITS_MOST) {
        refuse(framing, RULE_LENGTH_HUGE);
    } else {
        framing->length = strtoull(value, NULL, 10);
    }
    if (framing->lengths++) {
        refuse(framing, RULE_LENGTHS);
    }
}

static void check_encoding(struct framing *framing, const char *value)
{
    if (strcasecmp(value, "chunked") != 0) {
        refuse(framing, RULE_ENCODING);
    }
    if (framing->encodings++) {
        refuse(framing, RULE_ENCODINGS);
    }
}

static void check_host(struct framing *framing, const char *value)
{
    (void)value;
    if (framing->hosts++) {
        refuse(framing, RULE_HOSTS);
    }
}

static void check_expect(struct framing *framing, const char *value)
{
    if (strcasecmp(value, "100-continue") != 0) {
        refuse(framing, RULE_EXPECT);
    }
}

static const struct {
    const char *name;
    size_t size;
    void (*check)(struct framing *framing, const char *value);
} fields[] = {
    {"Content-Length", sizeof "Content-Length" - 1, check_length},
    {"Transfer-Encoding", sizeof "Transfer-Encoding" - 1, check_encoding},
    {"Host", sizeof "Host" - 1, check_host},
    {"Expect", sizeof "Expect" - 1, check_expect},
};

/* ------------------------------------------------------------------ the whole */

void framing_field(void *arg, const char *name, const char *value)
{
    struct framing *framing = arg;
    size_t size = token_size(name);
    if (!size) {
        refuse(framing, RULE_NAME);
    }
    if (has_control(value)) {
        refuse(framing, RULE_VALUE);
    }
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (fields[i].size == size && text_equal_nocase(name, fields[i].name)) {
            fields[i].check(framing, value);
        }
    }
}

const struct framing_refusal *framing_check(const struct framing *framing, const char *method,
                                            const char *target, const char *version)
{
    bool old = strcasecmp(version, "HTTP/1.0") == 0;
    if (!token_size(method)) {
        return &refusals[RULE_METHOD];
    }
    if (has_control(target) || strpbrk(target, " \t")) {
        return &refusals[RULE_TARGET];
    }
    if (framing->refusal) {
        return framing->refusal;
    }
    if (framing->encodings && framing->lengths) {
        return &refusals[RULE_BOTH];
    }
    if (framing->encodings && old) {
        return &refusals[RULE_OLD];
    }
    return framing->hosts || old ? NULL : &refusals[RULE_NO_HOST];
}

size_t framing_parameters(const char *target)
{
    const char *query = strchr(target, '?');
    size_t n = query != NULL;
    while (query && (query = strchr(query + 1, '&'))) {
        n++;
    }
    return n;
}
