#include "request_view.h"

#include "api/header_view.h"
#include "base/text.h"
#include "mask/mask.h"

#include <string.h>

char *request_part(struct call *call, const struct journal_record *record, enum journal_part part)
{
    size_t size = record->request.size[part];
    char *data =
        arena_copy(call->arena, journal_part(call->engine->watch.journal, record, part), size);
    if (part == JOURNAL_REPLY) { /* all other parts were masked before they were stored */
        mask_body(data, size);
    }
    return data;
}

void request_headers(struct call *call, const struct journal_record *record, enum journal_part part,
                     void (*each)(void *arg, const char *name, const char *value), void *arg)
{
    char *rest = request_part(call, record, part);
    for (char *line; (line = strsep(&rest, "\n")) && rest;) {
        char *value = strstr(line, ": ");
        if (value) {
            *value = '\0';
            each(arg, line, value + 2);
        }
    }
}

/* The lines of a request in which a name stands twice, which an object cannot show. */
static const char *repeated_lines(struct call *call, const struct journal_record *record,
                                  const json_t *headers)
{
    const char *lines = request_part(call, record, JOURNAL_HEADERS);
    size_t n = 0;
    for (const char *at = lines; (at = strchr(at, '\n')); at++) {
        n++;
    }
    return n > json_object_size(headers) ? lines : NULL;
}

static void write_headers(struct call *call, struct json_out *out, const char *name,
                          const struct journal_record *record, enum journal_part part)
{
    json_auto_t *headers = json_object();
    request_headers(call, record, part, header_add, headers);
    if (part == JOURNAL_REPLY_HEADERS && record->request.status) { /* the library writes it */
        const char *size = arena_printf(call->arena, "%zu", record->request.reply);
        header_add(headers, "Content-Length", size);
    }
    json_out_value(out, name, headers, false);
    if (part == JOURNAL_HEADERS) {
        header_lines_write(out, repeated_lines(call, record, headers));
    }
}

/* A fault that ends the connection leaves no status line. */
static void write_response_head(struct call *call, struct json_out *out,
                                const struct journal_record *record)
{
    unsigned status = record->request.status;
    const char *line = arena_printf(call->arena, "HTTP/1.1 %u %s", status, http_reason(status));
    json_out_text(out, "response_line", status ? line : NULL);
    write_headers(call, out, "response_headers", record, JOURNAL_REPLY_HEADERS);
}

/* Does not cut a text within a character. */
static size_t whole_characters(const char *data, size_t size, size_t whole)
{
    while (size < whole && size && ((unsigned char)data[size - 1] & 0xc0) == 0x80) {
        size--;
    }
    return size < whole && size && (unsigned char)data[size - 1] >= 0xc0 ? size - 1 : size;
}

/* Written as text, or else as base64 under name_base64. */
static void write_bytes(struct call *call, struct json_out *out,
                        const struct journal_record *record, enum journal_part part,
                        const char *name, size_t whole)
{
    const char *data = request_part(call, record, part);
    size_t kept = record->request.size[part];
    size_t size = kept < whole ? whole_characters(data, kept, whole) : kept;
    if (text_utf8_length(data, size) >= 0) {
        json_out_text_sized(out, name, data, size);
    } else {
        buf_auto text = {0};
        crypt_base64(&text, data, kept);
        json_out_text(out, arena_printf(call->arena, "%s_base64", name), text.data);
    }
    json_out_int(out, arena_printf(call->arena, "%s_size", name), (int64_t)whole);
}

void request_view(struct call *call, struct json_out *out, const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    char id[IDENT_TEXT], invoice[IDENT_TEXT];
    trace_id(request->number, id);
    json_out_object(out, NULL);
    json_out_text(out, "id", id);
    json_out_int(out, "at", record->wall_ms);
    json_out_int(out, "account_at", record->at_ms);
    json_out_text(out, "kind", request->page ? "page" : "api");
    json_out_text(out, "method", request->method);
    const char *target = request_part(call, record, JOURNAL_TARGET);
    json_out_text_sized(out, "path", target, request->size[JOURNAL_TARGET]);
    json_out_text(out, "request_line",
                  arena_printf(call->arena, "%s %.*s HTTP/1.%c", request->method,
                               (int)request->size[JOURNAL_TARGET], target,
                               request->old ? '0' : '1'));
    write_headers(call, out, "headers", record, JOURNAL_HEADERS);
    write_bytes(call, out, record, JOURNAL_BODY, "body", request->body);
    json_out_int_or_null(out, "status", request->status, 0);
    json_out_int(out, "took_us", request->took_us);
    write_response_head(call, out, record);
    write_bytes(call, out, record, JOURNAL_REPLY, "response", request->reply);
    if (record->invoice) {
        invoice_id(call->engine->keys.rows, record->invoice, invoice);
    }
    json_out_text(out, "invoice", record->invoice ? invoice : NULL);
    json_out_bool(out, "unmatched", record->unmatched);
    json_out_text(out, "fault", request->fault ? fault_kind_name(request->fault) : NULL);
    explain_write(call, out, "explain", record);
    json_out_object_end(out);
}
