/* Services and the prerequest as the platform shows them (P306, P318; of payouts: P603). */
#pragma once

#include "domain/account.h"
#include "domain/invoice.h"
#include "domain/service.h"
#include "wire/json_out.h"

/* A row of the private list, with the names of its kind. */
void view_service(struct json_out *out, const char *key, enum invoice_kind kind,
                  const struct service *service);

/* A service that accepts the currency of a prerequest, and its rate. */
struct prerequest_offer {
    const struct service *service;
    int64_t exchange_rate;
};

/* The request and the offers of a prerequest. */
struct prerequest_view {
    enum invoice_kind kind;
    const struct catalogue *catalogue;     /* of that kind */
    const struct prerequest_offer *offers; /* in its order */
    size_t n_offers;
    const char *currency;
    int64_t amount; /* of a payout, or MONEY_NONE; returned, but filters nothing */
    bool test_mode;
    const struct settings *account;
};

/* The services for payments or payouts in a currency, and their methods by code. */
void view_prerequest(struct json_out *out, const char *key, const struct prerequest_view *view);
