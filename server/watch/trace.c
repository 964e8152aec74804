#include "trace.h"

uint64_t trace_begin(struct trace *trace)
{
    trace->current = ++trace->count;
    return trace->current;
}

void trace_callback(struct trace *trace, int64_t callback)
{
    size_t at = (size_t)callback % TRACE_CALLBACKS;
    trace->caused[at].callback = callback;
    trace->caused[at].request = trace->current;
}

uint64_t trace_of_callback(const struct trace *trace, int64_t callback)
{
    size_t at = (size_t)callback % TRACE_CALLBACKS;
    return trace->caused[at].callback == callback ? trace->caused[at].request : 0;
}

void trace_id(uint64_t number, char ret_id[IDENT_TEXT])
{
    ret_id[0] = '\0';
    if (number) {
        ident_number("req", (int64_t)number, ret_id);
    }
}

bool trace_id_read(const char *id, uint64_t *ret_number)
{
    int64_t number;
    bool good = ident_number_read("req", id, &number);
    *ret_number = good ? (uint64_t)number : 0;
    return good;
}
