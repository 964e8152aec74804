#include "deliver.h"

#include "base/die.h"
#include "base/url.h"
#include "base/wall.h"
#include "deliver/deliver_transfer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

/* A waiting callback. */
struct waiting {
    int64_t callback, invoice, account;
    int64_t second_after_ms;
    STAILQ_ENTRY(waiting) link;
};

/* A receiver. Exists while callbacks wait for it or are being sent. */
struct target {
    char *origin; /* "http://host:port" of its URLs */
    STAILQ_HEAD(, waiting) queue;
    int running, window;
    LIST_ENTRY(target) link;
};

struct deliver {
    struct deliver_options options;
    struct deliver_hooks hooks;
    CURLM *multi;
    LIST_HEAD(, target) targets;
    LIST_HEAD(, transfer) transfers;
    struct timers late; /* read timeouts of the transfers */
    struct ports ports;
    size_t running, waiting;
    size_t orphans; /* attempts without a target: their accounts are gone */
};

/* ------------------------------------------------------------------ receivers */

static struct target *target_of(struct deliver *deliver, const char *url)
{
    struct arena arena = {0};
    const char *sent_to = transfer_url(&deliver->options, &arena, url);
    size_t size = url_origin_size(sent_to);
    struct target *target;
    LIST_FOREACH(target, &deliver->targets, link)
    {
        if (strncmp(target->origin, sent_to, size) == 0 && !target->origin[size]) {
            break;
        }
    }
    if (!target) {
        target = mem_alloc(sizeof *target);
        target->origin = memcpy(mem_alloc(size + 1), sent_to, size);
        target->window = DELIVER_WINDOW_FIRST;
        STAILQ_INIT(&target->queue);
        LIST_INSERT_HEAD(&deliver->targets, target, link);
    }
    arena_finish(&arena);
    return target;
}

static void drop_if_idle(struct target *target)
{
    if (!target->running && STAILQ_EMPTY(&target->queue)) {
        LIST_REMOVE(target, link);
        free(target->origin);
        free(target);
    }
}

void deliver_push(struct deliver *deliver, const struct queued_callback *callback)
{
    struct waiting *waiting = mem_alloc(sizeof *waiting);
    waiting->callback = callback->callback;
    waiting->invoice = callback->invoice;
    waiting->account = callback->account;
    waiting->second_after_ms = callback->second_after_ms;
    struct target *target = target_of(deliver, callback->url);
    if (callback->ahead) {
        STAILQ_INSERT_HEAD(&target->queue, waiting, link);
    } else {
        STAILQ_INSERT_TAIL(&target->queue, waiting, link);
    }
    deliver->waiting++;
}

/* ------------------------------------------------------------------ one attempt */

static void free_transfer(struct deliver *deliver, struct transfer *transfer)
{
    if (transfer->easy) {
        curl_multi_remove_handle(deliver->multi, transfer->easy);
    }
    transfer_finish(transfer);
    free(transfer);
}

static void leave(struct deliver *deliver, struct transfer *transfer)
{
    LIST_REMOVE(transfer, link);
    timer_stop(&deliver->late, &transfer->late);
    timer_stop(&deliver->late, &transfer->second);
    if (transfer->target) {
        transfer->target->running--;
        deliver->running--;
    } else {
        deliver->orphans--;
    }
}

static bool is_sending(const struct deliver *deliver, int64_t callback)
{
    const struct transfer *transfer;
    LIST_FOREACH(transfer, &deliver->transfers, link)
    {
        if (transfer->target && transfer->callback == callback) {
            return true;
        }
    }
    return false;
}

static void begin_second(void *arg);

static void end(struct transfer *transfer, CURLcode code, bool late)
{
    struct deliver *deliver = transfer->deliver;
    struct target *target = transfer->target;
    struct delivery_result result;
    transfer_result(transfer, code, late, &result);
    transfer_free_port(transfer, &deliver->ports);
    if (target) {
        target->window = result.error                           ? 1
                         : target->window < DELIVER_WINDOW_MOST ? target->window + 1
                                                                : target->window;
    }
    if (timer_runs(&transfer->second)) {
        begin_second(transfer);
    }
    leave(deliver, transfer);
    result.more = is_sending(deliver, transfer->callback);
    deliver->hooks.ended(deliver->hooks.arg, &result);
    free_transfer(deliver, transfer);
}

/* Ends the attempt if no byte came in time. The timer is not moved by each byte, because bytes come
 * far more often than it fires. */
static void end_if_late(void *arg)
{
    struct transfer *transfer = arg;
    int64_t now_ms = mono_now_ms(), at_ms = transfer_late_at_ms(transfer, now_ms);
    if (at_ms <= now_ms) {
        end(transfer, CURLE_OPERATION_TIMEDOUT, true);
    } else {
        timer_start(&transfer->deliver->late, &transfer->late, at_ms, end_if_late, transfer);
    }
}

/* curl 8.10 and later may close a socket after its transfer was removed. */
static int close_socket(void *arg, curl_socket_t socket)
{
    const struct deliver *deliver = arg;
    struct transfer *transfer;
    LIST_FOREACH(transfer, &deliver->transfers, link)
    {
        if (transfer->socket == socket) {
            transfer_close_socket(transfer);
            return 0;
        }
    }
    return close(socket);
}

static void wait_for_second(struct transfer *transfer)
{
    timer_start(&transfer->deliver->late, &transfer->second,
                mono_now_ms() + transfer->second_after_ms, begin_second, transfer);
}

/* Returns what else the callback asks for. */
static enum delivery_second begin(struct deliver *deliver, struct target *target,
                                  const struct waiting *waiting, bool second)
{
    struct transfer *transfer = mem_alloc(sizeof *transfer);
    transfer->deliver = deliver;
    transfer->options = &deliver->options;
    transfer->target = target;
    transfer->callback = waiting->callback;
    transfer->invoice = waiting->invoice;
    transfer->account = waiting->account;
    if (!deliver->hooks.load(deliver->hooks.arg, &transfer->arena, waiting->callback, second,
                             &transfer->delivery)) {
        free_transfer(deliver, transfer);
        return SECOND_NONE;
    }
    transfer_begin(transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(transfer->easy, CURLOPT_CLOSESOCKETDATA, deliver);
    LIST_INSERT_HEAD(&deliver->transfers, transfer, link);
    timer_start(&deliver->late, &transfer->late, transfer_late_at_ms(transfer, transfer->began_ms),
                end_if_late, transfer);
    target->running++;
    deliver->running++;
    if (transfer->delivery.second == SECOND_WHEN_SENT) {
        transfer->second_after_ms = waiting->second_after_ms;
        transfer->when_sent = wait_for_second;
    }
    curl_multi_add_handle(deliver->multi, transfer->easy);
    return transfer->delivery.second;
}

static void begin_second(void *arg)
{
    const struct transfer *first = arg;
    const struct waiting same = {
        .callback = first->callback, .invoice = first->invoice, .account = first->account};
    timer_stop(&first->deliver->late, &((struct transfer *)arg)->second);
    begin(first->deliver, first->target, &same, true);
}

/* ------------------------------------------------------------------ starting */

/* Whether an attempt of any callback of the invoice is running. */
static bool is_busy(const struct deliver *deliver, int64_t invoice)
{
    const struct transfer *transfer;
    LIST_FOREACH(transfer, &deliver->transfers, link)
    {
        if (invoice && transfer->target && transfer->invoice == invoice) {
            return true;
        }
    }
    return false;
}

/* Returns the first callback in the queue whose invoice has no attempt in progress. */
static struct waiting *next_waiting(const struct deliver *deliver, struct target *target)
{
    struct waiting *waiting;
    STAILQ_FOREACH(waiting, &target->queue, link)
    {
        if (!is_busy(deliver, waiting->invoice)) {
            return waiting;
        }
    }
    return NULL;
}

/* A receiver without running attempts may exceed the total, so dead receivers do not block
 * others. */
static bool may_start(const struct deliver *deliver, const struct target *target)
{
    size_t total = target->running ? DELIVER_TOTAL : 2 * DELIVER_TOTAL;
    return deliver->running < total && target->running < target->window;
}

void deliver_start(struct deliver *deliver)
{
    struct target *target, *next;
    for (target = LIST_FIRST(&deliver->targets); target; target = next) {
        next = LIST_NEXT(target, link);
        struct waiting *waiting;
        while (may_start(deliver, target) && (waiting = next_waiting(deliver, target))) {
            STAILQ_REMOVE(&target->queue, waiting, waiting, link);
            deliver->waiting--;
            if (begin(deliver, target, waiting, false) == SECOND_AT_ONCE) {
                begin(deliver, target, waiting, true);
            }
            free(waiting);
        }
        drop_if_idle(target);
    }
}

/* ------------------------------------------------------------------ ending */

void deliver_collect(void *arg)
{
    struct deliver *deliver = arg;
    if (!deliver_running(deliver)) {
        return;
    }
    int running, left;
    curl_multi_perform(deliver->multi, &running);
    for (CURLMsg *message; (message = curl_multi_info_read(deliver->multi, &left));) {
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        if (message->msg == CURLMSG_DONE && transfer) {
            end(transfer, message->data.result, false);
        }
    }
    timers_run(&deliver->late, mono_now_ms());
}

int64_t deliver_wait_ms(const void *arg)
{
    const struct deliver *deliver = arg;
    return timers_wait_ms(&deliver->late, mono_now_ms());
}

/* ------------------------------------------------------------------ life */

struct deliver *deliver_new(const struct deliver_options *options,
                            const struct deliver_hooks *hooks)
{
    struct deliver *deliver = mem_alloc(sizeof *deliver);
    deliver->options = *options;
    deliver->hooks = *hooks;
    ports_begin(&deliver->ports, PORTS_RANGE);
    LIST_INIT(&deliver->targets);
    LIST_INIT(&deliver->transfers);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(deliver->multi = curl_multi_init())) {
        die("libcurl does not start");
    }
    return deliver;
}

/* Of all accounts (0), orphans too. */
static void drop_transfers(struct deliver *deliver, int64_t account)
{
    struct transfer *transfer, *next;
    for (transfer = LIST_FIRST(&deliver->transfers); transfer; transfer = next) {
        next = LIST_NEXT(transfer, link);
        if (!account || (transfer->target && transfer->account == account)) {
            leave(deliver, transfer);
            free_transfer(deliver, transfer);
        }
    }
}

static void drop_waiting(struct deliver *deliver, struct target *target, int64_t account)
{
    struct waiting *waiting, *next;
    for (waiting = STAILQ_FIRST(&target->queue); waiting; waiting = next) {
        next = STAILQ_NEXT(waiting, link);
        if (!account || waiting->account == account) {
            STAILQ_REMOVE(&target->queue, waiting, waiting, link);
            deliver->waiting--;
            free(waiting);
        }
    }
}

static void drop_all_waiting(struct deliver *deliver, int64_t account)
{
    struct target *target, *next;
    for (target = LIST_FIRST(&deliver->targets); target; target = next) {
        next = LIST_NEXT(target, link);
        drop_waiting(deliver, target, account);
        drop_if_idle(target);
    }
}

void deliver_cancel(struct deliver *deliver, int64_t account)
{
    drop_transfers(deliver, account);
    drop_all_waiting(deliver, account);
}

/* It no longer counts for its receiver's window, nor for its invoice, whose callbacks a snapshot
 * may bring back. */
static void orphan(struct deliver *deliver, struct transfer *transfer)
{
    timer_stop(&deliver->late, &transfer->second);
    transfer->when_sent = NULL;
    transfer->target->running--;
    transfer->target = NULL;
    deliver->running--;
    deliver->orphans++;
}

void deliver_abandon(struct deliver *deliver, int64_t account)
{
    struct transfer *transfer;
    LIST_FOREACH(transfer, &deliver->transfers, link)
    {
        if (transfer->account == account && transfer->target &&
            deliver->orphans < DELIVER_ORPHANS_MOST) {
            orphan(deliver, transfer);
        }
    }
    drop_transfers(deliver, account); /* beyond the limit */
    drop_all_waiting(deliver, account);
}

void deliver_free(struct deliver *deliver)
{
    if (deliver) {
        deliver_cancel(deliver, 0);
        timers_finish(&deliver->late);
        curl_multi_cleanup(deliver->multi);
        curl_global_cleanup();
        free(deliver);
    }
}

CURLM *deliver_multi(const struct deliver *deliver)
{
    return deliver->multi;
}

bool deliver_is_sending(const struct deliver *deliver, int64_t callback)
{
    return is_sending(deliver, callback);
}

size_t deliver_running(const struct deliver *deliver)
{
    return deliver->running + deliver->orphans;
}
