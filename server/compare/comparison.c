#include "compare/comparison.h"

#include "base/text.h"
#include "wire/json_read.h"

#include <string.h>

#define NAMES_MOST 100

void comparison_note(struct comparison *comparison, bool failed, const char *what,
                     const char *reason)
{
    struct compare_note *note = arena_alloc(&comparison->arena, sizeof *note);
    *note = (struct compare_note){what, reason, failed, NULL};
    *(comparison->notes ? comparison->last_note : &comparison->notes) = note;
    comparison->last_note = &note->next;
    comparison->failed |= failed;
}

/* ------------------------------------------------------------------ what was found */

void comparison_add_header(const struct comparison *comparison, json_t *headers, char *name)
{
    text_lower(name);
    if (!shapes_passes_header(name) && json_object_size(headers) < NAMES_MOST) {
        bool good = shape_is_name(&comparison->learner, name);
        json_object_set_new(headers, good ? name : "other", json_string(""));
    }
}

/* A document that came with different statuses is kept once for each: "NAME" and "NAME (404)". */
static struct shapes_document *document_of(struct comparison *comparison, const char *name,
                                           int status)
{
    struct shapes_document *found = shapes_find(&comparison->found, name);
    if (found && found->status != status) {
        name = arena_printf(&comparison->arena, "%s (%d)", name, status);
    }
    found = shapes_add(&comparison->arena, &comparison->found, name);
    if (found) {
        found->status = status;
    }
    return found;
}

static void learn_body(struct comparison *comparison, struct shapes_document *found,
                       const json_t *body)
{
    struct shape_learner *learner = &comparison->learner;
    learner->values = 0;
    learner->flaw = NULL;
    shape_learn(learner, &found->body, body);
    if (learner->flaw) {
        comparison_note(comparison, true, found->name, learner->flaw);
    }
}

void comparison_add(struct comparison *comparison, const char *document, int status,
                    const json_t *headers, const char *body, size_t size, json_t **ret_json)
{
    const struct shapes_document *contract = shapes_find(&comparison->contract, document);
    struct shapes_document *found = document_of(comparison, document, status);
    json_t *json = body ? json_parse_any(body, size, &comparison->arena, NULL) : NULL;
    *ret_json = json;
    if (!found) {
        return;
    }
    if (headers) {
        shape_learn(&comparison->learner, &found->headers, headers);
    }
    if (body && !(contract && compare_is_other_class(contract->status, status))) {
        found->has_body |= json != NULL;
        found->no_json |= !json;
        if (json) {
            learn_body(comparison, found, json);
        }
    }
}

const struct shapes_document *comparison_contract(struct comparison *comparison, const char *name)
{
    const char *mark = strstr(name, " (");
    return shapes_find(&comparison->contract,
                       mark ? arena_copy(&comparison->arena, name, (size_t)(mark - name)) : name);
}
