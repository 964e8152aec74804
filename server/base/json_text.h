/* Writes texts as JSON strings in ASCII. */
#pragma once

#include "buf.h"

#include <stdbool.h>

enum json_text_style {
    JSON_TEXT_PHP, /* "/" is written as "\/", as the platform does */
    JSON_TEXT_LOG, /* readable by people: a plain "/", and DEL escaped */
};

/*
 * Appends the text in quotes. Characters beyond ASCII are written as \u00e9, beyond U+FFFF as a
 * surrogate pair. A byte that is not UTF-8 becomes \ufffd.
 */
void json_text_add(struct buf *buf, enum json_text_style style, const char *text, size_t size);

/* Returns true if json_text_add would write the text unchanged between quotes. */
bool json_text_is_plain(enum json_text_style style, const char *text, size_t size);
