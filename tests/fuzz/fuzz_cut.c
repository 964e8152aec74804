/* Cuts any bytes into pieces. Valid JSON gives one piece per value, and each piece is valid JSON.
 */
#include "fuzz.h"

#include "wire/json_cut.h"

#include <jansson.h>

static void check_piece(const struct json_cut *piece, bool must)
{
    json_t *value = json_loadb(piece->at, json_cut_size(piece),
                               JSON_ALLOW_NUL | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    PROMISE(value || !must);
    json_decref(value);
}

static size_t cut(const struct json_cut *text, char open, bool must)
{
    struct json_cutting inside;
    struct json_cut name, value;
    size_t n = 0;
    enum json_cut_result result;
    if (!json_cut_enter(text, open, &inside)) {
        return 0;
    }
    while ((result = open == '[' ? json_cut_item(&inside, &value)
                                 : json_cut_member(&inside, &name, &value)) == JSON_CUT_VALUE) {
        PROMISE(value.at >= text->at && value.end <= text->end && value.at < value.end);
        check_piece(&value, must);
        n++;
    }
    PROMISE(!must || result == JSON_CUT_END);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct json_cut text = {.at = (const char *)data, .end = (const char *)data + size};
    json_t *document =
        json_loadb((const char *)data, size, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    size_t items = cut(&text, '[', json_is_array(document));
    size_t members = cut(&text, '{', json_is_object(document));
    PROMISE(!json_is_array(document) || items == json_array_size(document));
    PROMISE(!json_is_object(document) || members >= json_object_size(document));
    json_decref(document);
    return 0;
}
