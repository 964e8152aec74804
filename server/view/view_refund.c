/* Refunds as resources, which the profile of 2025 has (P573). */
#include "view/view_parts.h"

void view_refund(struct json_out *out, const char *key, const struct refund *refund,
                 const struct invoice *invoice)
{
    static const enum status statuses[] = {[REFUND_PENDING] = STATUS_PROCESS_PENDING,
                                           [REFUND_DONE] = STATUS_PROCESSED,
                                           [REFUND_FAILED] = STATUS_PROCESS_FAILED};
    json_out_object(out, key);
    json_out_text(out, "type", "refunds");
    json_out_text(out, "id", refund->id);
    json_out_object(out, "attributes");
    json_out_text(out, "reference_id", refund->reference_id);
    json_out_null(out, "original_id");
    json_out_text(out, "description", refund->description);
    json_out_text(out, "status", status_name(statuses[refund->status]));
    json_out_money(out, "amount", refund->amount);
    json_out_money(out, "fee", 0);
    json_out_text(out, "currency", invoice->currency);
    json_out_seconds(out, "created", refund->created_ms);
    json_out_object_end(out);
    view_self_link(out, "\\/refunds\\/", refund->id); /* without /api (P107) */
    json_out_object_end(out);
}
