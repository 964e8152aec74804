/* POST /_mock/accounts/{id}/rotate: new keys for an account that is in use. */
#include "control.h"

#include "engine/engine_account.h"

#define GRACE_MOST_S ((int64_t)365 * 86400)

struct rotation {
    const json_t *keys;
    int64_t grace_s;
};

static const struct json_field fields[] = {
    JSON_FIELD(rotation, "keys", ANY, keys, .required = true),
    JSON_FIELD(rotation, "grace_s", INT, grace_s, .least = 0, .most = GRACE_MOST_S),
};

static struct answer *read_names(struct call *call, const json_t *names,
                                 bool ret_which[ACCOUNT_KEY_KINDS])
{
    size_t i;
    json_t *name;
    enum account_key kind;
    json_array_foreach(names, i, name)
    {
        if (!account_key_parse(json_string_value(name), &kind)) {
            break;
        }
        ret_which[kind] = true;
    }
    return json_array_size(names) && i == json_array_size(names)
               ? NULL
               : call_invalid(call, "keys: must be a list of api_key, public_key, public_live_key, "
                                    "secret_key, secret_live_key");
}

struct answer *control_accounts_rotate(struct call *call)
{
    struct rotation rotation = {0};
    bool which[ACCOUNT_KEY_KINDS] = {false};
    struct answer *refused = control_read(call, false, fields, ARRAY_SIZE(fields), &rotation)
                                 ?: read_names(call, rotation.keys, which);
    if (refused) {
        return refused;
    }
    enum account_key full =
        engine_rotate_keys(call->engine, call->tenant, which, rotation.grace_s * 1000);
    return full == ACCOUNT_KEY_KINDS
               ? control_reply_account(call, 200, call->tenant)
               : call_control_error(call, 409, "too_many_keys",
                                    "%s: %d replaced ones are still valid; wait until the grace of "
                                    "one has ended",
                                    account_key_kinds[full].name, ACCOUNT_OLD_OF_KIND - 1);
}
