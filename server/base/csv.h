/*
 * Lines of CSV (RFC 4180) that are safe to open in a spreadsheet. A spreadsheet runs a cell as a
 * formula if its text begins with =, +, -, @ or a full-width form of these. It may also begin a new
 * cell at a separator inside a text. csv_text puts a quote (') before these characters at the start
 * of a text and after a separator in it.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

struct csv {
    struct buf *out;
    bool begun; /* the line has a field */
};

/* A text from a request. NULL is an empty field. */
void csv_text(struct csv *csv, const char *text);

/* A number or a name that the server made, written as it is. */
void csv_plain(struct csv *csv, const char *text);

/* Ends the line with CR LF. */
void csv_end(struct csv *csv);
