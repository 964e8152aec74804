#include "csv.h"

#include <string.h>

static void begin(struct csv *csv)
{
    if (csv->begun) {
        buf_char(csv->out, ',');
    }
    csv->begun = true;
}

/* U+FF1D, U+FF0B, U+FF0D and U+FF20 too: some spreadsheets read them as = + - @. */
static bool is_formula(const char *text)
{
    static const char wide[] = "\x9d\x8b\x8d\xa0";
    return (*text && strchr("=+-@", *text)) ||
           (strncmp(text, "\xef\xbc", 2) == 0 && text[2] && strchr(wide, text[2]));
}

/* Characters after which a spreadsheet may begin a new cell. */
static bool is_separator(char c)
{
    return strchr(",;|\t\r\n\"", c);
}

void csv_text(struct csv *csv, const char *text)
{
    bool at_start = true; /* of what could become a cell; blanks before it do not count */
    begin(csv);
    if (!text) {
        return;
    }
    buf_char(csv->out, '"');
    for (; *text; text++) {
        if (at_start && is_formula(text)) {
            buf_char(csv->out, '\'');
        }
        at_start = is_separator(*text) || (at_start && *text == ' ');
        if (*text == '"') {
            buf_char(csv->out, '"');
        }
        buf_char(csv->out, *text);
    }
    buf_char(csv->out, '"');
}

void csv_plain(struct csv *csv, const char *text)
{
    begin(csv);
    buf_text(csv->out, text);
}

void csv_end(struct csv *csv)
{
    buf_text(csv->out, "\r\n");
    csv->begun = false;
}
