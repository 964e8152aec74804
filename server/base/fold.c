#include "fold.h"

#include "text.h"

#include <locale.h>
#include <wctype.h>

/* The locale has the table of cases, and no other meaning here. NULL: the system has none. */
static locale_t table(void)
{
    static locale_t utf8;
    if (!utf8) {
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
    }
    return utf8;
}

void fold_add_code(struct buf *out, uint32_t code)
{
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    buf_char(out, (char)(leads[more] | code >> 6 * more));
    while (more--) {
        buf_char(out, (char)(0x80 | (code >> 6 * more & 0x3f)));
    }
}

void fold_add(struct buf *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t code;
        unsigned char c = (unsigned char)text[at];
        size_t step = c < 0x80 ? 1 : text_utf8_decode(text + at, size - at, &code);
        if (step <= 1) {
            buf_char(out, (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
            at++;
            continue;
        }
        fold_add_code(out, table() ? (uint32_t)towlower_l((wint_t)code, table()) : code);
        at += step;
    }
}
