/* Creates invoices in test mode, repeated ones and wrong ones. No row that is an order may
 * lack test_mode. */
#include "base/text.h"
#include "compare/probe.h"

#include <stdio.h>

#define PRIVATE_ORDER(amount, more)                                                                \
    "{\"data\":{\"type\":\"payment-invoices\",\"attributes\":{\"test_mode\":true,"                 \
    "\"reference_id\":\"{reference}\",\"service\":\"{service}\",\"currency\":\"{currency}\","      \
    "\"amount\":" amount ",\"description\":\"milkypay-mock compare\"" more "}}}"
#define PUBLIC_ORDER(amount, more)                                                                 \
    "{\"public_key\":\"{public_key}\",\"test_mode\":true,\"reference_id\":\"{reference}-public\"," \
    "\"service\":\"{service}\",\"currency\":\"{currency}\",\"amount\":" amount                     \
    ",\"description\":\"milkypay-mock compare\"" more "}"
#define FORM_ORDER                                                                                 \
    "public_key={public_key}&test_mode=true&reference_id={reference}-form&service={service}"       \
    "&currency={currency}&amount=1&description=milkypay-mock+compare"
#define EXPIRES(when) ",\"expires\":\"{" when "}\""

#define PRIVATE "POST", "/payment-invoices", COMPARE_LOGIN
#define PUBLIC "POST", "/public-api/payment-invoices", COMPARE_LOGIN_NONE

/* clang-format off */
static const struct probe probes[] = {
    {"POST /payment-invoices", PRIVATE, PRIVATE_ORDER("1", EXPIRES("soon")), .creates = true},
    {"private 400", PRIVATE, "{"},
    {"private 409", PRIVATE, PRIVATE_ORDER("1", EXPIRES("soon"))},
    {"private 422", PRIVATE, PRIVATE_ORDER("-1", "")},
    {"private 422", PRIVATE, PRIVATE_ORDER("1", EXPIRES("early"))},
    {"private 422", PRIVATE, PRIVATE_ORDER("1", EXPIRES("late"))},
    {"POST /public-api/payment-invoices", PUBLIC, PUBLIC_ORDER("1", ""), .public = true, .creates = true},
    {"public 409", PUBLIC, PUBLIC_ORDER("1", ""), .public = true},
    {"public 422", PUBLIC, PUBLIC_ORDER("-1", ""), .public = true},
    {"POST /public-api/payment-invoices/process", "POST", "/public-api/payment-invoices/process",
     COMPARE_LOGIN_NONE, FORM_ORDER, .public = true, .form = true, .creates = true},
};
/* clang-format on */

static bool is_made(const struct run *run, const struct probe *probe)
{
    return !probe->public || run_options(run)->public_key;
}

static void list_calls(const struct run *run)
{
    fputs("These calls create test invoices, with test_mode true:\n", stderr);
    for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
        if (is_made(run, &probes[i])) {
            fprintf(stderr, "  %s %s  (%s)\n", probes[i].method, run_url(run, &probes[i]),
                    probes[i].document);
        }
    }
}

const char *compare_ask(struct run *run)
{
    char line[16];
    list_calls(run);
    if (run_options(run)->yes) {
        return NULL;
    }
    fputs("Make them? [y/N] ", stderr);
    fflush(stderr);
    bool good = fgets(line, sizeof line, stdin) && (line[0] == 'y' || line[0] == 'Y');
    return good ? NULL : "nothing was called; answer y, or use --yes";
}

void compare_create(struct run *run)
{
    for (size_t i = 0; !run_is_refused(run) && i < ARRAY_SIZE(probes); i++) {
        if (is_made(run, &probes[i])) {
            run_probe(run, &probes[i]);
        }
    }
}
