#include "routes.h"

#include "api/api_invoices.h"
#include "api/api_services.h"
#include "api/control.h"
#include "web/checkout.h"
#include "web/page.h"

/* clang-format off */
const struct route routes[] = {
    /* Searched from the top: the most frequent first, and a literal path before a pattern that it fits. */
    {"POST",   "/payment-invoices",                          ACCESS_PRIVATE, api_invoices_create_private},
    {"GET",    "/payment-invoices/{id}",                     ACCESS_PRIVATE, api_invoices_get_private},
    {"GET",    "/payment-invoices",                          ACCESS_PRIVATE, api_invoices_list},
    {"GET",    "/payment-services",                          ACCESS_PRIVATE, api_services_list},
    {"GET",    "/payment-services/{id}",                     ACCESS_PRIVATE, api_services_get},

    {"POST",   "/public-api/payment-invoices",               ACCESS_PUBLIC,  api_invoices_create_public},
    {"POST",   "/public-api/payment-invoices/process",       ACCESS_PUBLIC,  checkout_process},
    {"GET",    "/public-api/payment-invoices/{id}",          ACCESS_PUBLIC,  api_invoices_get_public},
    {"POST",   "/public-api/payment-prerequest",             ACCESS_PUBLIC,  api_services_prerequest},

    {"GET",    "/redirect/hpp/",                             ACCESS_PAGE,    checkout_redirect},
    {"GET",    "/hpp/{cgi}",                                 ACCESS_PAGE,    checkout_show},
    {"POST",   "/hpp/{cgi}",                                 ACCESS_PAGE,    checkout_submit},
    {"GET",    "/return",                                    ACCESS_PAGE,    checkout_return},
    {"GET",    "/_mock/assets/{name}",                       ACCESS_PAGE,    page_asset},

    {"GET",    "/_mock/health",                              ACCESS_CONTROL_OPEN, control_health},
    {"GET",    "/_mock/openapi.yaml",                        ACCESS_CONTROL, control_openapi},
    {"POST",   "/_mock/accounts",                            ACCESS_CONTROL, control_accounts_add},
    {"GET",    "/_mock/accounts",                            ACCESS_CONTROL, control_accounts_list},
    {"GET",    "/_mock/accounts/{id}",                       ACCESS_CONTROL, control_accounts_get},
    {"PATCH",  "/_mock/accounts/{id}",                       ACCESS_CONTROL, control_accounts_change},
    {"DELETE", "/_mock/accounts/{id}",                       ACCESS_CONTROL, control_accounts_delete},
    {"POST",   "/_mock/reset",                               ACCESS_CONTROL, control_reset},
    {"GET",    "/_mock/clock",                               ACCESS_CONTROL, control_clock_get},
    {"PUT",    "/_mock/clock",                               ACCESS_CONTROL, control_clock_set},
    {"POST",   "/_mock/clock/advance",                       ACCESS_CONTROL, control_clock_advance},
    {"POST",   "/_mock/outcomes",                            ACCESS_CONTROL, control_outcomes_add},
    {"GET",    "/_mock/outcomes",                            ACCESS_CONTROL, control_outcomes_list},
    {"DELETE", "/_mock/outcomes",                            ACCESS_CONTROL, control_outcomes_clear},
    {"POST",   "/_mock/payment-invoices/{id}/transition",    ACCESS_CONTROL, control_transition},
    {"POST",   "/_mock/payment-invoices/{id}/pay",           ACCESS_CONTROL, control_pay},
    {"GET",    "/_mock/payment-invoices/{id}/timeline",      ACCESS_CONTROL, control_timeline},
    {"GET",    "/_mock/wait",                                ACCESS_CONTROL, control_wait},
    {"GET",    "/_mock/callbacks",                           ACCESS_CONTROL, control_callbacks_list},
    {"GET",    "/_mock/callbacks/{id}",                      ACCESS_CONTROL, control_callbacks_get},
    {"POST",   "/_mock/callbacks/{id}/resend",               ACCESS_CONTROL, control_callbacks_resend},
};
/* clang-format on */

const size_t routes_count = ARRAY_SIZE(routes);
