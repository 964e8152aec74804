/* A snapshot's file as it was read: checked, but with the numbers of the server that wrote it. */
#pragma once

#include "domain/balance.h"
#include "engine/engine.h"
#include "json/json_read.h"

struct file_callback {
    struct callback callback;
    struct attempt *attempts;
    size_t n_attempts;
};

struct file_invoice {
    struct invoice invoice;
    struct transition *transitions;
    size_t n_transitions;
    struct file_callback *callbacks;
    size_t n_callbacks;
    struct refund *refunds;
    size_t n_refunds;
};

struct snapshot_file {
    int64_t created_ms;
    bool frozen; /* its clock */
    int64_t now_ms;
    const char *settings; /* JSON text */
    const char **outcomes;
    size_t n_outcomes;
    struct ledger_balance *balances; /* what moved, by currency */
    size_t n_balances;
    struct file_invoice *invoices;
    size_t n_invoices;
};

/*
 * Reads and checks the whole document. What follows from other values is filled in, but for ids,
 * numbers, signatures and callback_logs. False: `errors` say what is wrong, up to the first
 * invoice that has errors. Everything lives in the arena of `errors`.
 */
bool snapshot_file_read(const struct engine *engine, const json_t *document,
                        struct json_errors *errors, struct snapshot_file *ret_file);
