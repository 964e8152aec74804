/* Reads any document as a row of a snapshot file. An accepted row is written, read again and must
 * be written the same. */
#include "fuzz.h"

#include "base/mem.h"
#include "view/snapshot_row.h"
#include "wire/json_out.h"

#include <string.h>

union row {
    struct invoice invoice;
    struct transition transition;
    struct callback callback;
    struct attempt attempt;
    struct refund refund;
};

static const struct row_table *const tables[] = {&row_invoice, &row_transition, &row_refund,
                                                 &row_callback, &row_attempt};

static bool read_row(struct arena *arena, const struct row_table *table, const json_t *document,
                     union row *ret_row)
{
    static const struct resolution_set resolutions;
    struct json_errors errors = {.arena = arena};
    const struct row_reader reader = {&resolutions, &errors};
    memset(ret_row, 0, sizeof *ret_row);
    row_read(&reader, table, "rows[0]", document, ret_row);
    return errors.n == 0;
}

static void write_row(const struct row_table *table, const union row *row, struct buf *ret_text)
{
    struct json_out out = {.buf = ret_text};
    json_out_object(&out, NULL);
    row_write(&out, table, row);
    json_out_object_end(&out);
}

static void there_and_back(struct arena *arena, const struct row_table *table,
                           const json_t *document)
{
    union row row;
    buf_auto first = {0}, second = {0};
    if (!read_row(arena, table, document, &row)) {
        return;
    }
    write_row(table, &row, &first);
    json_auto_t *again = json_parse(first.data, first.size, arena, NULL);
    PROMISE(again && read_row(arena, table, again, &row));
    write_row(table, &row, &second);
    PROMISE(strcmp(first.data, second.data) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    json_t *document = json_parse((const char *)data, size, &arena, NULL);
    for (size_t i = 0; json_is_object(document) && i < ARRAY_SIZE(tables); i++) {
        there_and_back(&arena, tables[i], document);
    }
    json_decref(document);
    arena_finish(&arena);
    return 0;
}
