/* The fields that each way to make an invoice takes (order_read.h), one table each: private to
 * order_read.c. */
#pragma once

#include "api/order_read.h"
#include "view/invoice_options.h"

/* What the fields say, before the rules beyond one field. */
struct order_input {
    const char *reference_id, *service, *currency, *description, *descriptor, *flow, *locale,
        *language;
    int64_t amount, expires_ms;
    bool test_mode;
    const json_t *service_fields, *fields, *metadata;
    bool has_customer, has_address, has_return_urls;
    const char *customer_reference, *customer_name, *customer_email, *customer_phone,
        *customer_tax_id, *customer_birth;
    const char *customer_metadata;
    const char *country, *region, *city, *street, *full_address, *post_code;
    const char *callback_url, *return_url, *return_success, *return_fail, *return_pending;
    const char *gateway_options, *token;
    bool has_options, auto_process; /* of a payout's options */
    struct invoice_options options; /* of a payment's */
};

/* Reads a way's fields into ret_input; errors as json_read. */
void order_fields_read(enum order_way way, const json_t *attributes, struct order_input *ret_input,
                       struct json_errors *errors);

/* Sent by HTML forms: with inputs left empty, and looks for the page. */
bool order_way_is_html(enum order_way way);
