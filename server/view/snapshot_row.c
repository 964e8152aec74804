/* Rows as JSON, both ways. How one value is written and read is snapshot_value.c's. */
#include "snapshot_row.h"

#include "base/text.h"
#include "view/snapshot_value.h"

#include <string.h>

void row_write(struct json_out *out, const struct row_table *table, const void *row)
{
    for (size_t i = 0; i < table->n; i++) {
        if (table->fields[i].name) {
            value_write(out, &table->fields[i], row);
        }
    }
}

static bool is_known(const struct row_table *table, const char *const *others, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (table->fields[i].name && text_equal(table->fields[i].name, name)) {
            return true;
        }
    }
    for (; others && *others; others++) {
        if (text_equal(*others, name)) {
            return true;
        }
    }
    return false;
}

static void refuse(const struct row_reader *reader, const char *path, const char *name,
                   const char *message)
{
    json_errors_add(reader->errors, arena_printf(reader->errors->arena, "%s.%s", path, name), "%s",
                    message);
}

void row_read(const struct row_reader *reader, const struct row_table *table, const char *path,
              const char *const *others, const json_t *object, void *ret_row)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        json_errors_add(reader->errors, path, "an object is wanted");
        return;
    }
    json_object_foreach((json_t *)object, name, value)
    {
        if (!is_known(table, others, name)) {
            refuse(reader, path, name, MESSAGE_NOT_EXPECTED);
        }
    }
    for (size_t i = 0; i < table->n; i++) {
        const struct row_field *field = &table->fields[i];
        if (!field->name) {
            continue;
        }
        const char *message =
            value_read(reader, field, json_object_get(object, field->name), ret_row);
        if (message) {
            refuse(reader, path, field->name, message);
        }
    }
}
