/* A scenario of a rehearsal with a mock and a shop that answer from a table. The tests are linked
 * with --wrap=rehearse_call. */
#pragma once

#include "unit.h"

#include "base/text.h"
#include "rehearse/rehearse_call.h"
#include "rehearse/rehearse_steps.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* The first that fits a call answers it. Without one the call fails. */
struct reply {
    const char *method, *part; /* of the URL */
    int status;                /* ENDS: the process of the scenario is killed */
    const char *body, *later;  /* `later`: of the second call on; NULL: the same */
    int calls;
    const char *sent; /* a part of the call's body; NULL: any */
};

#define ENDS 0

static bool fits(const struct reply *reply, const struct rehearse_call *call)
{
    return text_equal(reply->method, call->method) && strstr(call->url, reply->part) &&
           (!reply->sent || strstr(call->body ?: "", reply->sent));
}

static struct reply *replies; /* ends with a row without a method; NULL: nothing answers */

void __wrap_rehearse_call(struct arena *arena, const struct rehearse_call *call,
                          struct rehearse_reply *ret_reply);
void __wrap_rehearse_call(struct arena *arena, const struct rehearse_call *call,
                          struct rehearse_reply *ret_reply)
{
    (void)arena;
    *ret_reply = (struct rehearse_reply){.headers = json_object(), .failure = "nothing listens"};
    for (struct reply *each = replies; each && each->method; each++) {
        if (fits(each, call)) {
            if (each->status == ENDS) {
                raise(SIGKILL);
            }
            bool again = each->calls++ && each->later;
            ret_reply->failure = NULL;
            ret_reply->status = each->status;
            buf_text(&ret_reply->body, again ? each->later : each->body);
            return;
        }
    }
}

struct stage {
    struct rehearsal rehearsal;
    struct keeper_place place;
    struct scene scene;
};

static inline struct stage *stage_new(struct reply *answering)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    replies = answering;
    stage->rehearsal.mock = "http://mock";
    stage->place.output = open("/dev/null", O_WRONLY | O_CLOEXEC);
    stage->scene = (struct scene){
        .rehearsal = &stage->rehearsal,
        .place = &stage->place,
        .id = "T1",
        .invoice = "cpi_1",
        .currency = "USD",
        .amount = "100.00",
        .presses = 1,
        .deadline_ms = INT64_MAX,
        .planted = json_object(),
        .seen = json_object(),
        .timeline = json_array(),
    };
    return stage;
}

static inline void stage_end(struct stage *stage)
{
    json_t *const values[] = {stage->scene.planted, stage->scene.seen, stage->scene.timeline,
                              stage->scene.account};
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        json_decref(values[i]);
    }
    close(stage->place.output);
    arena_finish(&stage->scene.arena);
    arena_finish(&stage->rehearsal.arena);
    free(stage);
}

/* Does one step. */
static inline bool does(struct stage *stage, const char *step)
{
    json_auto_t *list = json_pack("[o]", json_loads(step, 0, NULL));
    assert_int_equal(json_array_size(list), 1);
    return steps_do(&stage->scene, list);
}

#define QUIET ((struct reply){"GET", "/wait?", 200, "{}"})
#define EMPTY(part) ((struct reply){"GET", part, 200, "{\"items\": [], \"total\": 0}"})
