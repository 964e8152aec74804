#include "view_member.h"

static const void *field(const struct view_member *member, const struct view_invoice *view)
{
    return (const char *)view->invoice + member->offset;
}

/* ------------------------------------------------------------------ fields as they are */

VIEW_MEMBER(text)
{
    (void)kind;
    json_out_text(out, member->key, *(const char *const *)field(member, view));
}

VIEW_MEMBER(raw)
{
    (void)kind;
    json_out_raw(out, member->key, *(const char *const *)field(member, view));
}

VIEW_MEMBER(money)
{
    (void)kind;
    json_out_money(out, member->key, *(const int64_t *)field(member, view));
}

VIEW_MEMBER(seconds)
{
    (void)kind;
    json_out_seconds(out, member->key, *(const int64_t *)field(member, view));
}

/* ------------------------------------------------------------------ what is always the same */

VIEW_MEMBER(null)
{
    (void)view, (void)kind;
    json_out_null(out, member->key);
}

VIEW_MEMBER(empty)
{
    (void)view, (void)kind;
    json_out_raw(out, member->key, "[]");
}

VIEW_MEMBER(false)
{
    (void)view, (void)kind;
    json_out_bool(out, member->key, false);
}

/* ------------------------------------------------------------------ in both profiles */

VIEW_MEMBER(status)
{
    (void)kind;
    json_out_text(out, member->key, status_name(view->invoice->status));
}

VIEW_MEMBER(test_mode)
{
    (void)kind;
    json_out_bool(out, member->key, view->invoice->test_mode);
}

VIEW_MEMBER(service_currency)
{
    (void)kind;
    json_out_text(out, member->key, view_service_of(view)->currency);
}

VIEW_MEMBER(service_flow)
{
    (void)kind;
    json_out_text(out, member->key, view_service_of(view)->flow);
}

VIEW_MEMBER(flow_data)
{
    (void)kind;
    view_flow_data(out, member->key, view);
}

VIEW_MEMBER(payment_flow)
{
    static const char *const names[] = {[FLOW_CHARGE] = "charge", [FLOW_VERIFY] = "verify"};
    (void)kind;
    json_out_text(out, member->key, names[view->invoice->flow]);
}

VIEW_MEMBER(source)
{
    (void)kind;
    json_out_text(out, member->key, view_source_name(view->invoice->source));
}

VIEW_MEMBER(callback_logs)
{
    view_write_callback_logs(out, member->key, view, kind);
}
