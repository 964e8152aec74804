/* The control API (server/docs/control.md): everything under /_mock/. One file per thing it
 * controls. */
#pragma once

#include "call/call.h"

/* control.c: the server itself */
void control_health(struct call *call);
void control_openapi(struct call *call);

/* control_account.c */
void control_accounts_add(struct call *call);
void control_accounts_list(struct call *call);
void control_accounts_get(struct call *call);
void control_accounts_change(struct call *call);
void control_accounts_delete(struct call *call);
void control_accounts_balances(struct call *call);
void control_reset(struct call *call);

/* control_clock.c */
void control_clock_get(struct call *call);
void control_clock_set(struct call *call);
void control_clock_advance(struct call *call);

/* control_outcome.c */
void control_outcomes_add(struct call *call);
void control_outcomes_list(struct call *call);
void control_outcomes_clear(struct call *call);

/* control_invoice.c */
void control_transition(struct call *call);
void control_pay(struct call *call);

/* control_invoice_list.c */
void control_invoices_list(struct call *call);
void control_payouts_list(struct call *call);
void control_invoices_get(struct call *call);

/* control_snapshot.c */
void control_snapshots_list(struct call *call);
void control_snapshots_take(struct call *call);
void control_snapshots_restore(struct call *call);
void control_snapshots_delete(struct call *call);
void control_snapshots_export(struct call *call);
void control_snapshots_import(struct call *call);

/* control_timeline.c */
void control_timeline(struct call *call);

/* control_export.c */
void control_export(struct call *call);

/* control_requests.c */
void control_requests_list(struct call *call);
void control_requests_clear(struct call *call);

/* event_stream.c */
void control_events(struct call *call);

/* control_metrics.c */
void control_metrics(struct call *call);

/* control_callback.c */
void control_callbacks_list(struct call *call);
void control_callbacks_get(struct call *call);
void control_callbacks_resend(struct call *call);

/* control_sink.c */
void control_sink_receive(struct call *call);
void control_sink_program(struct call *call);
void control_sink_list(struct call *call);
void control_sink_clear(struct call *call);

/* control_sink_names.c */
void control_sinks_list(struct call *call);

/* control_service.c */
void control_services_list(struct call *call);

/* control_status.c */
void control_statuses_list(struct call *call);

/* control_signature.c */
void control_verify_signature(struct call *call);

/* control_wait.c */
void control_wait(struct call *call);

/* control_fault.c */
void control_faults_add(struct call *call);
void control_faults_list(struct call *call);
void control_faults_clear(struct call *call);
void control_faults_delete(struct call *call);

/* ------------------------------------------------------------------ what they share */

/* The account of the call; answers 404 and returns false when there is none (the demo account was
 * deleted). */
bool control_has_tenant(struct call *call);

/* The account of the path; answers 404 and returns NULL when there is none. */
struct tenant *control_find_account(struct call *call);

/*
 * The body as an object. `optional`: no body at all is NULL with *ret_good true. Answers 400 and
 * gives NULL and false when it is none.
 */
const json_t *control_body(struct call *call, bool optional, bool *ret_good);

/*
 * Reads the body by a field table; unknown names are errors. `optional`: no body at all is an empty
 * object. Answers 400 or 422 and returns false on an error.
 */
bool control_read(struct call *call, bool optional, const struct json_field *fields, size_t n,
                  void *into);

/* Answers 422 with every error in one message. */
void control_reply_errors(struct call *call, const struct json_errors *errors);

/* A payment or a payout, as the id says; answers 404 and returns false when the account has none.
 */
bool control_find_invoice(struct call *call, const char *id, struct invoice *ret_invoice);

/* The one that the path names first, of the kind that the path is of; 404 otherwise. */
bool control_find_in_path(struct call *call, struct invoice *ret_invoice);

/* {"data":{..}}, the private document. */
void control_reply_invoice(struct call *call, unsigned status, const struct invoice *invoice);

/* Answers 409 and returns false when the server keeps no journal. */
bool control_has_journal(struct call *call);

/* A page of items that can be large ends after so many bytes; further items are on the next. */
#define CONTROL_PAGE_BYTES ((size_t)512 << 10)

/* The paging of lists: ?limit= (100, at most 1000) and ?after= (a number, TIME_NONE when absent).
 */
bool control_read_page(struct call *call, int64_t *ret_limit, const char **ret_after);
