#include "key_history.h"

#include "base/buf.h"

#include <jansson.h>

static void write_list(struct json_out *out, const char *key, const struct account_old_keys *old)
{
    json_out_array(out, key);
    for (size_t i = 0; i < old->n; i++) {
        const struct account_old_key *one = &old->list[i];
        json_out_object(out, NULL);
        json_out_text(out, account_key_kinds[one->kind].name, one->text);
        json_out_int(out, "replaced_ms", one->replaced_ms);
        json_out_int(out, "until_ms", one->until_ms);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

const char *key_history_text(struct arena *arena, const struct account_old_keys *old)
{
    buf_auto text = {0};
    struct json_out out = {.buf = &text};
    write_list(&out, NULL, old);
    return old->n ? arena_copy(arena, text.data, text.size) : NULL;
}

static bool read_one(const json_t *item, struct arena *arena, struct account_old_key *ret_key)
{
    for (int kind = 0; kind < ACCOUNT_KEY_KINDS; kind++) {
        const char *text = json_string_value(json_object_get(item, account_key_kinds[kind].name));
        if (text) {
            *ret_key = (struct account_old_key){
                .kind = (enum account_key)kind,
                .text = arena_strdup(arena, text),
                .replaced_ms = json_integer_value(json_object_get(item, "replaced_ms")),
                .until_ms = json_integer_value(json_object_get(item, "until_ms"))};
            return true;
        }
    }
    return false;
}

static void read_list(const json_t *list, struct arena *arena, struct account_old_keys *ret_old)
{
    size_t i;
    json_t *item;
    ret_old->n = 0;
    json_array_foreach(list, i, item)
    {
        if (ret_old->n < ACCOUNT_OLD_MOST) {
            ret_old->n += read_one(item, arena, &ret_old->list[ret_old->n]);
        }
    }
}

void key_history_read(const char *text, struct arena *arena, struct account_old_keys *ret_old)
{
    json_auto_t *list = text ? json_loads(text, 0, NULL) : NULL;
    read_list(list, arena, ret_old);
}

const char *key_history_text_all(struct arena *arena, const struct account_keys *keys,
                                 const struct account_old_keys *old)
{
    buf_auto text = {0};
    struct json_out out = {.buf = &text};
    json_out_object(&out, NULL);
    for (int kind = 0; kind < ACCOUNT_KEY_KINDS; kind++) {
        json_out_text(&out, account_key_kinds[kind].name,
                      account_key_text(keys, (enum account_key)kind));
    }
    write_list(&out, "old", old);
    json_out_object_end(&out);
    return arena_copy(arena, text.data, text.size);
}

void key_history_read_all(const char *text, struct arena *arena, struct account_keys *keys,
                          struct account_old_keys *old)
{
    json_auto_t *object = text ? json_loads(text, 0, NULL) : NULL;
    for (int kind = 0; object && kind < ACCOUNT_KEY_KINDS; kind++) {
        const char *key = json_string_value(json_object_get(object, account_key_kinds[kind].name));
        if (key) {
            account_key_set(keys, (enum account_key)kind, arena_strdup(arena, key));
        }
    }
    if (object) {
        read_list(json_object_get(object, "old"), arena, old);
    }
}

void key_history_write(struct json_out *out, const char *key, const struct account_old_keys *old,
                       int64_t now_ms)
{
    json_out_array(out, key);
    for (size_t i = old->n; i-- > 0;) {
        const struct account_old_key *one = &old->list[i];
        json_out_object(out, NULL);
        json_out_text(out, account_key_kinds[one->kind].name, one->text);
        json_out_seconds(out, "replaced", one->replaced_ms);
        json_out_seconds(out, "until", one->until_ms);
        json_out_bool(out, "valid", account_old_key_holds(one, now_ms));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}
