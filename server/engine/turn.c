#include "turn.h"

#include "base/die.h"
#include "base/wall.h"
#include "engine/engine.h"

#include <search.h>
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
        .second_after_ms = callback->second_after_ms,
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

/* ------------------------------------------------------------------ callbacks behind a barrier */

/* A barrier, or a callback that waits behind one. */
struct first_item {
    uint64_t request; /* of a barrier whose reply is not sent yet, else 0 */
    int64_t delay_ms; /* a barrier's */
    int64_t at_ms;    /* when it may pass; TIMER_NEVER: not before the reply is sent; a callback may
                         pass as soon as it is first */
    struct first_gate *gate;
    struct queued_callback fresh; /* `callback` 0: this is a barrier */
    LIST_ENTRY(first_item) unanswered;
    STAILQ_ENTRY(first_item) next;
};

/* An invoice with a barrier, which stands first in its queue. */
struct first_gate {
    int64_t invoice;  /* first: what the tree compares */
    struct timer due; /* when the first barrier opens */
    struct engine *engine;
    STAILQ_HEAD(, first_item) items;
    LIST_ENTRY(first_gate) sibling; /* of the same account */
};

static int compare_gates(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static struct first_gate *find_gate(const struct first_callbacks *firsts, int64_t invoice)
{
    struct first_gate **found = tfind(&invoice, &firsts->by_invoice, compare_gates);
    return found ? *found : NULL;
}

static struct first_gate *add_gate(struct engine *engine, struct tenant *tenant, int64_t invoice)
{
    struct first_gate *gate = mem_alloc(sizeof *gate);
    *gate = (struct first_gate){.invoice = invoice, .due = {.order = invoice}, .engine = engine};
    STAILQ_INIT(&gate->items);
    if (!tsearch(gate, &engine->firsts.by_invoice, compare_gates)) {
        die_of_memory(0);
    }
    LIST_INSERT_HEAD(&tenant->first_gates, gate, sibling);
    return gate;
}

/* The item waits for a time instead of a reply. */
static void set_time(struct first_item *item, int64_t at_ms)
{
    if (item->request) {
        LIST_REMOVE(item, unanswered);
    }
    item->request = 0;
    item->at_ms = at_ms;
}

static void remove_first(struct first_gate *gate)
{
    struct first_item *item = STAILQ_FIRST(&gate->items);
    STAILQ_REMOVE_HEAD(&gate->items, next);
    set_time(item, 0);
    free(item->fresh.url);
    free(item);
}

static void drop_gate(struct first_gate *gate)
{
    struct first_callbacks *firsts = &gate->engine->firsts;
    while (!STAILQ_EMPTY(&gate->items)) {
        remove_first(gate);
    }
    tdelete(gate, &firsts->by_invoice, compare_gates);
    timer_stop(&firsts->due, &gate->due);
    LIST_REMOVE(gate, sibling);
    free(gate);
}

static void pass(void *arg);

/* A gate is due when the barrier at its head opens. */
static void schedule(struct first_gate *gate)
{
    timer_start(&gate->engine->firsts.due, &gate->due, STAILQ_FIRST(&gate->items)->at_ms, pass,
                gate);
}

/* ------------------------------------------------------------------ barriers close */

static int64_t delay_of(const struct engine *engine, const struct tenant *tenant,
                        const struct invoice *invoice)
{
    const struct settings *settings = &tenant->account.settings;
    int64_t own_ms = settings->first_callback_delay_ms;
    bool reports = invoice->callback_url || settings->callback_url;
    if (!reports || engine->firsts.hurry || tenant->advance) {
        return 0;
    }
    return own_ms == ACCOUNT_UNSET ? engine->options.first_callback_delay_ms : own_ms;
}

static bool is_hurried(const struct engine *engine, const struct tenant *tenant, int64_t invoice)
{
    const struct engine_hooks *hooks = &engine->hooks;
    return hooks->waits_for_callbacks &&
           hooks->waits_for_callbacks(hooks->arg, tenant->journal_id, invoice);
}

static void add_barrier(struct engine *engine, struct first_gate *gate, int64_t delay_ms)
{
    uint64_t request = engine->watch.trace.current;
    struct first_item *barrier = mem_alloc(sizeof *barrier);
    *barrier = (struct first_item){.request = request,
                                   .delay_ms = delay_ms,
                                   .at_ms = request ? TIMER_NEVER : mono_now_ms() + delay_ms,
                                   .gate = gate};
    STAILQ_INSERT_TAIL(&gate->items, barrier, next);
    if (request) {
        LIST_INSERT_HEAD(&engine->firsts.unanswered[request % FIRST_CALLBACK_BUCKETS], barrier,
                         unanswered);
    }
}

void first_callback_expect(struct engine *engine, struct tenant *tenant,
                           const struct invoice *invoice)
{
    int64_t delay_ms = delay_of(engine, tenant, invoice);
    if (delay_ms == 0 || is_hurried(engine, tenant, invoice->seq)) {
        return;
    }
    struct first_gate *gate = find_gate(&engine->firsts, invoice->seq);
    if (!gate) {
        gate = add_gate(engine, tenant, invoice->seq);
    }
    add_barrier(engine, gate, delay_ms);
    schedule(gate);
}

/* Queues a committed callback behind the invoice's barrier, and takes over its `url`. Returns false
 * if there is no barrier: the callback can be sent. */
static bool queue_behind(struct engine *engine, const struct queued_callback *fresh)
{
    struct first_gate *gate =
        engine->firsts.due.n ? find_gate(&engine->firsts, fresh->invoice) : NULL;
    if (!gate) {
        return false;
    }
    struct first_item *item = mem_alloc(sizeof *item);
    *item = (struct first_item){.gate = gate, .fresh = *fresh};
    STAILQ_INSERT_TAIL(&gate->items, item, next);
    return true;
}

/* ------------------------------------------------------------------ barriers open */

void first_callback_replied(struct engine *engine, uint64_t request)
{
    struct first_callbacks *firsts = &engine->firsts;
    struct first_item *item = LIST_FIRST(&firsts->unanswered[request % FIRST_CALLBACK_BUCKETS]);
    for (struct first_item *next; item; item = next) {
        next = LIST_NEXT(item, unanswered);
        if (item->request == request) {
            set_time(item, mono_now_ms() + item->delay_ms);
            schedule(item->gate);
        }
    }
}

static void open_gate(struct first_gate *gate)
{
    struct first_item *item;
    STAILQ_FOREACH(item, &gate->items, next)
    {
        set_time(item, 0);
    }
    schedule(gate);
}

void first_callback_hurry(struct engine *engine, int64_t invoice)
{
    struct first_gate *gate = find_gate(&engine->firsts, invoice);
    if (gate) {
        open_gate(gate);
    }
}

void first_callback_hurry_account(const struct tenant *tenant)
{
    struct first_gate *gate;
    LIST_FOREACH(gate, &tenant->first_gates, sibling)
    {
        open_gate(gate);
    }
}

void first_callback_hurry_all(struct engine *engine)
{
    engine->firsts.hurry = true;
    for (size_t i = 0; i < engine->tenants.n; i++) {
        first_callback_hurry_account(engine->tenants.list[i]);
    }
}

/* Sends from the head of the queue up to the next barrier that is closed. */
static void pass(void *arg)
{
    struct first_gate *gate = arg;
    int64_t now_ms = mono_now_ms();
    const struct first_item *item;
    while ((item = STAILQ_FIRST(&gate->items)) && item->at_ms <= now_ms) {
        const struct queued_callback *fresh = &item->fresh;
        if (fresh->callback) {
            deliver_push(gate->engine->deliver, fresh);
        }
        remove_first(gate);
    }
    if (item) {
        schedule(gate);
    } else {
        drop_gate(gate);
    }
}

static int compare_callbacks(const void *a, const void *b)
{
    const struct queued_callback *x = a, *y = b;
    return x->callback < y->callback ? -1 : x->callback > y->callback;
}

void turn_send_callbacks(struct engine *engine)
{
    struct turn *turn = &engine->turn;
    if (turn->n_callbacks > 1) {
        qsort(turn->callbacks, turn->n_callbacks, sizeof *turn->callbacks, compare_callbacks);
    }
    for (size_t i = 0; i < turn->n_callbacks; i++) {
        struct queued_callback *callback = &turn->callbacks[i];
        if (!callback->ahead && queue_behind(engine, callback)) {
            callback->url = NULL; /* the queue owns it now */
        } else {
            deliver_push(engine->deliver, callback);
        }
    }
    timers_run(&engine->firsts.due, mono_now_ms());
    deliver_start(engine->deliver);
}

int64_t first_callback_wait_ms(const void *arg)
{
    const struct engine *engine = arg;
    return timers_wait_ms(&engine->firsts.due, mono_now_ms());
}

/* ------------------------------------------------------------------ barriers are forgotten */

void first_callback_drop(struct tenant *tenant)
{
    struct first_gate *gate;
    while ((gate = LIST_FIRST(&tenant->first_gates))) {
        drop_gate(gate);
    }
}

void first_callback_drop_all(struct engine *engine)
{
    for (size_t i = 0; i < engine->tenants.n; i++) {
        first_callback_drop(engine->tenants.list[i]);
    }
}
