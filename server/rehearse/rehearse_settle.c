/* Waits until the platform has nothing more to do. */
#include "rehearse/scene.h"

#define WAIT_S 40
#define ROUNDS_MOST 40

/* The earliest time at which a queued callback is due, in unix seconds; 0: none is queued. */
static int64_t next_due(struct scene *scene)
{
    json_t *list = platform_call(scene, "GET", "callbacks?limit=100&state=queued", NULL);
    int64_t first = 0;
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(list, "items"), i, each)
    {
        int64_t due = json_integer_value(json_object_get(each, "due"));
        first = due && (!first || due < first) ? due : first;
    }
    json_decref(list);
    return first;
}

bool platform_wait(struct scene *scene)
{
    return platform_do(scene, "GET",
                       arena_printf(&scene->arena, "wait?idle=true&timeout=%ds", WAIT_S), NULL);
}

bool platform_settle(struct scene *scene)
{
    for (int round = 0; round < ROUNDS_MOST; round++) {
        if (!platform_wait(scene)) {
            return false;
        }
        int64_t due = next_due(scene);
        if (!due || scene->error) {
            return !scene->error;
        }
        timeline_collect(scene);
        /* `due` is rounded down to whole seconds, so a second later it has passed. */
        json_t *to = json_pack("{s:I, s:s}", "to", (json_int_t)due + 1, "timeout", "40s");
        if (!platform_do(scene, "POST", "clock/advance", to)) {
            return false;
        }
    }
    return true;
}
