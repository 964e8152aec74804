/* The fields that each way to make an invoice takes (order.h), one table each: private to
 * order_read.c. */
#pragma once

#include "api/order.h"

/* The destination of the fields: the order, and values for the rules about several fields. */
struct order_input {
    struct order order;
    const char *service, *flow, *language, *token;
    const json_t *service_fields, *fields, *metadata;
    bool has_customer, has_options, auto_process; /* the last: of a payout's options */
    bool has_context;                             /* of a payout, as all that follow */
    int64_t attempts_limit, exp_month, exp_year;
    bool allow_partially, bypass_hpp, send_context; /* of a payment's */
    const char *checked;                            /* must be right, and is kept in `customer` */
    bool present;                                   /* likewise */
};

/* Reads a way's fields into ret_input, as call_read_fields. */
void order_fields_read(struct call *call, enum order_way way, const json_t *attributes,
                       struct order_input *ret_input, struct json_errors *errors);

/* Sent by HTML forms, with empty inputs and the appearance of the page. */
bool order_way_is_html(enum order_way way);

/*
 * The text of a payment's `options` that the invoice keeps, in the arena, or NULL if there are
 * none. Those that the mock knows become booleans, in whatever form they were sent; the others are
 * kept as sent and have no effect.
 */
const char *order_options_text(struct arena *arena, const json_t *attributes,
                               const struct order_input *input);

/*
 * appearance_read.c: the appearance of the payment page (P766, P767), out of an order's attributes.
 * `display` hides parts of the page and names methods, `style` gives labels, a theme and colours;
 * `theme` and `pay_button_label` may also be at the top level; those of style win.
 *
 * Unknown names are ignored, wrong values go into `errors` by their dotted path. Returns a JSON
 * text {"display":{..},"style":{..}} in the arena of `errors`, NULL when nothing was asked for:
 * only what was given stands in it, hide_* and show_* as booleans, colours as `#rgb` or `#rrggbb`,
 * show_methods and hide_methods as lists of method codes.
 */
const char *appearance_read(const json_t *attributes, struct json_errors *errors);
