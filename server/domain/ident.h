/*
 * Ids as the platform writes them: a prefix, '_' and 16 characters of [A-Za-z0-9] (P1151).
 *
 * Three kinds. An invoice, its card session and card token are their row's number enciphered
 * (ident_of_row): they look random, cannot be guessed without the key, and give the row number back
 * without an index, which at a million rows would be the most expensive part of an insert. Ids that
 * are derived from a text (ident_derived: customers, organisations) need no table either. All
 * others are fresh (ident_next).
 */
#pragma once

#include "base/crypt.h"

#include <stdbool.h>
#include <stdint.h>

#define IDENT_SERIAL 16 /* characters behind the prefix */
#define IDENT_TEXT 32   /* room for any id and its NUL */
#define IDENT_UUID 37
#define IDENT_LONG_SERIAL 24 /* of a payment's id in the newer bodies */

struct ident_source {
    uint8_t key[CRYPT_KEY_SIZE];
    uint64_t counter; /* with a fixed key (--seed) this must survive a restart */
};

/* A fresh id with this prefix ("cpi", "cgi", ...). */
void ident_next(struct ident_source *source, const char *prefix, char ret_id[IDENT_TEXT]);

/* A fresh UUID, version 4 form: the platform generates one if no reference_id was given (P352). */
void ident_next_uuid(struct ident_source *source, char ret_uuid[IDENT_UUID]);

/* The UUID that always belongs to `text` under this key. */
void ident_derived_uuid(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                        char ret_uuid[IDENT_UUID]);

/* `length` fresh characters of the base64url alphabet, NUL behind them: the random part of keys. */
void ident_next_secret(struct ident_source *source, char *ret_text, int length);

/* The id with this prefix that always belongs to `text` under this key. */
void ident_derived(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                   char ret_id[IDENT_TEXT]);

/* The same with IDENT_LONG_SERIAL characters: a payment's id in the newer bodies (P1153). */
void ident_derived_long(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                        char ret_id[IDENT_TEXT]);

/* Eight digits that always belong to `text` under this key: reference numbers of a payment. */
#define IDENT_DIGITS 9 /* with the NUL */
void ident_digits(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                  char ret_digits[IDENT_DIGITS]);

/* The id with this prefix (at least three letters, which tell the kinds apart) of row `number`, 1
 * to 2^47, and back; false if the text was not made with this key. */
void ident_of_row(struct crypt_block *block, const char *prefix, int64_t number,
                  char ret_id[IDENT_TEXT]);
bool ident_to_row(struct crypt_block *block, const char *prefix, const char *id,
                  int64_t *ret_number);

/* "cb_17": the public number of a row, a fault or a request, more than 0; and back. */
void ident_number(const char *prefix, int64_t number, char ret_id[IDENT_TEXT]);
bool ident_number_read(const char *prefix, const char *id, int64_t *ret_number);

/* True when the text is this prefix, '_' and 16 characters of [A-Za-z0-9]. */
bool ident_has_form(const char *text, const char *prefix);

/* The 16 characters behind the prefix: an invoice's serial_number (P1154). */
const char *ident_serial(const char *id);
