#include "invoice.h"

#include "base/attr.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char *const state_names[] = {
    [CALLBACK_QUEUED] = "queued", [CALLBACK_SENDING] = "sending", [CALLBACK_DONE] = "done",
    [CALLBACK_FAILED] = "failed", [CALLBACK_DROPPED] = "dropped",
};

const char *callback_state_name(enum callback_state state)
{
    return state_names[state];
}

bool callback_is_undelivered(enum callback_state state)
{
    return state != CALLBACK_DONE && state != CALLBACK_DROPPED;
}

bool callback_state_parse(const char *name, enum callback_state *ret_state)
{
    for (size_t i = 0; i < ARRAY_SIZE(state_names); i++) {
        if (text_equal(name, state_names[i])) {
            *ret_state = (enum callback_state)i;
            return true;
        }
    }
    return false;
}

bool invoice_awaits_choice(const struct invoice *invoice)
{
    return invoice->status == STATUS_CREATED && !invoice->service;
}

int64_t invoice_worth(const struct invoice *invoice)
{
    if (invoice->processed_deposit == MONEY_NONE) {
        return 0;
    }
    int64_t back = money_add(money_or_zero(invoice->refunded_amount),
                             money_or_zero(invoice->charged_back_amount));
    return money_add(invoice->processed_deposit, -back);
}

void invoice_schedule(struct invoice *invoice)
{
    bool waits = invoice->status == STATUS_CREATED || invoice->status == STATUS_PROCESS_PENDING;
    int64_t due_ms = waits ? invoice->expires_ms : TIME_NONE;
    if (invoice->plan_due_ms != TIME_NONE &&
        (due_ms == TIME_NONE || invoice->plan_due_ms < due_ms)) {
        due_ms = invoice->plan_due_ms;
    }
    invoice->due_ms = due_ms;
}

void callback_id(int64_t seq, char ret_id[IDENT_TEXT])
{
    snprintf(ret_id, IDENT_TEXT, "cb_%lld", (long long)seq);
}

bool callback_id_read(const char *id, int64_t *ret_seq)
{
    return strncmp(id, "cb_", 3) == 0 && text_to_int(id + 3, ret_seq) && *ret_seq > 0;
}
