/* One value of a row as JSON, both ways, by its kind. For the tables of snapshot_row.c alone. */
#pragma once

#include "json/snapshot_row.h"

/* What a value is in the struct, and so how it looks in JSON. */
enum row_kind {
    ROW_TEXT,       /* const char *, least to most characters */
    ROW_CURRENCY,   /* const char *, upper case */
    ROW_URL,        /* const char *, http or https */
    ROW_IDENT,      /* char[IDENT_TEXT] with the field's prefix */
    ROW_ID,         /* const char * of that form */
    ROW_JSON,       /* const char *, the text of a map */
    ROW_TREE,       /* the same, or of a list */
    ROW_BYTES,      /* const char * and at offset2 its int64_t size; {"base64":..} when no text */
    ROW_MONEY,      /* int64_t, not below 0 */
    ROW_BALANCE,    /* int64_t, of any sign */
    ROW_UNITS,      /* int64_t, of any sign, as whole 1e-8 units: a sum can have more digits than
                       numbers of JSON keep */
    ROW_TIME,       /* int64_t, unix ms */
    ROW_COUNT,      /* int64_t, not below 0 */
    ROW_CODE,       /* int64_t, an HTTP status; 0 for null */
    ROW_CALLBACK,   /* int64_t, "cb_17" */
    ROW_BOOL,       /* bool */
    ROW_CHOICE,     /* an enum by the field's names; "" names none */
    ROW_STATUS,     /* enum status */
    ROW_STATUSES,   /* uint32_t, a list of names */
    ROW_RESOLUTION, /* const char * */
};

struct row_field {
    const char *name;
    enum row_kind kind;
    size_t offset, offset2;
    bool null; /* may be null or absent */
    int64_t least, most;
    const char *prefix, *other_prefix; /* of ids; the other one may be NULL */
    const char *const *names;          /* NULL-terminated */
};

/* Writes a value of the row as a member of the object that is open. */
void value_write(struct json_out *out, const struct row_field *field, const void *row);

/* Reads a value (NULL: absent) into the row; returns what is wrong with it, or NULL. */
const char *value_read(const struct row_reader *reader, const struct row_field *field,
                       const json_t *value, void *row);
