#include "outcome.h"

#include "base/attr.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum outcome_kind outcome_kind(const char *text)
{
    static const uint32_t refund = STATUS_BIT(STATUS_REFUND_PENDING) | STATUS_BIT(STATUS_REFUNDED) |
                                   STATUS_BIT(STATUS_PARTIALLY_REFUNDED) |
                                   STATUS_BIT(STATUS_REFUND_FAILED) | STATUS_BIT(STATUS_REFUNDING);
    char name[64];
    enum status first;
    text += strspn(text, " ");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ":@,"), text);
    return status_parse(name, &first) && (refund & STATUS_BIT(first)) ? OUTCOME_OF_REFUND
                                                                      : OUTCOME_OF_PAYMENT;
}

enum status outcome_start(enum outcome_kind kind)
{
    return kind == OUTCOME_OF_REFUND ? STATUS_REFUND_PENDING : STATUS_PROCESS_PENDING;
}

#define WRONG "the outcome is wrong" /* for callers that need no reason */

struct reader {
    const struct resolution_set *extra;
    struct arena *arena; /* of reasons, or NULL if they are not needed */
};

static const char *refuse(const struct reader *r, const char *format, ...) ATTR_PRINTF(2, 3);

static const char *refuse(const struct reader *r, const char *format, ...)
{
    if (!r->arena) {
        return WRONG;
    }
    va_list args;
    va_start(args, format);
    const char *why = arena_vprintf(r->arena, format, args);
    va_end(args);
    return why;
}

static bool copy_text(char *to, size_t size, const char *from)
{
    size_t length = strlen(from);
    if (length >= size) {
        return false;
    }
    memcpy(to, from, length + 1);
    return true;
}

/* Splits at the first `mark`; the part behind it, or NULL. */
static char *split(char *text, char mark)
{
    char *at = strchr(text, mark);
    if (at) {
        *at++ = '\0';
    }
    return at;
}

static const char *read_resolution(const struct reader *r, const char *name,
                                   struct outcome_step *step)
{
    const char *known = name ? resolution_find(name, r->extra) : NULL;
    if (name && !known) {
        return r->arena ? resolution_unknown(name, r->extra, r->arena) : WRONG;
    }
    if (known && !status_takes_resolution(step->status, known)) {
        return refuse(r,
                      status_is_failure(step->status) ? "%s cannot carry the resolution %s"
                                                      : "%s carries the resolution ok, not %s",
                      status_name(step->status), known);
    }
    const char *kept = known ? known : status_resolution(step->status);
    bool fits = copy_text(step->resolution, sizeof step->resolution, kept);
    return fits ? NULL : refuse(r, "the resolution is too long");
}

/* People also write the reason of a failure alone: "declined" for process_failed:declined. */
static const char *unknown_status(const struct reader *r, const char *text)
{
    struct nearest nearest = status_nearest(text);
    const char *name;
    for (size_t i = 0; (name = resolution_at(i, r->extra)); i++) {
        if (status_takes_resolution(STATUS_PROCESS_FAILED, name)) {
            nearest_offer_as(
                &nearest, name,
                arena_printf(r->arena, "%s:%s", status_name(STATUS_PROCESS_FAILED), name));
        }
    }
    return refuse(r, "unknown status \"%s\"%s", text,
                  nearest_hint(&nearest, r->arena, STATUS_LIST));
}

static const char *read_step(const struct reader *r, char *text, struct outcome_step *ret_step)
{
    struct outcome_step step = {.delay_ms = OUTCOME_NO_DELAY};
    const char *delay = split(text, '@');
    const char *resolution = split(text, ':');
    if (delay && !text_to_duration(delay, &step.delay_ms)) {
        return refuse(r, "\"%s\" is not a delay: use a whole number and ms, s, m, h or d", delay);
    }
    if (text_equal_nocase(text, "expired")) {
        if (resolution && !text_equal_nocase(resolution, RESOLUTION_EXPIRED)) {
            return refuse(r, "expired cannot be given a resolution");
        }
        resolution = RESOLUTION_EXPIRED;
        text = (char *)status_name(STATUS_PROCESS_FAILED);
        step.delay_ms = delay ? step.delay_ms : 0;
    }
    if (!status_parse(text, &step.status)) {
        return r->arena ? unknown_status(r, text) : WRONG;
    }
    const char *why = read_resolution(r, resolution, &step);
    if (!why) {
        *ret_step = step;
    }
    return why;
}

/* By the tables of both kinds: the kind of the invoice is not known here. */
static bool may_follow(enum status from, enum status to)
{
    return status_may_become(from, to) || status_payout_may_become(from, to);
}

const char *outcome_parse(const char *text, enum status from, const struct resolution_set *extra,
                          struct arena *arena, struct outcome *ret_outcome)
{
    struct reader r = {extra, arena};
    struct outcome outcome = {0};
    enum status before = from;
    char copy[OUTCOME_TEXT];
    if (!copy_text(copy, sizeof copy, text)) {
        return refuse(&r, "an outcome must have at most %d characters", OUTCOME_TEXT - 1);
    }
    for (char *part = copy; part;) {
        char *rest = split(part, ',');
        part += strspn(part, " ");
        if (outcome.n == OUTCOME_STEPS) {
            return refuse(&r, "an outcome must have at most %d steps", OUTCOME_STEPS);
        }
        struct outcome_step *step = &outcome.steps[outcome.n];
        const char *why = read_step(&r, part, step);
        if (why) {
            return why;
        }
        bool stays = step->status == before && outcome.n == 0;
        if (!stays && !may_follow(before, step->status)) {
            return refuse(&r, "%s cannot become %s", status_name(before),
                          status_name(step->status));
        }
        before = step->status;
        outcome.n++;
        part = rest;
    }
    *ret_outcome = outcome;
    return NULL;
}

const char *outcome_is_in(const struct outcome *outcome, enum profile profile, struct arena *arena)
{
    const struct reader r = {NULL, arena};
    for (int i = 0; i < outcome->n; i++) {
        enum status status = outcome->steps[i].status;
        if (!status_is_in(status, profile)) {
            return refuse(&r, STATUS_NEWER_REASON, status_name(status), profile_names[profile]);
        }
    }
    return NULL;
}

const char *outcome_fits(const struct outcome *outcome, const struct outcome_subject *subject,
                         struct arena *arena)
{
    const struct reader r = {NULL, arena};
    struct invoice at = {
        .seq = invoice_kinds[subject->kind].first, .flow = subject->flow, .status = subject->from};
    const char *why = outcome_is_in(outcome, subject->profile, arena);
    if (why) {
        return why;
    }
    for (int i = 0; i < outcome->n; i++) {
        enum status next = invoice_success(&at, outcome->steps[i].status);
        bool stays = i == 0 && next == at.status;
        if (!stays && !invoice_may_become(&at, next)) {
            return refuse(&r, "a %s invoice that is %s cannot become %s",
                          invoice_kinds[subject->kind].noun, status_name(at.status),
                          status_name(next));
        }
        if (!invoice_can_be(&at, next)) {
            return refuse(&r, "a %s invoice with the flow %s cannot become %s",
                          invoice_kinds[subject->kind].noun, invoice_flows[subject->flow],
                          status_name(next));
        }
        at.status = next;
    }
    return NULL;
}

void outcome_format(const struct outcome *outcome, int from, char ret_text[OUTCOME_TEXT])
{
    int at = 0;
    ret_text[0] = '\0';
    for (int i = from; i < outcome->n; i++) {
        const struct outcome_step *step = &outcome->steps[i];
        char delay[32] = "";
        if (step->delay_ms != OUTCOME_NO_DELAY) {
            snprintf(delay, sizeof delay, "@%lldms", (long long)step->delay_ms);
        }
        at += snprintf(ret_text + at, OUTCOME_TEXT - (size_t)at, "%s%s:%s%s", i > from ? "," : "",
                       status_name(step->status), step->resolution, delay);
        if (at >= OUTCOME_TEXT) {
            ret_text[0] = '\0'; /* cannot be: OUTCOME_TEXT holds eight of the longest steps */
            return;
        }
    }
}
