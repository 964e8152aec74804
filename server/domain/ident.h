/*
 * Ids as the platform writes them: a prefix, '_' and 16 characters of [A-Za-z0-9] (facts.md h).
 *
 * Three kinds: fresh ids (ident_next), ids that follow from something known, so that no table is needed to find them
 * again (ident_derived: customers, organisations), and the card session of an invoice, which is the invoice's id
 * enciphered (ident_session), so that neither can be guessed from the other and no index maps between them.
 */
#pragma once

#include "base/crypt.h"

#include <stdbool.h>
#include <stdint.h>

#define IDENT_SERIAL 16 /* characters behind the prefix */
#define IDENT_TEXT 32   /* room for any id, with its NUL */
#define IDENT_UUID 37

struct ident_source {
    uint8_t key[CRYPT_KEY_SIZE];
    uint64_t counter; /* with a fixed key (--seed) this must survive a restart */
};

/* A fresh id with this prefix ("cpi", "cgi", ...). */
void ident_next(struct ident_source *source, const char *prefix, char ret_id[IDENT_TEXT]);

/* A fresh UUID, version 4 form: what the platform makes when no reference_id was given (SEED:319). */
void ident_next_uuid(struct ident_source *source, char ret_uuid[IDENT_UUID]);

/* `length` fresh characters of the base64url alphabet, NUL behind them: the random part of keys. */
void ident_next_secret(struct ident_source *source, char *ret_text, int length);

/* The id with this prefix that always belongs to `text` under this key. */
void ident_derived(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text, char ret_id[IDENT_TEXT]);

/* "cpi_..." -> "cgi_...", and back; false when the text has not that form. */
bool ident_session(const uint8_t key[CRYPT_KEY_SIZE], const char *invoice_id, char ret_session[IDENT_TEXT]);
bool ident_invoice_of_session(const uint8_t key[CRYPT_KEY_SIZE], const char *session, char ret_invoice_id[IDENT_TEXT]);

/* True when the text is this prefix, '_' and 16 characters of [A-Za-z0-9]. */
bool ident_has_form(const char *text, const char *prefix);

/* The 16 characters behind the prefix: an invoice's serial_number (facts.md h). */
const char *ident_serial(const char *id);
