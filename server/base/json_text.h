/* Texts as JSON strings in ASCII. */
#pragma once

#include "buf.h"

#include <stdbool.h>

enum json_text_style {
    JSON_TEXT_PHP, /* "\/" for "/", as the platform writes */
    JSON_TEXT_LOG, /* for people too: a plain "/", and DEL escaped */
};

/*
 * Appends the text in quotes. Characters beyond ASCII are written as \u00e9, beyond U+FFFF as a
 * surrogate pair; a byte that is not UTF-8 becomes \ufffd.
 */
void json_text_add(struct buf *buf, enum json_text_style style, const char *text, size_t size);

/* True if json_text_add would write it as it is, between quotes. */
bool json_text_is_plain(enum json_text_style style, const char *text, size_t size);
