/* How a method without a card is paid: a table of methods, of words in their codes and of
 * categories. */
#pragma once

#include "base/mem.h"
#include "domain/service.h"

enum means {
    MEANS_APPROVAL, /* in the wallet, in the bank's app or on its page */
    MEANS_TRANSFER, /* to an account, with a reference */
    MEANS_SCAN,     /* a code that the payer's app reads */
    MEANS_CRYPTO,   /* to an address of a network */
    MEANS_VOUCHER,  /* with a reference, in cash or at a machine */
};

struct method_means {
    enum means means;
    const char *network; /* of a cryptocurrency; NULL: it has the name of the method */
    const char *scheme;  /* of the URIs of a cryptocurrency */
};

/* "approval", "transfer" and so on */
const char *means_name(enum means means);

struct method_means means_of(struct arena *arena, const struct payment_method *method);

/* The same for a service: a token's network may be in its currency, as in USDTBEP20. */
struct method_means means_of_service(struct arena *arena, const struct service *service);

/* The drawing that stands for a method: the path of an SVG of 24 by 24. */
const char *means_logo(struct arena *arena, const struct payment_method *method);
