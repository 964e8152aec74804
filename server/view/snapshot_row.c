/* Rows as JSON, both ways: one table says how the values of each kind are written and read. */
#include "snapshot_row.h"

#include "base/crypt.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_MOST 2048
#define TIME_MOST_MS ((int64_t)1 << 53)
#define COUNT_MOST 1000000000 /* of attempts, of the milliseconds of one */

/* A value of a row that is written to or read from JSON. */
struct value {
    const struct row_field *field;
    union {
        void *place; /* in the row */
        const char **text;
        int64_t *number;
        uint32_t *choice; /* enums have this size (row.c) */
        bool *flag;
    };
    int64_t *size; /* of ROW_BYTES */
    /* reading */
    struct arena *arena;
    const struct resolution_set *resolutions;
    const json_t *json;
    const char *read; /* the text of a string without NULs, else NULL; in the arena */
    /* writing */
    struct json_out *out;
};

/* ------------------------------------------------------------------ texts */

static void write_text(const struct value *v)
{
    json_out_text(v->out, v->field->name, *v->text);
}

static const char *read_text(const struct value *v)
{
    int64_t length = v->read ? text_utf8_length(v->read, strlen(v->read)) : -1;
    if (length < v->field->least || length > v->field->most) {
        return arena_printf(v->arena, "must be a text of %lld to %lld characters",
                            (long long)v->field->least, (long long)v->field->most);
    }
    *v->text = v->read;
    return NULL;
}

static const char *read_currency(const struct value *v)
{
    if (!v->read || !json_format_holds(JSON_FORMAT_CURRENCY, v->read)) {
        return json_format_message(JSON_FORMAT_CURRENCY);
    }
    *v->text = arena_upper(v->arena, v->read);
    return NULL;
}

static const char *read_url(const struct value *v)
{
    *v->text = v->read;
    bool good =
        v->read && strlen(v->read) <= URL_MOST && json_format_holds(JSON_FORMAT_URL, v->read);
    return good ? NULL : "must be an http or https URL";
}

static const char *read_resolution(const struct value *v)
{
    *v->text = v->read ? resolution_find(v->read, v->resolutions) : NULL;
    return *v->text ? NULL : "there is no such resolution";
}

static const char *read_id(const struct value *v)
{
    *v->text = v->read;
    return v->read && ident_has_form(v->read, v->field->prefix) ? NULL : "there is no such id";
}

static void write_ident(const struct value *v)
{
    json_out_text(v->out, v->field->name, v->place);
}

static const char *read_ident(const struct value *v)
{
    const char *other = v->field->other_prefix;
    if (!v->read ||
        !(ident_has_form(v->read, v->field->prefix) || (other && ident_has_form(v->read, other)))) {
        return "there is no such id";
    }
    memcpy(v->place, v->read, strlen(v->read) + 1);
    return NULL;
}

static void write_json(const struct value *v)
{
    json_out_raw(v->out, v->field->name, *v->text);
}

static const char *read_json(const struct value *v)
{
    bool tree = v->field->kind == ROW_TREE;
    if (!json_is_map(v->json) && !(tree && json_is_array(v->json))) {
        return tree ? "must be an object or a list" : "must be an object";
    }
    *v->text = json_text(v->arena, v->json, false);
    return NULL;
}

static void write_bytes(const struct value *v)
{
    size_t size = (size_t)*v->size;
    if (text_utf8_length(*v->text, size) >= 0) {
        json_out_text_sized(v->out, v->field->name, *v->text, size);
        return;
    }
    buf_auto text = {0};
    crypt_base64url(&text, *v->text, size);
    json_out_object(v->out, v->field->name);
    json_out_text(v->out, "base64", text.data);
    json_out_object_end(v->out);
}

static const char *read_bytes(const struct value *v)
{
    const json_t *coded = json_object_get(v->json, "base64");
    buf_auto data = {0};
    if (json_is_string(v->json)) {
        buf_add(&data, json_string_value(v->json), json_string_length(v->json));
    } else if (!json_is_string(coded) || json_object_size(v->json) != 1 ||
               !crypt_base64_decode(json_string_value(coded), &data)) {
        return "must be a text, or {\"base64\": text}";
    }
    *v->text = arena_copy(v->arena, buf_str(&data), data.size);
    *v->size = (int64_t)data.size;
    return NULL;
}

/* ------------------------------------------------------------------ numbers */

static void write_number(const struct value *v)
{
    json_out_int(v->out, v->field->name, *v->number);
}

static const char *read_number(const struct value *v)
{
    static const struct {
        int64_t least, most;
    } ranges[] = {
        [ROW_UNITS] = {-MONEY_MOST, MONEY_MOST},
        [ROW_TIME] = {0, TIME_MOST_MS},
        [ROW_COUNT] = {0, COUNT_MOST},
        [ROW_CODE] = {100, 999},
    };
    int64_t least = ranges[v->field->kind].least, most = ranges[v->field->kind].most;
    *v->number = json_integer_value(v->json);
    return json_is_integer(v->json) && *v->number >= least && *v->number <= most
               ? NULL
               : arena_printf(v->arena, "must be a whole number from %lld to %lld",
                              (long long)least, (long long)most);
}

/* Written as a text if a JSON number cannot hold it exactly. */
static void write_money(const struct value *v)
{
    char text[MONEY_TEXT];
    int64_t amount = *v->number;
    if (amount == MONEY_NONE || !money_is_long(amount)) {
        json_out_money(v->out, v->field->name, amount);
        return;
    }
    money_format(amount, text);
    json_out_text(v->out, v->field->name, text);
}

/* A text, or a number with no more digits than a double holds exactly. */
static enum money_result parse_amount(const struct value *v, int64_t *ret_amount)
{
    char number[32] = "";
    if (json_is_string(v->json)) {
        return v->read ? money_parse_long(v->read, ret_amount) : MONEY_NO_NUMBER;
    }
    if (json_is_integer(v->json)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v->json));
    } else if (json_is_real(v->json)) {
        snprintf(number, sizeof number, "%.15g", json_real_value(v->json));
    }
    bool same = !json_is_real(v->json) || strtod(number, NULL) == json_real_value(v->json);
    return same ? money_parse(number, ret_amount) : MONEY_TOO_LONG;
}

static const char *read_balance(const struct value *v)
{
    return parse_amount(v, v->number) == MONEY_OK
               ? NULL
               : "must be an amount, as a text if it has more than 15 digits";
}

static const char *read_money(const struct value *v)
{
    const char *message = read_balance(v);
    return !message && *v->number < 0 ? "must be an amount of at least 0" : message;
}

static void write_callback(const struct value *v)
{
    char id[IDENT_TEXT];
    ident_number("cb", *v->number, id);
    json_out_text(v->out, v->field->name, id);
}

static const char *read_callback(const struct value *v)
{
    return v->read && ident_number_read("cb", v->read, v->number) ? NULL : "there is no such id";
}

static void write_bool(const struct value *v)
{
    json_out_bool(v->out, v->field->name, *v->flag);
}

static const char *read_bool(const struct value *v)
{
    *v->flag = json_is_true(v->json);
    return json_is_boolean(v->json) ? NULL : "must be true or false";
}

/* ------------------------------------------------------------------ names */

static void write_choice(const struct value *v)
{
    json_out_text(v->out, v->field->name, v->field->names[*v->choice]);
}

static const char *read_choice(const struct value *v)
{
    int choice = v->read && *v->read ? text_index(v->field->names, v->read) : -1;
    *v->choice = (uint32_t)choice;
    return choice >= 0 ? NULL : MESSAGE_CHOICE;
}

static void write_status(const struct value *v)
{
    enum status status = (enum status)(*v->choice);
    json_out_text(v->out, v->field->name, status_name(status));
}

static const char *read_status(const struct value *v)
{
    enum status status;
    if (!v->read || !status_parse(v->read, &status)) {
        return "there is no such status";
    }
    *v->choice = status;
    return NULL;
}

static void write_statuses(const struct value *v)
{
    json_out_array(v->out, v->field->name);
    for (enum status status = 0; status < STATUS_COUNT; status++) {
        if (*v->choice & STATUS_BIT(status)) {
            json_out_text(v->out, NULL, status_name(status));
        }
    }
    json_out_array_end(v->out);
}

static const char *read_statuses(const struct value *v)
{
    uint32_t set = 0;
    for (size_t i = 0; i < json_array_size(v->json); i++) {
        const char *text = json_string_value(json_array_get(v->json, i));
        enum status status;
        if (!text || !status_parse(text, &status)) {
            return "there is no such status";
        }
        set |= STATUS_BIT(status);
    }
    *v->choice = set;
    return set ? NULL : "must be a list of statuses";
}

/* ------------------------------------------------------------------ the table */

static const struct {
    void (*write)(const struct value *v);
    const char *(*read)(const struct value *v); /* returns NULL, or the error */
    bool number;                                /* null is this number; of texts it is NULL */
    int64_t null;
} kinds[] = {
    [ROW_TEXT] = {write_text, read_text},
    [ROW_CURRENCY] = {write_text, read_currency},
    [ROW_URL] = {write_text, read_url},
    [ROW_IDENT] = {write_ident, read_ident},
    [ROW_ID] = {write_text, read_id},
    [ROW_JSON] = {write_json, read_json},
    [ROW_TREE] = {write_json, read_json},
    [ROW_BYTES] = {write_bytes, read_bytes},
    [ROW_MONEY] = {write_money, read_money, true, MONEY_NONE},
    [ROW_BALANCE] = {write_money, read_balance, true, MONEY_NONE},
    [ROW_UNITS] = {write_number, read_number, true, MONEY_NONE},
    [ROW_TIME] = {write_number, read_number, true, TIME_NONE},
    [ROW_COUNT] = {write_number, read_number, true, TIME_NONE},
    [ROW_CODE] = {write_number, read_number, true, 0},
    [ROW_CALLBACK] = {write_callback, read_callback, true, 0},
    [ROW_BOOL] = {write_bool, read_bool},
    [ROW_CHOICE] = {write_choice, read_choice},
    [ROW_STATUS] = {write_status, read_status},
    [ROW_STATUSES] = {write_statuses, read_statuses},
    [ROW_RESOLUTION] = {write_text, read_resolution},
};

static bool is_null(const struct value *v)
{
    if (v->field->kind == ROW_BOOL) {
        return !*v->flag;
    }
    return kinds[v->field->kind].number ? *v->number == kinds[v->field->kind].null : !*v->text;
}

void row_write(struct json_out *out, const struct row_table *table, const void *row)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct row_field *field = &table->fields[i];
        char *base = (char *)(uintptr_t)row;
        const struct value v = {.field = field,
                                .place = base + field->offset,
                                .size = (int64_t *)(void *)(base + field->offset2),
                                .out = out};
        if (!field->name) {
            continue;
        }
        bool null = field->null && is_null(&v);
        if (null && !field->sparse) {
            json_out_null(out, field->name);
        } else if (!null) {
            kinds[field->kind].write(&v);
        }
    }
}

/* ------------------------------------------------------------------ reading */

/* Returns NULL if the value (NULL: absent) is valid, else the error. */
static const char *read_value(const struct row_reader *reader, const struct row_field *field,
                              const json_t *json, char *row)
{
    struct value v = {.field = field,
                      .place = row + field->offset,
                      .size = (int64_t *)(void *)(row + field->offset2),
                      .arena = reader->errors->arena,
                      .resolutions = reader->resolutions,
                      .json = json};
    if (json && !json_is_null(json)) {
        const char *text = json_string_value(json);
        size_t size = json_string_length(json);
        v.read = text && strlen(text) == size ? arena_copy(v.arena, text, size) : NULL;
        return kinds[field->kind].read(&v);
    }
    if (field->null && kinds[field->kind].number) {
        *v.number = kinds[field->kind].null;
    } else if (field->null && field->kind == ROW_BOOL) {
        *v.flag = false;
    }
    return field->null ? NULL : MESSAGE_BLANK;
}

static bool is_known(const struct row_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (table->fields[i].name && text_equal(table->fields[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void refuse(struct json_errors *errors, const char *path, const char *name,
                   const char *message)
{
    json_errors_add(errors, arena_printf(errors->arena, "%s.%s", path, name), "%s", message);
}

bool row_read(const struct row_reader *reader, const struct row_table *table, const char *path,
              const json_t *object, void *ret_row)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        json_errors_add(reader->errors, path, "must be an object");
        return false;
    }
    json_object_foreach((json_t *)object, name, value)
    {
        if (!is_known(table, name)) {
            refuse(reader->errors, path, name, MESSAGE_NOT_EXPECTED);
        }
    }
    for (size_t i = 0; i < table->n; i++) {
        const struct row_field *field = &table->fields[i];
        const json_t *found = field->name ? json_object_get(object, field->name) : NULL;
        const char *message = field->name ? read_value(reader, field, found, ret_row) : NULL;
        if (message) {
            refuse(reader->errors, path, field->name, message);
        }
    }
    return !reader->errors->n;
}
