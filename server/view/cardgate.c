#include "cardgate.h"

#include "base/text.h"

#include <jansson.h>
#include <string.h>

static bool is_true(const json_t *value)
{
    return json_is_true(value) || text_equal(json_string_value(value), "true");
}

static bool is_false(const json_t *value)
{
    return json_is_false(value) || text_equal(json_string_value(value), "false");
}

static int64_t count_of(const json_t *value)
{
    int64_t n = json_integer_value(value);
    if (json_is_string(value) && !text_to_int(json_string_value(value), &n)) {
        n = 0;
    }
    return n > 0 ? n : 0;
}

static const char *text_of(const json_t *object, const char *key, struct arena *arena)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text ? arena_strdup(arena, text) : NULL;
}

void cardgate_read(const char *gateway_options, struct arena *arena, struct cardgate *ret_cardgate)
{
    json_auto_t *options = gateway_options ? json_loads(gateway_options, 0, NULL) : NULL;
    const json_t *cardgate = json_object_get(options, "cardgate");
    const json_t *look = json_object_get(cardgate, "theme_options");
    *ret_cardgate = (struct cardgate){
        .tokenize = is_true(json_object_get(cardgate, "tokenize")),
        .instant = is_true(json_object_get(cardgate, "instant")),
        .bypass_status_page = is_true(json_object_get(cardgate, "bypass_status_page")),
        .retry_limit = count_of(json_object_get(cardgate, "retry_limit")),
        .hide_holder = is_false(json_object_get(look, "card_holder")),
        .hide_footer = is_false(json_object_get(look, "powered_by")),
        .theme = text_of(cardgate, "theme", arena),
        .merchant_name = text_of(look, "merchant_name", arena),
        .window_title = text_of(look, "window_title", arena),
        .button_colour = text_of(look, "btn_bg_color", arena),
        .button_ink = text_of(look, "btn_font_color", arena),
    };
}

/* Few orders ask for a token. The others are not read, which would cost more than the payload. */
bool cardgate_tokenizes(const char *gateway_options)
{
    struct arena arena = {0};
    struct cardgate cardgate = {0};
    if (gateway_options && strstr(gateway_options, "true")) {
        cardgate_read(gateway_options, &arena, &cardgate);
        arena_finish(&arena);
    }
    return cardgate.tokenize;
}
