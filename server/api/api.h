/* The platform's two APIs: the handlers, the finders of their accounts (struct route), and what the
 * handlers share. */
#pragma once

#include "api/order.h"
#include "call/call.h"

/* api_account.c: the account's own data (P651, P652); and the fixtures' exchange rates, the same
 * for payments and payouts (P654) */
struct answer *api_account_profile(struct call *call);
struct answer *api_account_balances(struct call *call);
struct answer *api_rates_get(struct call *call);

/* Invoices of the route's kind. api_invoices.c: through both APIs (P351, P451, P501, P605, P609);
 * api_invoice_list.c: the lists (P513, P517; list_filter.h); api_process.c: the start of a
 * payout
 */
struct answer *api_create(struct call *call);
struct answer *api_create_public(struct call *call);
struct answer *api_get(struct call *call);
struct answer *api_get_public(struct call *call);
struct answer *api_list(struct call *call);
struct answer *api_process(struct call *call);

/* api_refund.c (P551, P571) */
struct answer *api_refund(struct call *call);
struct answer *api_refund_get(struct call *call);

/* api_sale.c: the card gate, host to host: paying by card without a page (P701); and the TermUrl,
 * back from 3-D Secure to the shop */
struct answer *api_sale(struct call *call);
struct answer *api_sale_complete(struct call *call);

/* api_services.c: the list and the resource (P315) and the public prerequest (P301); of payouts the
 * same (P603) */
struct answer *api_services_list(struct call *call);
struct answer *api_services_get(struct call *call);
struct answer *api_services_prerequest(struct call *call);

/* ------------------------------------------------------------------ whose call it is */

/*
 * account_find.c: finders by the public key in a JSON body, in a form, and in the query or the form
 * of /hpp/, where `cpi` may name an invoice instead. They set call->fields. No account is found by
 * a key that is missing or unknown: the handler says so.
 */
struct answer *account_by_body_key(struct call *call);
struct answer *account_by_form_key(struct call *call);
struct answer *account_by_page_order(struct call *call);

/*
 * By an invoice, which becomes call->found: the public API's reading, where the unguessable id is
 * the capability and a ?public_key= must be of the invoice's account (P163); the Bearer token of a
 * card session; the card session ?pid=.
 */
struct answer *account_by_invoice(struct call *call);
struct answer *account_by_token(struct call *call);
struct answer *account_by_pid(struct call *call);

/* By ?account=, else the demo account. Leaves call->tenant NULL if that is the demo account and it
 * was deleted. */
struct answer *account_to_reset(struct call *call);

/* Sets call->found to the invoice, and the call's account to its account. Returns NULL if `invoice`
 * was not found or its account was deleted. */
struct tenant *account_of(struct call *call, bool found, const struct invoice *invoice);

/* ------------------------------------------------------------------ what they share */

/* Finds an invoice of the account and of the route's kind. Returns false if none has this id. */
bool api_find(struct call *call, const char *id, struct invoice *ret_invoice);

/* missing.c: 404 for an id that leads to no invoice of the route's kind, or to no refund, with the
 * reason: whose it is, or where ids are listed. The second gives only the reason. */
struct answer *api_missing(struct call *call, const char *id) ATTR_ANSWER;
void api_say_missing(struct call *call, const char *id);
struct answer *api_missing_refund(struct call *call, const char *id) ATTR_ANSWER;

/* missing.c: the error of a payout that the balance does not cover. */
void api_say_uncovered(struct call *call, struct json_errors *errors);

/* 403 of an account that is not active. */
struct answer *api_check_active(struct call *call) ATTR_MUST_USE;

/* Writes a document of view/view_invoice.h. */
typedef void (*invoice_writer)(struct json_out *, const struct view_invoice *, enum view_kind);

/* api_invoices.c: {"data": the invoice} of call->tenant, and the journal knows which one it was. */
struct answer *invoice_reply(struct call *call, unsigned status, const struct invoice *invoice,
                             invoice_writer write, enum view_kind kind) ATTR_ANSWER;

/* 409: an error with `detail`, and the conflicting invoice as a GET shows it (P1016). */
struct answer *invoice_reply_conflict(struct call *call, const struct invoice *invoice,
                                      const char *detail, invoice_writer write) ATTR_ANSWER;

/* The same if the reference_id is in use by an invoice. */
struct answer *invoice_reply_repeated(struct call *call, const struct invoice *earlier,
                                      invoice_writer write) ATTR_ANSWER;

/* api_refund.c: the same for a refund: with its invoice, or with itself if it is a resource. */
struct answer *refund_reply_repeated(struct call *call, const struct refund *earlier,
                                     const struct invoice *invoice) ATTR_ANSWER;

/* Begins the reply of these: the errors are written, and the member `data` follows. The detail is
 * also the reason of the refusal, and lives as long as the call. */
struct json_out api_conflict_begin(struct call *call, const char *detail);

/* router.conflict, for a fault with status 409: the answer of a call that repeats an earlier one or
 * starts a payout again; NULL if it repeats none. Real repeats are answered by order_create. */
struct answer *conflict_reply(struct call *call);

/* Its part in api_process.c: 409 of a payout that has started, where the call would start one. */
struct answer *api_process_conflict(struct call *call);

/* api_invoice_list.c: a member of a query's map, e.g. filter[status]; NULL when absent or no plain
 * value. */
const char *query_bracket(struct http_request *request, const char *map, const char *name);

/*
 * Reads page[name], a whole number from 1; above `most` it counts as `most`. Absent: *value stays.
 * An error goes into the list under "page[name]".
 */
void paging_read_int(struct http_request *request, const char *name, int64_t most, int64_t *value,
                     struct json_errors *errors);

/* The field of a refund at the path of an error, or NULL. */
const struct json_field *api_refund_field(const char *path);
