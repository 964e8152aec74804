/* An account's keys, for tests. */
#pragma once

#include "domain/account_key.h"

static const struct account_keys example_keys = {
    .id = "coma_Example000000000",
    .api_key = "apiKeyExample",
    .public_key = "pk_test_example",
    .public_live_key = "pk_live_example",
    .secret_key = "sk_test_example",
    .secret_live_key = "sk_live_example",
};
