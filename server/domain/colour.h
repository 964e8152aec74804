/*
 * Colours as CSS writes them: #rgb, #rgba, #rrggbb, #rrggbbaa, rgb() and rgba() in either syntax,
 * and names. A merchant's colour reaches a style sheet only in the form that colour_read writes.
 */
#pragma once

#include <stdbool.h>

#define COLOUR_TEXT 10 /* "#rrggbbaa" */

/*
 * Reads a colour, without blanks around it; letter case does not matter. Writes "#rrggbb", or
 * "#rrggbbaa" if it is not opaque. Returns false for anything else.
 */
bool colour_parse(const char *text, char ret_hex[COLOUR_TEXT]);

/* A colour that colour_parse wrote, moved by `tenths` of the way to white or to black. */
void colour_move(const char *hex, bool white, int tenths, char ret_hex[COLOUR_TEXT]);

/* The contrast of two colours that colour_parse wrote, 1 to 21, as WCAG 2.2 defines it.
 * Transparency does not count. */
double colour_contrast(const char *hex, const char *other);
