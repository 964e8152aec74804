/*
 * The appearance of the payment page in an order (P766, P767): `display` hides parts of the page
 * and names methods, `style` gives labels, a theme and colours; `theme` and `pay_button_label` may
 * also be at the top level; those of style win.
 */
#pragma once

#include "wire/json_read.h"

/*
 * Reads the looks out of an order's attributes. Unknown names are ignored, wrong values go into
 * `errors` by their dotted path. Returns a JSON text {"display":{..},"style":{..}} in the arena of
 * `errors`, NULL when nothing was asked for: only what was given stands in it, hide_* and show_* as
 * booleans, colours as `#rgb` or `#rrggbb`, show_methods and hide_methods as lists of method codes.
 */
const char *appearance_read(const json_t *attributes, struct json_errors *errors);
