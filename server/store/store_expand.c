/* Rows in the texts of statements, by the tables of domain/row.h. */
#include "base/attr.h"
#include "base/die.h"
#include "store/store_private.h"

#include <string.h>

static const struct row_table *const tables[] = {
    &row_invoice, &row_transition, &row_callback, &row_callback_head,
    &row_attempt, &row_refund,     &row_balance,  &row_account,
};

static const struct row_table *find_table(const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
        if (strlen(tables[i]->name) == length && memcmp(tables[i]->name, name, length) == 0) {
            return tables[i];
        }
    }
    die("a statement names the row {%.*s}", (int)length, name);
}

/* One "{name}", "{name ?}" or "{name =}"; returns what follows it. */
static const char *expand_one(struct buf *out, const char *text)
{
    const char *end = strchr(text, '}');
    bool plain = end[-1] != '?' && end[-1] != '=';
    size_t length = (size_t)(end - text) - (plain ? 1 : 3);
    const struct row_table *table = find_table(text + 1, length);
    const char *comma = "";
    for (size_t i = 0; i < table->n; i++) {
        const struct row_field *field = &table->fields[i];
        if (end[-1] == '=' && !field->changes) {
            continue;
        }
        buf_text(out, comma);
        buf_text(out, end[-1] == '?' ? "?" : field->column);
        buf_text(out, end[-1] == '=' ? " = ?" : "");
        comma = ", ";
    }
    return end + 1;
}

void store_expand(struct buf *out, const char *text)
{
    for (const char *mark; (mark = strchr(text, '{')); text = expand_one(out, mark)) {
        buf_add(out, text, (size_t)(mark - text));
    }
    buf_text(out, text);
}
