/* QR codes, as the path of an inline SVG. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

struct qr {
    const char
        *size; /* modules of a side, with the quiet zone: the SVG's viewBox is 0 0 size size */
    const char *path; /* the dark modules */
};

/* Returns false if the text does not fit into a code. */
bool qr_of(struct arena *arena, const char *text, struct qr *ret_qr);
