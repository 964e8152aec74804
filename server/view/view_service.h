/* Services and the prerequest as the platform shows them (P306, P318; of payouts: P603). */
#pragma once

#include "domain/account.h"
#include "domain/invoice.h"
#include "domain/service.h"
#include "wire/json_out.h"

/* A row of the private list, in the words of its kind. */
void view_service(struct json_out *out, const char *key, enum invoice_kind kind,
                  const struct service *service);

/* A service that takes the currency of a prerequest, and at which rate. */
struct prerequest_offer {
    const struct service *service;
    int64_t exchange_rate;
};

/* What is asked for in a prerequest, and what there is. */
struct prerequest_view {
    enum invoice_kind kind;
    const struct catalogue *catalogue;     /* of that kind */
    const struct prerequest_offer *offers; /* in its order */
    size_t n_offers;
    const char *currency;
    int64_t amount; /* of a payout: it comes back and filters nothing; or MONEY_NONE */
    bool test_mode;
    const struct settings *account;
};

/* What an account can be paid with, or pay out through, in a currency: the offered services and
 * their methods by code. */
void view_prerequest(struct json_out *out, const char *key, const struct prerequest_view *view);
