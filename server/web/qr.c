#include "qr.h"

#include "base/buf.h"

#include <qrencode.h>
#include <string.h>

#define QUIET 4 /* light modules around a code, by the standard */
#define DARK 1  /* the lowest bit of a module */

/* A line of the code: one rectangle for each run of dark modules. */
static void add_line(struct buf *path, const unsigned char *modules, int width, int y)
{
    for (int x = 0; x < width;) {
        int end = x;
        while (end < width && modules[end] & DARK) {
            end++;
        }
        if (end > x) {
            buf_printf(path, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, end - x, end - x);
        }
        x = end + 1;
    }
}

bool qr_of(struct arena *arena, const char *text, struct qr *ret_qr)
{
    buf_auto path = {0};
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code) {
        return false;
    }
    for (int y = 0; y < code->width; y++) {
        add_line(&path, code->data + y * code->width, code->width, y);
    }
    *ret_qr = (struct qr){arena_printf(arena, "%d", code->width + 2 * QUIET),
                          arena_copy(arena, path.data, path.size)};
    QRcode_free(code);
    return true;
}
