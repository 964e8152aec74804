/* The control API (server/docs/control.md): everything under /_mock/. One file per thing it
 * controls. */
#pragma once

#include "call/call.h"

/* control.c: the server itself */
struct answer *control_health(struct call *call);
struct answer *control_openapi(struct call *call);

/* control_account.c */
struct answer *control_accounts_add(struct call *call);
struct answer *control_accounts_list(struct call *call);
struct answer *control_accounts_get(struct call *call);
struct answer *control_accounts_change(struct call *call);
struct answer *control_accounts_delete(struct call *call);
struct answer *control_accounts_balances(struct call *call);
struct answer *control_reset(struct call *call);
/* The reply of calls that make or change one. */
struct answer *control_reply_account(struct call *call, unsigned status,
                                     const struct tenant *tenant) ATTR_ANSWER;
/* control_rotate.c */
struct answer *control_accounts_rotate(struct call *call);

/* control_clock.c */
struct answer *control_clock_get(struct call *call);
struct answer *control_clock_set(struct call *call);
struct answer *control_clock_advance(struct call *call);

/* control_outcome.c */
struct answer *control_outcomes_add(struct call *call);
struct answer *control_outcomes_list(struct call *call);
struct answer *control_outcomes_clear(struct call *call);

/* control_invoice.c */
struct answer *control_transition(struct call *call);
struct answer *control_pay(struct call *call);

/* control_invoice_list.c */
struct answer *control_invoices_list(struct call *call);
struct answer *control_invoices_get(struct call *call);
/* What GET /_mock/payment-invoices?limit= answers, for pages. */
void control_invoices_write(struct buf *out, struct call *call, const struct tenant *tenant,
                            int64_t limit);

/* control_snapshot.c */
struct answer *control_snapshots_list(struct call *call);
struct answer *control_snapshots_take(struct call *call);
struct answer *control_snapshots_restore(struct call *call);
struct answer *control_snapshots_delete(struct call *call);
struct answer *control_snapshots_export(struct call *call);
struct answer *control_snapshots_import(struct call *call);

/* control_timeline.c */
struct answer *control_timeline(struct call *call);

/* control_document.c */
struct answer *control_document(struct call *call);

/* control_export.c */
struct answer *control_export(struct call *call);

/* control_report.c */
struct answer *control_report(struct call *call);

/* control_requests.c */
struct answer *control_requests_list(struct call *call);
struct answer *control_requests_clear(struct call *call);

/* event_stream.c */
struct answer *control_events(struct call *call);

/* control_metrics.c */
struct answer *control_metrics(struct call *call);

/* control_callback.c: one */
struct answer *control_callbacks_get(struct call *call);
struct answer *control_callbacks_resend(struct call *call);
/* The reply of calls that make or change one. */
struct answer *control_reply_callback(struct call *call, unsigned status,
                                      const struct callback *callback) ATTR_ANSWER;
/* control_callback_make.c */
struct answer *control_callbacks_make(struct call *call);
/* control_callbacks.c: those that match filters */
struct answer *control_callbacks_list(struct call *call);
struct answer *control_callbacks_failures(struct call *call);
struct answer *control_callbacks_resend_all(struct call *call);

/* control_sink.c */
struct answer *control_sink_receive(struct call *call);
struct answer *control_sink_program(struct call *call);
struct answer *control_sink_list(struct call *call);
struct answer *control_sink_clear(struct call *call);
struct answer *control_sinks_list(struct call *call);

/* control_service.c */
struct answer *control_services_list(struct call *call);
struct answer *control_services_change(struct call *call);
struct answer *control_services_restore(struct call *call);

/* control_status.c */
struct answer *control_statuses_list(struct call *call);
struct answer *control_resolutions_list(struct call *call);
void control_statuses_write(struct buf *out); /* what GET /_mock/statuses answers, for pages */

/* control_signature.c */
struct answer *control_verify_signature(struct call *call);

/* control_wait.c */
struct answer *control_wait(struct call *call);

/* control_fault.c */
struct answer *control_faults_add(struct call *call);
struct answer *control_faults_list(struct call *call);
struct answer *control_faults_clear(struct call *call);
struct answer *control_faults_delete(struct call *call);

/* ------------------------------------------------------------------ what they share */

/* The body as an object. `optional`: no body at all is NULL. Refuses with 400. */
struct answer *control_body(struct call *call, bool optional, json_t **ret_body) ATTR_MUST_USE;

/*
 * Reads the body by a field table; unknown names are errors. `optional`: no body at all is an empty
 * object. Refuses with 400 or 422.
 */
struct answer *control_read(struct call *call, bool optional, const struct json_field *fields,
                            size_t n, void *into) ATTR_MUST_USE;

/* 422 with every error in one message. */
struct answer *control_reply_errors(struct call *call,
                                    const struct json_errors *errors) ATTR_ANSWER;

/* {NAME: TEXT}: the deleted or reset thing. */
struct answer *control_reply_text(struct call *call, const char *name,
                                  const char *text) ATTR_ANSWER;

/* A payment or a payout by id; 404 if the account has none. */
struct answer *control_find_invoice(struct call *call, const char *id,
                                    struct invoice *ret_invoice) ATTR_MUST_USE;

/* The first id of the path, of the path's kind; 404 otherwise. */
struct answer *control_find_in_path(struct call *call, struct invoice *ret_invoice) ATTR_MUST_USE;

/* {"data":{..}}, the private document. */
struct answer *control_reply_invoice(struct call *call, unsigned status,
                                     const struct invoice *invoice) ATTR_ANSWER;

/* A page of large items ends after so many bytes; further items are on the next page. */
#define CONTROL_PAGE_BYTES ((size_t)512 << 10)

/* The paging of lists: ?limit= (100, at most 1000) and ?after= (NULL when absent). */
struct answer *control_read_page(struct call *call, int64_t *ret_limit,
                                 const char **ret_after) ATTR_MUST_USE;

/* ?name=true or false, also 1 and 0; the value stays if it is absent. */
struct answer *control_read_bool(struct call *call, const char *name, bool *value) ATTR_MUST_USE;

/* A code like 404 or 4xx as its least and its most. Returns false if it is neither. */
bool control_read_codes(const char *text, int64_t *ret_least, int64_t *ret_most);

/* callback_view.c: a callback with every attempt (server/docs/bodies.md, Callback), raw, or without
 * headers and bodies. */
enum callback_detail { CALLBACK_RAW, CALLBACK_BRIEF };
void callback_view(struct call *call, struct json_out *out, enum callback_detail detail,
                   const struct callback *callback, const struct invoice *invoice);

/* The member "answer": the first line of the body that answered the last attempt, cut, or null. */
void callback_answer(struct call *call, struct json_out *out, int64_t callback);

/*
 * fault_read.c: reads and checks a fault; its texts live in the call's arena. 422 when a name is
 * unknown (and says the nearest), a parameter does not belong to the fault or is out of range.
 */
struct answer *fault_read(struct call *call, const json_t *body,
                          struct fault *ret_fault) ATTR_MUST_USE;
