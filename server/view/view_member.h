/*
 * The members of an invoice's `attributes`, one table per profile: a row says the key and what
 * writes it. For the view_attributes files alone; here is what both profiles have.
 */
#pragma once

#include "view/view_parts.h"

#include <stddef.h>

struct view_member {
    const char *key;
    void (*write)(struct json_out *out, const struct view_member *member,
                  const struct view_invoice *view, enum view_kind kind);
    size_t offset; /* of the invoice's field that is shown as it is */
};

struct view_table {
    const struct view_member *members;
    size_t n;
};

extern const struct view_table view_table_2020, view_table_2024;

/* Rows of a table: a field of the invoice shown as a text, JSON, money or seconds; anything else.
 */
#define VIEW_FIELD(how, name, field)                                                               \
    {                                                                                              \
        name, view_member_##how, offsetof(struct invoice, field)                                   \
    }
#define VIEW_OTHER(name, how)                                                                      \
    {                                                                                              \
        name, view_member_##how, 0                                                                 \
    }

/* The head of a writer. */
#define VIEW_MEMBER(name)                                                                          \
    void view_member_##name(struct json_out *out, const struct view_member *member,                \
                            const struct view_invoice *view, enum view_kind kind)

VIEW_MEMBER(text);
VIEW_MEMBER(raw);
VIEW_MEMBER(money);
VIEW_MEMBER(seconds);
VIEW_MEMBER(null);
VIEW_MEMBER(empty);
VIEW_MEMBER(false);
VIEW_MEMBER(status);
VIEW_MEMBER(test_mode);
VIEW_MEMBER(service_currency);
VIEW_MEMBER(service_flow);
VIEW_MEMBER(flow_data);
VIEW_MEMBER(payment_flow);
VIEW_MEMBER(source);
VIEW_MEMBER(callback_logs);
