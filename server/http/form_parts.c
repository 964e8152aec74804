/*
 * Reads multipart/form-data; field names follow the rules of form.h. libmicrohttpd's own reader
 * wants the boundary last, in lower case and of two characters, while real clients put a charset
 * behind it (base/multipart.h).
 */
#include "http/form.h"

#include "base/multipart.h"
#include "base/text.h"

#include <string.h>

/* The text without its backslashes, in the arena; NULL if there is none. */
static const char *unquoted(struct arena *arena, const struct multipart_text *text)
{
    if (!text->start) {
        return NULL;
    }
    char *copy = arena_copy(arena, text->start, (size_t)(text->end - text->start)), *to = copy;
    for (const char *at = copy; *at; at++) {
        at += *at == '\\' && (at[1] == '\\' || (text->quote && at[1] == text->quote));
        *to++ = *at;
    }
    *to = '\0';
    return copy;
}

/* Returns NULL if the part is plain text, else what is wrong with it. */
static const char *why_no_field(const char *name, const char *file, const char *encoding)
{
    static const char *const harmless[] = {"7bit", "8bit", "binary", NULL};
    if (!*name) {
        return "This part has no name: write Content-Disposition: form-data; name=\"...\".";
    }
    if (file) {
        return "This field is a file: only texts are accepted here.";
    }
    return encoding && text_index_nocase(harmless, encoding) < 0
               ? "This part has a Content-Transfer-Encoding: send it as it is."
               : NULL;
}

static void take(struct form *form, const struct multipart_part *part)
{
    struct json_errors *errors = form->errors;
    const char *name = unquoted(errors->arena, &part->name) ?: "";
    const char *file = unquoted(errors->arena, &part->file);
    size_t size = (size_t)(part->value.end - part->value.start);
    if (file && !*file && !size) {
        return; /* a file input that was left empty */
    }
    const char *why = why_no_field(name, file, unquoted(errors->arena, &part->encoding));
    if (why) {
        json_errors_add(errors, form_shown(errors->arena, name, strlen(name)), "%s", why);
    } else {
        form_add(form, name, strlen(name), part->value.start, size);
    }
}

const char *form_read_parts(const char *type, const char *body, size_t size, struct form *form)
{
    const struct multipart_text boundary = multipart_boundary(type);
    struct multipart parts;
    struct multipart_part part;
    if (boundary.start == boundary.end) {
        return "multipart/form-data has no boundary in its Content-Type";
    }
    size_t n = 0;
    enum multipart_step step = multipart_begin(&parts, &boundary, body, size)
                                   ? multipart_next(&parts, &part)
                                   : MULTIPART_BROKEN;
    while (step == MULTIPART_PART && form->n <= FORM_FIELDS_MOST) {
        take(form, &part);
        n++;
        step = multipart_next(&parts, &part);
    }
    return step != MULTIPART_BROKEN && n
               ? NULL
               : "the body is not whole multipart/form-data with the boundary of its Content-Type";
}
