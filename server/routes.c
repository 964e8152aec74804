#include "routes.h"

#include "api/api_account.h"
#include "api/api_invoices.h"
#include "api/api_payouts.h"
#include "api/api_rates.h"
#include "api/api_refund.h"
#include "api/api_sale.h"
#include "api/api_services.h"
#include "api/control.h"
#include "web/checkout.h"
#include "web/dashboard.h"
#include "web/docs.h"
#include "web/page.h"

/* clang-format off */
const struct route routes[] = {
    /* Searched from the top: the most frequent first, and a literal path before a pattern that it fits. */
    {"POST",   "/payment-invoices",                          ACCESS_PRIVATE, api_invoices_create_private, NULL},
    {"GET",    "/payment-invoices/{id}",                     ACCESS_PRIVATE, api_invoices_get_private, NULL},
    {"GET",    "/payment-invoices",                          ACCESS_PRIVATE, api_invoices_list, NULL},
    {"POST",   "/payment-invoices/{id}/refund",              ACCESS_PRIVATE, api_refund, NULL},
    {"GET",    "/payment-services",                          ACCESS_PRIVATE, api_services_list, NULL},
    {"GET",    "/payment-services/{id}",                     ACCESS_PRIVATE, api_services_get, NULL},
    {"GET",    "/account/profile",                           ACCESS_PRIVATE, api_account_profile, NULL},
    {"GET",    "/account/balances",                          ACCESS_PRIVATE, api_account_balances, NULL},
    {"GET",    "/payment-exchange-rates/{from}/{to}",        ACCESS_PRIVATE, api_rates_get, NULL},
    {"GET",    "/payout-exchange-rates/{from}/{to}",         ACCESS_PRIVATE, api_rates_get, NULL},

    {"POST",   "/public-api/payment-invoices",               ACCESS_PUBLIC,  api_invoices_create_public, NULL},
    {"POST",   "/public-api/payment-invoices/process",       ACCESS_PUBLIC,  checkout_process, NULL},
    {"GET",    "/public-api/payment-invoices/{id}",          ACCESS_PUBLIC,  api_invoices_get_public, NULL},
    {"POST",   "/public-api/payment-prerequest",             ACCESS_PUBLIC,  api_services_prerequest, NULL},

    {"POST",   "/payout-invoices",                           ACCESS_PRIVATE, api_payouts_create, NULL},
    {"GET",    "/payout-invoices/{id}",                      ACCESS_PRIVATE, api_payouts_get, NULL},
    {"POST",   "/payout-invoices/{id}/process",              ACCESS_PRIVATE, api_payouts_process, NULL},
    {"GET",    "/payout-invoices",                           ACCESS_PRIVATE, api_payouts_list, NULL},
    {"GET",    "/payout-services",                           ACCESS_PRIVATE, api_services_list_payouts, NULL},
    {"GET",    "/payout-services/{id}",                      ACCESS_PRIVATE, api_services_get_payout, NULL},
    {"GET",    "/public-api/payout-invoices/{id}",           ACCESS_PUBLIC,  api_payouts_get_public, NULL},
    {"POST",   "/public-api/payout-prerequest",              ACCESS_PUBLIC,  api_services_prerequest_payout, NULL},

    {"POST",   "/payment/sale",                              ACCESS_GATE,    api_sale, NULL},
    {"POST",   "/acs/{cgi}",                                 ACCESS_PAGE,    checkout_challenge_open, NULL},
    {"GET",    "/complete-auth",                             ACCESS_PAGE,    api_sale_complete, NULL},
    {"POST",   "/complete-auth",                             ACCESS_PAGE,    api_sale_complete, NULL},

    {"GET",    "/redirect/hpp/",                             ACCESS_PAGE,    checkout_redirect, NULL},
    {"GET",    "/hpp/",                                      ACCESS_PAGE,    checkout_order, NULL},
    {"POST",   "/hpp/",                                      ACCESS_PAGE,    checkout_order, NULL},
    {"GET",    "/hpp/{cgi}/challenge",                       ACCESS_PAGE,    checkout_challenge_show, NULL},
    {"POST",   "/hpp/{cgi}/challenge",                       ACCESS_PAGE,    checkout_challenge_submit, NULL},
    {"GET",    "/hpp/{cgi}/look.css",                        ACCESS_PAGE,    checkout_look, NULL},
    {"GET",    "/hpp/{cgi}",                                 ACCESS_PAGE,    checkout_show, NULL},
    {"POST",   "/hpp/{cgi}",                                 ACCESS_PAGE,    checkout_submit, NULL},
    {"GET",    "/return",                                    ACCESS_PAGE,    checkout_return, NULL},
    {"GET",    "/",                                          ACCESS_PAGE,    dashboard_root, NULL},
    {"GET",    "/_mock/",                                    ACCESS_DASHBOARD, dashboard_show, "token"},
    {"GET",    "/_mock/docs/",                               ACCESS_DASHBOARD, docs_show, "token"},
    {"GET",    "/_mock/docs/{page}",                         ACCESS_DASHBOARD, docs_show, "token"},
    {"GET",    "/_mock/assets/{name}",                       ACCESS_PAGE,    page_asset, NULL},

    {"GET",    "/_mock/health",                              ACCESS_CONTROL_OPEN, control_health, NULL},
    {"GET",    "/_mock/openapi.yaml",                        ACCESS_CONTROL, control_openapi, NULL},
    {"POST",   "/_mock/accounts",                            ACCESS_CONTROL, control_accounts_add, NULL},
    {"GET",    "/_mock/accounts",                            ACCESS_CONTROL, control_accounts_list, "limit after"},
    {"GET",    "/_mock/accounts/{id}",                       ACCESS_CONTROL, control_accounts_get, NULL},
    {"PATCH",  "/_mock/accounts/{id}",                       ACCESS_CONTROL, control_accounts_change, NULL},
    {"DELETE", "/_mock/accounts/{id}",                       ACCESS_CONTROL, control_accounts_delete, NULL},
    {"GET",    "/_mock/accounts/{id}/balances",              ACCESS_CONTROL, control_accounts_balances, NULL},
    {"POST",   "/_mock/reset",                               ACCESS_CONTROL, control_reset, NULL},
    {"GET",    "/_mock/clock",                               ACCESS_CONTROL, control_clock_get, NULL},
    {"PUT",    "/_mock/clock",                               ACCESS_CONTROL, control_clock_set, NULL},
    {"POST",   "/_mock/clock/advance",                       ACCESS_CONTROL, control_clock_advance, NULL},
    {"POST",   "/_mock/outcomes",                            ACCESS_CONTROL, control_outcomes_add, NULL},
    {"GET",    "/_mock/outcomes",                            ACCESS_CONTROL, control_outcomes_list, NULL},
    {"DELETE", "/_mock/outcomes",                            ACCESS_CONTROL, control_outcomes_clear, NULL},
    {"GET",    "/_mock/payment-invoices",                    ACCESS_CONTROL, control_invoices_list,
        "limit after search status service currency test_mode"},
    {"GET",    "/_mock/payment-invoices/{id}",               ACCESS_CONTROL, control_invoices_get, NULL},
    {"POST",   "/_mock/payment-invoices/{id}/transition",    ACCESS_CONTROL, control_transition, NULL},
    {"POST",   "/_mock/payment-invoices/{id}/pay",           ACCESS_CONTROL, control_pay, NULL},
    {"GET",    "/_mock/payment-invoices/{id}/timeline",      ACCESS_CONTROL, control_timeline, NULL},
    {"GET",    "/_mock/payout-invoices",                     ACCESS_CONTROL, control_payouts_list,
        "limit after search status service currency test_mode"},
    {"GET",    "/_mock/payout-invoices/{id}",                ACCESS_CONTROL, control_invoices_get, NULL},
    {"POST",   "/_mock/payout-invoices/{id}/transition",     ACCESS_CONTROL, control_transition, NULL},
    {"GET",    "/_mock/payout-invoices/{id}/timeline",       ACCESS_CONTROL, control_timeline, NULL},
    {"GET",    "/_mock/payout-invoices/{id}/export",         ACCESS_CONTROL, control_export, "as"},
    {"GET",    "/_mock/wait",                                ACCESS_CONTROL, control_wait,
        "invoice status callback transition idle within timeout requests sink method path kind reference_id from to unmatched"},
    {"GET",    "/_mock/callbacks",                           ACCESS_CONTROL, control_callbacks_list,
        "limit after invoice state"},
    {"GET",    "/_mock/callbacks/{id}",                      ACCESS_CONTROL, control_callbacks_get, NULL},
    {"POST",   "/_mock/callbacks/{id}/resend",               ACCESS_CONTROL, control_callbacks_resend, NULL},
    {"POST",   "/_mock/faults",                              ACCESS_CONTROL, control_faults_add, NULL},
    {"GET",    "/_mock/faults",                              ACCESS_CONTROL, control_faults_list, "limit after"},
    {"DELETE", "/_mock/faults",                              ACCESS_CONTROL, control_faults_clear, NULL},
    {"DELETE", "/_mock/faults/{id}",                         ACCESS_CONTROL, control_faults_delete, NULL},
    {"POST",   "/_mock/sink/{name}",                         ACCESS_SINK,    control_sink_receive, NULL},
    {"GET",    "/_mock/sink/{name}",                         ACCESS_SINK,    control_sink_receive, NULL},
    {"PATCH",  "/_mock/sink/{name}",                         ACCESS_SINK,    control_sink_receive, NULL},
    {"DELETE", "/_mock/sink/{name}",                         ACCESS_SINK,    control_sink_receive, NULL},
    {"GET",    "/_mock/services",                            ACCESS_CONTROL, control_services_list, "kind"},
    {"GET",    "/_mock/statuses",                            ACCESS_CONTROL, control_statuses_list, NULL},
    {"GET",    "/_mock/sinks",                               ACCESS_CONTROL, control_sinks_list, NULL},
    {"PUT",    "/_mock/sink/{name}",                         ACCESS_CONTROL, control_sink_program, NULL},
    {"GET",    "/_mock/sink/{name}/requests",                ACCESS_CONTROL, control_sink_list,
        "limit after signature invoice order"},
    {"DELETE", "/_mock/sink/{name}/requests",                ACCESS_CONTROL, control_sink_clear, NULL},
    {"POST",   "/_mock/verify-signature",                    ACCESS_CONTROL, control_verify_signature, NULL},
    {"GET",    "/_mock/snapshots",                           ACCESS_CONTROL, control_snapshots_list, "limit after"},
    {"POST",   "/_mock/snapshots/{name}",                    ACCESS_CONTROL, control_snapshots_take, NULL},
    {"GET",    "/_mock/snapshots/{name}",                    ACCESS_CONTROL, control_snapshots_export, NULL},
    {"PUT",    "/_mock/snapshots/{name}",                    ACCESS_CONTROL_LARGE, control_snapshots_import, NULL},
    {"DELETE", "/_mock/snapshots/{name}",                    ACCESS_CONTROL, control_snapshots_delete, NULL},
    {"POST",   "/_mock/snapshots/{name}/restore",            ACCESS_CONTROL, control_snapshots_restore, NULL},
    {"GET",    "/_mock/payment-invoices/{id}/export",        ACCESS_CONTROL, control_export, "as"},
    {"GET",    "/_mock/requests",                            ACCESS_CONTROL, control_requests_list,
        "limit after method path status invoice reference_id from to kind unmatched"},
    {"DELETE", "/_mock/requests",                            ACCESS_CONTROL, control_requests_clear, NULL},
    {"GET",    "/_mock/events",                              ACCESS_CONTROL, control_events, NULL},
    {"GET",    "/_mock/metrics",                             ACCESS_CONTROL, control_metrics, NULL},
};
/* clang-format on */

const size_t routes_count = ARRAY_SIZE(routes);
