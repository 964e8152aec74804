/*
 * Lines of CSV (RFC 4180) that are safe to open in a spreadsheet. A spreadsheet runs a cell that
 * begins like a formula, and splits lines at separators of its own choice. Therefore a quote (')
 * is put before =, +, -, @ and their full-width forms where a text or a part of it could become the
 * begin of a cell.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

struct csv {
    struct buf *out;
    bool begun; /* the line has a field */
};

/* A text that somebody else chose. NULL is an empty field. */
void csv_text(struct csv *csv, const char *text);

/* A number or a name of our own, written as it is. */
void csv_plain(struct csv *csv, const char *text);

/* Ends the line with CR LF. */
void csv_end(struct csv *csv);
