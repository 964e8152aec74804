#include "turn.h"

#include "engine/tenant.h"

#include <stdlib.h>
#include <string.h>

void turn_queue_callback(struct turn *turn, const struct callback *callback, bool ahead)
{
    turn->callbacks = mem_grow(turn->callbacks, turn->n_callbacks, &turn->callbacks_room,
                               sizeof *turn->callbacks);
    turn->callbacks[turn->n_callbacks++] = (struct queued_callback){
        .callback = callback->seq,
        .invoice = callback->invoice,
        .account = callback->account,
        .url = mem_strdup(callback->url),
        .ahead = ahead,
    };
}

void turn_drop_callbacks(struct turn *turn, int64_t account)
{
    size_t kept = 0;
    for (size_t i = 0; i < turn->n_callbacks; i++) {
        if (turn->callbacks[i].account == account) {
            free(turn->callbacks[i].url);
        } else {
            turn->callbacks[kept++] = turn->callbacks[i];
        }
    }
    turn->n_callbacks = kept;
}

void turn_note_change(struct turn *turn, const struct tenant *tenant, int64_t invoice)
{
    turn->changes =
        mem_grow(turn->changes, turn->n_changes, &turn->changes_room, sizeof *turn->changes);
    turn->changes[turn->n_changes++] = (struct turn_change){tenant->journal_id, invoice};
}

void turn_clear(struct turn *turn)
{
    for (size_t i = 0; i < turn->n_callbacks; i++) {
        free(turn->callbacks[i].url);
    }
    turn->n_callbacks = turn->n_changes = 0;
}

void turn_finish(struct turn *turn)
{
    turn_clear(turn);
    free(turn->callbacks);
    free(turn->changes);
}

void turn_set_timer(struct turn *turn, struct tenant *tenant, int64_t due_ms)
{
    if (due_ms == TIME_NONE) {
        return;
    }
    if (!tenant->due_unknown &&
        (tenant->next_due_ms == TIME_NONE || due_ms < tenant->next_due_ms)) {
        tenant->next_due_ms = due_ms;
    }
    /* A time that has passed is due on a frozen clock too. */
    int64_t wall_ms = due_ms <= clock_now(tenant) ? 0 : clock_to_wall(tenant, due_ms);
    if (wall_ms < turn->wake_ms) {
        turn->wake_ms = wall_ms;
    }
}

void turn_recheck(struct turn *turn)
{
    turn->wake_ms = turn->sweep_at_ms = 0;
}

struct advance_event *turn_add_event(struct tenant *tenant, const char *invoice_id, int64_t at_ms)
{
    struct advance_events *events = &tenant->events;
    if (!tenant->advance || events->total++ >= ADVANCE_EVENTS_MOST) {
        return NULL;
    }
    events->list = mem_grow(events->list, events->n, &events->room, sizeof *events->list);
    struct advance_event *event = &events->list[events->n++];
    *event = (struct advance_event){.at_ms = at_ms};
    memcpy(event->invoice, invoice_id, sizeof event->invoice);
    return event;
}
