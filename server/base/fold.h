/* Text in lower case, to compare it without regard to case in any script. */
#pragma once

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Appends UTF-8 with each character in lower case (Unicode's simple mapping). A byte that is not
 * UTF-8 stays as it is. */
void fold_add(struct buf *out, const char *text, size_t size);

/* Appends a code point as UTF-8. */
void fold_add_code(struct buf *out, uint32_t code);
