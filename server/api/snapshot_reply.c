#include "snapshot_reply.h"

void snapshot_write(struct json_out *out, const struct snapshot *snapshot)
{
    json_out_text(out, "name", snapshot->name);
    json_out_seconds(out, "created", snapshot->created_ms);
    json_out_int(out, "invoices", snapshot->invoices);
}

void snapshot_reply_refusal(struct call *call, enum snapshot_result result)
{
    switch (result) {
    case SNAPSHOT_ADVANCING:
        call_control_error(call, 409, "advancing", "the clock is being advanced by another call");
        break;
    case SNAPSHOT_TOO_MANY:
        call_control_error(call, 409, "too_many_snapshots",
                           "the account has %d snapshots already; delete some", SNAPSHOTS_MOST);
        break;
    case SNAPSHOT_TOO_LARGE:
        call_control_error(call, 409, "snapshot_too_large",
                           "a snapshot has at most %d invoices, and its file %zu MiB",
                           SNAPSHOT_INVOICES_MOST, SNAPSHOT_FILE_MOST >> 20);
        break;
    case SNAPSHOT_DONE:
        break;
    }
}
