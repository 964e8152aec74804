#include "routes.h"

#include "api/api.h"
#include "api/callback_filter.h"
#include "api/control.h"
#include "api/invoice_search.h"
#include "web/web.h"

/* Access, finder of the account, and preconditions. */
#define PRIVATE ACCESS_PRIVATE, account_by_api_key, 0
#define PUBLIC(from) ACCESS_PUBLIC, account_by_##from, 0
#define PUBLIC_FORM(from) ACCESS_PUBLIC, account_by_##from, NEEDS_PAGES
#define GATE ACCESS_GATE, account_by_token, 0
#define PAGE(from) ACCESS_PAGE, account_by_##from, 0
#define FORM(from) ACCESS_PAGE, account_by_##from, NEEDS_PAGES
#define OPEN_PAGE ACCESS_PAGE, NULL, 0
#define CONTROL ACCESS_CONTROL, account_by_query, NEEDS_ACCOUNT
#define RESET ACCESS_CONTROL, account_to_reset, 0
#define LARGE ACCESS_CONTROL_LARGE, account_by_query, NEEDS_ACCOUNT
#define JOURNAL ACCESS_CONTROL, account_by_query, NEEDS_ACCOUNT | NEEDS_JOURNAL
#define ACCOUNT ACCESS_CONTROL, account_in_path, 0
#define SERVER ACCESS_CONTROL, account_by_query, 0
#define HEALTH ACCESS_CONTROL_OPEN, account_by_query, 0
#define DASHBOARD ACCESS_DASHBOARD, NULL, 0
#define SINK ACCESS_SINK, account_by_query, NEEDS_ACCOUNT

/* clang-format off */
const struct route routes[] = {
    /* Searched from the top: frequent routes first, and a literal path before a pattern that
     * matches it. */
    {"POST",   "/payment-invoices",                        PRIVATE,           api_create},
    {"GET",    "/payment-invoices/{id}",                   PRIVATE,           api_get},
    {"GET",    "/payment-invoices",                        PRIVATE,           api_list},
    {"POST",   "/payment-invoices/{id}/refund",            PRIVATE,           api_refund},
    {"GET",    "/refunds/{id}",                            PRIVATE,           api_refund_get},
    {"GET",    "/payment-services",                        PRIVATE,           api_services_list},
    {"GET",    "/payment-services/{id}",                   PRIVATE,           api_services_get},
    {"GET",    "/account/profile",                         PRIVATE,           api_account_profile},
    {"GET",    "/account/balances",                        PRIVATE,           api_account_balances},
    {"GET",    "/payment-exchange-rates/{from}/{to}",      PRIVATE,           api_rates_get},
    {"GET",    "/payout-exchange-rates/{from}/{to}",       PRIVATE,           api_rates_get},

    {"POST",   "/public-api/payment-invoices",             PUBLIC(body_key),  api_create_public},
    {"POST",   "/public-api/payment-invoices/process",     PUBLIC_FORM(form_key), checkout_process},
    {"GET",    "/public-api/payment-invoices/{id}",        PUBLIC(invoice),   api_get_public},
    {"POST",   "/public-api/payment-prerequest",           PUBLIC(body_key),  api_services_prerequest},

    {"POST",   "/payout-invoices",                         PRIVATE,           api_create, INVOICE_PAYOUT},
    {"GET",    "/payout-invoices/{id}",                    PRIVATE,           api_get, INVOICE_PAYOUT},
    {"POST",   "/payout-invoices/{id}/process",            PRIVATE,           api_process, INVOICE_PAYOUT},
    {"GET",    "/payout-invoices",                         PRIVATE,           api_list, INVOICE_PAYOUT},
    {"GET",    "/payout-services",                         PRIVATE,           api_services_list, INVOICE_PAYOUT},
    {"GET",    "/payout-services/{id}",                    PRIVATE,           api_services_get, INVOICE_PAYOUT},
    {"GET",    "/public-api/payout-invoices/{id}",         PUBLIC(invoice),   api_get_public, INVOICE_PAYOUT},
    {"POST",   "/public-api/payout-prerequest",            PUBLIC(body_key),  api_services_prerequest, INVOICE_PAYOUT},

    {"POST",   "/payment/sale",                            GATE,              api_sale},
    {"POST",   "/acs/{cgi}",                               PAGE(session),     checkout_challenge_open},
    {"GET",    "/complete-auth",                           PAGE(pid),         api_sale_complete},
    {"POST",   "/complete-auth",                           PAGE(pid),         api_sale_complete},

    {"GET",    "/redirect/hpp/",                           PAGE(cpi),         checkout_redirect},
    {"GET",    "/hpp/",                                    FORM(page_order),  checkout_order},
    {"POST",   "/hpp/",                                    FORM(page_order),  checkout_order},
    {"GET",    "/hpp/{cgi}/challenge",                     PAGE(session),     checkout_challenge_show},
    {"POST",   "/hpp/{cgi}/challenge",                     FORM(session),     checkout_challenge_submit},
    {"GET",    "/hpp/{cgi}/look.css",                      PAGE(session),     checkout_appearance},
    {"GET",    "/hpp/{cgi}",                               PAGE(session),     checkout_show},
    {"POST",   "/hpp/{cgi}",                               FORM(session),     checkout_submit},
    {"GET",    "/return",                                  PAGE(id),          checkout_return},

    {"GET",    "/",                                        OPEN_PAGE,         dashboard_root},
    {"GET",    "/_mock/",                                  DASHBOARD,         dashboard_show, .query = "token"},
    {"GET",    "/_mock/docs/",                             DASHBOARD,         docs_show, .query = "token"},
    {"GET",    "/_mock/docs/{page}",                       DASHBOARD,         docs_show, .query = "token"},
    {"GET",    "/_mock/assets/{version}/{name}",           OPEN_PAGE,         page_asset_versioned},
    {"GET",    "/_mock/assets/{name}",                     OPEN_PAGE,         page_asset},

    {"GET",    "/_mock/health",                            HEALTH,            control_health},
    {"GET",    "/_mock/openapi.yaml",                      SERVER,            control_openapi},
    {"POST",   "/_mock/accounts",                          SERVER,            control_accounts_add},
    {"GET",    "/_mock/accounts",                          SERVER,            control_accounts_list,
        .query = "limit after"},
    {"GET",    "/_mock/accounts/{id}",                     ACCOUNT,           control_accounts_get},
    {"PATCH",  "/_mock/accounts/{id}",                     ACCOUNT,           control_accounts_change},
    {"DELETE", "/_mock/accounts/{id}",                     ACCOUNT,           control_accounts_delete},
    {"POST",   "/_mock/accounts/{id}/rotate",              ACCOUNT,           control_accounts_rotate},
    {"GET",    "/_mock/accounts/{id}/balances",            ACCOUNT,           control_accounts_balances},
    {"POST",   "/_mock/reset",                             RESET,             control_reset},
    {"GET",    "/_mock/clock",                             CONTROL,           control_clock_get},
    {"PUT",    "/_mock/clock",                             CONTROL,           control_clock_set},
    {"POST",   "/_mock/clock/advance",                     CONTROL,           control_clock_advance},
    {"POST",   "/_mock/outcomes",                          CONTROL,           control_outcomes_add},
    {"GET",    "/_mock/outcomes",                          CONTROL,           control_outcomes_list},
    {"DELETE", "/_mock/outcomes",                          CONTROL,           control_outcomes_clear},
    {"GET",    "/_mock/payment-invoices",                  CONTROL,           control_invoices_list,
        .query = "limit after count " INVOICE_FILTERS},
    {"GET",    "/_mock/payment-invoices/{id}",             CONTROL,           control_invoices_get},
    {"POST",   "/_mock/payment-invoices/{id}/transition",  CONTROL,           control_transition},
    {"POST",   "/_mock/payment-invoices/{id}/pay",         CONTROL,           control_pay},
    {"GET",    "/_mock/payment-invoices/{id}/timeline",    CONTROL,           control_timeline},
    {"GET",    "/_mock/payment-invoices/{id}/document",    CONTROL,           control_document, .query = "as profile"},
    {"GET",    "/_mock/payout-invoices",                   CONTROL,           control_invoices_list, INVOICE_PAYOUT,
        "limit after count " INVOICE_FILTERS},
    {"GET",    "/_mock/payout-invoices/{id}",              CONTROL,           control_invoices_get, INVOICE_PAYOUT},
    {"POST",   "/_mock/payout-invoices/{id}/transition",   CONTROL,           control_transition, INVOICE_PAYOUT},
    {"GET",    "/_mock/payout-invoices/{id}/timeline",     CONTROL,           control_timeline, INVOICE_PAYOUT},
    {"GET",    "/_mock/payout-invoices/{id}/document",     CONTROL,           control_document, INVOICE_PAYOUT, "as profile"},
    {"GET",    "/_mock/payout-invoices/{id}/export",       JOURNAL,           control_export, INVOICE_PAYOUT, "as"},
    {"GET",    "/_mock/wait",                              CONTROL,           control_wait,
        .query = "invoice status callback transition idle within timeout requests sink method path kind reference_id from to unmatched"},
    {"GET",    "/_mock/callbacks",                         CONTROL,           control_callbacks_list,
        .query = "limit after bodies " CALLBACK_FILTERS},
    {"POST",   "/_mock/callbacks",                         CONTROL,           control_callbacks_make},
    {"GET",    "/_mock/callbacks/failures",                CONTROL,           control_callbacks_failures,
        .query = CALLBACK_FILTERS},
    {"POST",   "/_mock/callbacks/resend",                  CONTROL,           control_callbacks_resend_all,
        .query = "limit after " CALLBACK_FILTERS},
    {"GET",    "/_mock/callbacks/{id}",                    CONTROL,           control_callbacks_get},
    {"POST",   "/_mock/callbacks/{id}/resend",             CONTROL,           control_callbacks_resend},
    {"POST",   "/_mock/faults",                            CONTROL,           control_faults_add},
    {"GET",    "/_mock/faults",                            CONTROL,           control_faults_list,
        .query = "limit after"},
    {"DELETE", "/_mock/faults",                            CONTROL,           control_faults_clear},
    {"DELETE", "/_mock/faults/{id}",                       CONTROL,           control_faults_delete},
    {"POST",   "/_mock/sink/{name}",                       SINK,              control_sink_receive},
    {"GET",    "/_mock/sink/{name}",                       SINK,              control_sink_receive},
    {"PATCH",  "/_mock/sink/{name}",                       SINK,              control_sink_receive},
    {"DELETE", "/_mock/sink/{name}",                       SINK,              control_sink_receive},
    {"GET",    "/_mock/statuses",                          SERVER,            control_statuses_list},
    {"GET",    "/_mock/resolutions",                       SERVER,            control_resolutions_list},
    {"GET",    "/_mock/services",                          CONTROL,           control_services_list, .query = "kind"},
    {"PUT",    "/_mock/services/{code}",                   CONTROL,           control_services_change, .query = "kind"},
    {"DELETE", "/_mock/services/{code}",                   CONTROL,           control_services_restore, .query = "kind"},
    {"GET",    "/_mock/sinks",                             CONTROL,           control_sinks_list},
    {"PUT",    "/_mock/sink/{name}",                       CONTROL,           control_sink_program},
    {"GET",    "/_mock/sink/{name}/requests",              CONTROL,           control_sink_list,
        .query = "limit after signature invoice order"},
    {"DELETE", "/_mock/sink/{name}/requests",              CONTROL,           control_sink_clear},
    {"POST",   "/_mock/verify-signature",                  CONTROL,           control_verify_signature},
    {"GET",    "/_mock/snapshots",                         CONTROL,           control_snapshots_list,
        .query = "limit after"},
    {"POST",   "/_mock/snapshots/{name}",                  CONTROL,           control_snapshots_take},
    {"GET",    "/_mock/snapshots/{name}",                  CONTROL,           control_snapshots_export},
    {"PUT",    "/_mock/snapshots/{name}",                  LARGE,             control_snapshots_import},
    {"DELETE", "/_mock/snapshots/{name}",                  CONTROL,           control_snapshots_delete},
    {"POST",   "/_mock/snapshots/{name}/restore",          CONTROL,           control_snapshots_restore},
    {"GET",    "/_mock/payment-invoices/{id}/export",      JOURNAL,           control_export, .query = "as"},
    {"GET",    "/_mock/report",                            CONTROL,           control_report,
        .query = "date format timezone limit after"},
    {"GET",    "/_mock/requests",                          JOURNAL,           control_requests_list,
        .query = "limit after id method path status invoice reference_id from to kind unmatched"},
    {"DELETE", "/_mock/requests",                          JOURNAL,           control_requests_clear},
    {"GET",    "/_mock/events",                            JOURNAL,           control_events},
    {"GET",    "/_mock/metrics",                           SERVER,            control_metrics},
};
/* clang-format on */

const size_t routes_count = ARRAY_SIZE(routes);
