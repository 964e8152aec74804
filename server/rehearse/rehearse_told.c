/* What the shop was told by callbacks. */
#include "base/text.h"
#include "rehearse/rehearse_oracles.h"

/* What it is if it was made by hand; NULL: it was not. */
static const char *planted(const struct scene *scene, const json_t *callback)
{
    const char *id = json_string_value(json_object_get(callback, "id"));
    return json_string_value(json_object_get(scene->planted, id));
}

bool told_is_forgery(const struct scene *scene, const json_t *callback, const json_t *attempt)
{
    static const char *const faults[] = {"bad_signature", "wrong_secret", "no_signature",
                                         "truncate",      "reencoded",    NULL};
    return text_equal(planted(scene, callback), PLANTED_FORGED) ||
           text_index(faults, json_string_value(json_object_get(attempt, "fault"))) >= 0;
}

/* Signed rightly, but it says what is not true. */
static bool is_untrue(const struct scene *scene, const json_t *callback, const json_t *attempt)
{
    static const char *const faults[] = {"wrong_amount", "unknown_status", NULL};
    return text_equal(planted(scene, callback), PLANTED_UNTRUE) ||
           text_index(faults, json_string_value(json_object_get(attempt, "fault"))) >= 0;
}

static bool got_through(const struct scene *scene, const json_t *callback)
{
    size_t i;
    json_t *attempt;
    json_array_foreach(json_object_get(callback, "attempts"), i, attempt)
    {
        if (json_integer_value(json_object_get(attempt, "code")) == 200 &&
            !is_untrue(scene, callback, attempt) && !told_is_forgery(scene, callback, attempt)) {
            return true;
        }
    }
    return false;
}

bool told_of(const struct scene *scene, const struct ledger *ledger, const char *status)
{
    size_t i;
    json_t *callback;
    json_array_foreach(json_object_get(ledger->callbacks, "items"), i, callback)
    {
        const char *transition = json_string_value(json_object_get(callback, "transition"));
        if (text_equal(transition, status) && got_through(scene, callback)) {
            return true;
        }
    }
    return false;
}
