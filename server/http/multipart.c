/* Reads multipart/form-data; field names follow the rules of form.h. */
#include "http/form.h"
#include "http/http_server.h"

#include "base/text.h"

#include <microhttpd.h>
#include <string.h>

#define LINE_MOST 8192 /* a header line of a part */

/* The current part: libmicrohttpd passes its value in pieces. */
struct part {
    struct form *form;
    size_t n;         /* number of parts, including this one */
    const char *name; /* NULL: none yet */
    struct buf value;
};

static void finish_part(struct part *part)
{
    if (part->name) {
        form_add(part->form, part->name, strlen(part->name), buf_str(&part->value),
                 part->value.size);
    }
    part->name = NULL;
    part->value.size = 0;
}

/* Returns NULL if the part is plain text, else what is wrong with it. */
static const char *why_no_field(const char *name, const char *file, const char *encoding)
{
    static const char *const plain[] = {"7bit", "8bit", "binary", NULL};
    if (!name || !*name) {
        return "This part has no name: write Content-Disposition: form-data; name=\"...\".";
    }
    if (file) {
        return "This field is a file: only texts are accepted here.";
    }
    return encoding && text_index_nocase(plain, encoding) < 0
               ? "This part has a Content-Transfer-Encoding: send it as it is."
               : NULL;
}

static enum MHD_Result take(void *arg, enum MHD_ValueKind kind, const char *name, const char *file,
                            const char *type, const char *encoding, const char *data, uint64_t at,
                            size_t size)
{
    struct part *part = arg;
    struct json_errors *errors = part->form->errors;
    (void)kind;
    (void)type;
    if (at == 0) {
        finish_part(part);
        part->n++;
        bool left_empty = file && !*file && !size;
        const char *why = left_empty ? NULL : why_no_field(name, file, encoding);
        if (why) {
            json_errors_add(errors, name ? form_shown(errors->arena, name, strlen(name)) : "", "%s",
                            why);
        }
        part->name = why || left_empty ? NULL : arena_strdup(errors->arena, name);
    }
    if (part->name) {
        buf_add(&part->value, data, size);
    }
    return part->form->n > FORM_FIELDS_MOST ? MHD_NO : MHD_YES;
}

const char *multipart_read(struct http_request *request, struct form *form)
{
    struct part part = {.form = form};
    struct MHD_PostProcessor *processor =
        MHD_create_post_processor(request->connection, LINE_MOST, take, &part);
    if (!processor) {
        return "multipart/form-data has no boundary in its Content-Type";
    }
    bool whole = MHD_post_process(processor, request->body, request->body_size) == MHD_YES;
    whole = MHD_destroy_post_processor(processor) == MHD_YES && whole;
    finish_part(&part);
    buf_finish(&part.value);
    bool read = (whole && part.n) || form->n > FORM_FIELDS_MOST;
    return read ? NULL
                : "the body is not whole multipart/form-data with the boundary of its Content-Type";
}
