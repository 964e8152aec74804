/* What the files of mask_find.c share: where secrets are looked for, and what a byte may be. */
#pragma once

#include "mask.h"

struct mask_scan {
    const char *data;
    size_t size;
    bool query; /* of a target */
    void (*each)(void *arg, const struct mask_span *span);
    void *arg;
};

/* Tells of a stretch, unless it is empty. */
void mask_emit(const struct mask_scan *scan, size_t start, size_t end, enum mask_kind kind,
               bool bare);

/* Tells of all in a stretch that is a secret wherever it stands: card numbers and secret keys. */
void mask_find_anywhere(const struct mask_scan *scan, size_t start, size_t end, bool bare);

/* Every request is read byte by byte, so what a byte may begin or end is one look. */
enum {
    MASK_BEGINS_SECRET = 1, /* a card's first digit, the s of sk_ */
    MASK_ENDS_SCALAR = 2,
};

/* What a byte is, a set of those above. */
extern const unsigned char mask_classes[256];
