/* Offline: each file is a body, compared with the document of the contract that it resembles. */
#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "compare/comparison.h"
#include "wire/json_read.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MOST ((size_t)16 << 20)

/* ------------------------------------------------------------------ which document it is */

/* "404" of an error, whose code may also be a number; NULL: it is none, or has no such code. */
static const char *code_of(struct arena *arena, const json_t *body)
{
    const json_t *errors = json_object_get(body, "errors");
    const json_t *code = json_object_get(json_array_get(errors, 0), "code");
    const char *text = json_is_integer(code)
                           ? arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(code))
                           : json_string_value(code);
    return text && strlen(text) == 3 && strspn(text, TEXT_DIGITS) == 3 ? text : NULL;
}

/* True for the errors with this code, in a reply with this status or another. */
static bool has_code(const struct shapes_document *document, const char *code)
{
    const struct shape_member *errors = shape_member(&document->body, "errors");
    const struct shape *error = errors ? errors->shape.items : NULL;
    const struct shape_member *its = error ? shape_member(error, "code") : NULL;
    return its && its->shape.n_words ? shape_has_word(&its->shape, code)
                                     : document->status == strtol(code, NULL, 10);
}

/* How many keys both have. */
static size_t common_keys(const struct shape *a, const struct shape *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_members; i++) {
        const struct shape_member *other = shape_member(b, a->members[i].key);
        n += other ? 1 + common_keys(&a->members[i].shape, &other->shape) : 0;
    }
    return n + (a->items && b->items ? common_keys(a->items, b->items) : 0);
}

/* The words of "data.type" must not contradict. */
static bool may_be(const struct shape *contract, const struct shape *found)
{
    const struct shape_member *data = shape_member(contract, "data");
    const struct shape_member *its = shape_member(found, "data");
    const struct shape_member *type = data ? shape_member(&data->shape, "type") : NULL;
    const struct shape_member *its_type = its ? shape_member(&its->shape, "type") : NULL;
    return !type || !its_type || !its_type->shape.n_words ||
           shape_has_word(&type->shape, its_type->shape.words[0]);
}

static size_t count_differences(struct comparison *comparison, const struct shape *contract,
                                const struct shape *found)
{
    struct differences differences = {.arena = &comparison->arena};
    compare_bodies(&differences, "", contract, found);
    return differences.n;
}

/* The document with the most keys in common; of several, the one with the fewest differences. An
 * error with a code is compared with errors of this code only. */
static const struct shapes_document *find_document(struct comparison *comparison,
                                                   const json_t *body, const struct shape *found)
{
    const char *code = code_of(&comparison->arena, body);
    const struct shapes_document *best = NULL;
    size_t most = 1, least = SIZE_MAX;
    for (size_t i = 0; i < comparison->contract.n; i++) {
        const struct shapes_document *document = &comparison->contract.documents[i];
        bool fits = document->has_body && may_be(&document->body, found) &&
                    (!code || has_code(document, code));
        size_t common = fits ? common_keys(&document->body, found) : 0;
        size_t n = common < most ? SIZE_MAX : count_differences(comparison, &document->body, found);
        if (common > most || (common == most && n < least)) {
            best = document;
            most = common;
            least = n;
        }
    }
    return best;
}

/* ------------------------------------------------------------------ headers */

/* A line "Name: value"; others, like "HTTP/1.1 200 OK", say nothing. */
static void take_line(struct comparison *comparison, char *line, json_t *headers)
{
    char *colon = strchr(line, ':');
    if (colon && colon > line) {
        *colon = '\0';
        comparison_add_header(comparison, headers, line);
    }
}

/* The names of a file's headers: lines, or a JSON object. */
static const char *read_headers(struct comparison *comparison, const char *file, json_t **ret)
{
    buf_auto text = {0};
    const char *why = file_read(&comparison->arena, file, FILE_MOST, &text);
    json_t *headers = json_object();
    json_auto_t *object =
        why ? NULL : json_parse(buf_str(&text), text.size, &comparison->arena, NULL);
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        take_line(comparison, arena_printf(&comparison->arena, "%s:", name), headers);
    }
    char *rest = object ? NULL : arena_strdup(&comparison->arena, buf_str(&text));
    for (char *line; (line = strsep(&rest, "\n"));) {
        take_line(comparison, line, headers);
    }
    *ret = headers;
    return why;
}

/* ------------------------------------------------------------------ files */

/* A file's name as it may be printed. */
static const char *shown(struct arena *arena, const char *file)
{
    char *text = arena_strdup(arena, file);
    for (char *p = text; *p; p++) {
        *p = *p < ' ' || *p > '~' ? '?' : *p;
    }
    return text;
}

/* Keeps what was found for the profile file. Without headers nothing is said of them. */
static void keep(struct comparison *comparison, const struct shapes_document *document,
                 const json_t *body, const json_t *headers)
{
    struct shapes_document *found =
        shapes_add(&comparison->arena, &comparison->found, document->name);
    if (found) {
        found->status = document->status;
        found->has_body = true;
        comparison->learner.values = 0;
        shape_learn(&comparison->learner, &found->body, body);
        found->headers = headers ? found->headers : document->headers;
    }
    if (found && headers) {
        shape_learn(&comparison->learner, &found->headers, headers);
    }
}

/* Names what a file is compared with, after the file: "order.json: GET /payment-invoices/{id}". The
 * callback of a payout has the body of a GET and the headers of a callback. */
static void compare_file(struct comparison *comparison, const char *file,
                         const struct shapes_document *found, const json_t *body,
                         const json_t *headers)
{
    struct arena *arena = &comparison->arena;
    const struct shapes_document *callback =
        headers ? shapes_find(&comparison->contract, SHAPES_CALLBACK) : NULL;
    bool fits = callback && may_be(&callback->body, &found->body);
    const struct shapes_document *document =
        fits ? callback : find_document(comparison, body, &found->body);
    if (!document) {
        comparison_note(comparison, true, shown(arena, file),
                        code_of(arena, body) ? "the contract has no such error"
                                             : "it resembles no document of the contract");
        return;
    }
    struct shapes_document contract = *document;
    contract.name = arena_printf(arena, "%s: %s", shown(arena, file), document->name);
    keep(comparison, document, body, fits ? headers : NULL);
    if (callback) {
        contract.status = callback->status;
        contract.headers = callback->headers;
        compare_documents(&comparison->differences, &contract, found);
    } else {
        compare_bodies(&comparison->differences, contract.name, &contract.body, &found->body);
    }
}

static void learn_file(struct comparison *comparison, const struct buf *text, const json_t *headers)
{
    const char *as = comparison->options.learn_as, *space = as ? strchr(as, ' ') : NULL;
    json_t *json = NULL;
    comparison_add(comparison, space ? space + 1 : SHAPES_CALLBACK,
                   as ? (int)strtol(as, NULL, 10) : 0, headers, buf_str(text), text->size, &json);
    json_decref(json);
}

static void take_file(struct comparison *comparison, const char *file, const struct buf *text,
                      const json_t *headers)
{
    struct shape_learner *learner = &comparison->learner;
    struct shapes_document found = {.name = file, .has_body = true};
    json_auto_t *body = json_parse_any(buf_str(text), text->size, &comparison->arena, NULL);
    if (comparison->options.learn) {
        learn_file(comparison, text, headers);
        return;
    }
    learner->values = 0;
    learner->flaw = body ? NULL : "it is no JSON";
    if (body) {
        shape_learn(learner, &found.body, body);
    }
    if (headers) {
        shape_learn(learner, &found.headers, headers);
    }
    if (learner->flaw) {
        comparison_note(comparison, true, shown(&comparison->arena, file), learner->flaw);
    } else {
        compare_file(comparison, file, &found, body, headers);
    }
}

const char *compare_files(struct comparison *comparison)
{
    const struct compare_options *options = &comparison->options;
    json_auto_t *headers = NULL;
    const char *why =
        options->headers ? read_headers(comparison, options->headers, &headers) : NULL;
    for (size_t i = 0; !why && i < options->n_files; i++) {
        buf_auto text = {0};
        const char *file = options->files[i];
        const char *missing = file_read(&comparison->arena, file, FILE_MOST, &text);
        if (missing && options->n_files > 1) { /* the others are compared */
            comparison_note(comparison, true, shown(&comparison->arena, file),
                            missing + strlen(file) + strlen(": "));
            continue;
        }
        if (missing) {
            return missing;
        }
        comparison->bodies++;
        take_file(comparison, file, &text, headers);
    }
    return why;
}
