#include "locale_text.h"

#include "base/buf.h"
#include "base/text.h"
#include "domain/money.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#define FOLD_MOST 256 /* characters that are compared */
#define NBSP "\xc2\xa0"

struct marks {
    const char *group, *point;
};

static struct marks marks_of(const char *locale)
{
    return text_equal(locale, "en") ? (struct marks){",", "."} : (struct marks){NBSP, ","};
}

const char *locale_figure(struct arena *arena, const char *locale, int64_t amount)
{
    char text[MONEY_TEXT];
    struct marks marks = marks_of(locale);
    buf_auto out = {0};
    money_format(amount, text);
    size_t whole = strcspn(text, ".");
    for (size_t i = 0; i < whole; i++) {
        bool mark = i && text[i - 1] != '-' && (whole - i) % 3 == 0;
        buf_printf(&out, "%s%c", mark ? marks.group : "", text[i]);
    }
    const char *decimals = text[whole] ? text + whole + 1 : "";
    const char *pad = strlen(decimals) == 0 ? "00" : strlen(decimals) == 1 ? "0" : "";
    buf_printf(&out, "%s%s%s", marks.point, decimals, pad);
    return arena_copy(arena, out.data, out.size);
}

const char *locale_money(struct arena *arena, const char *locale, int64_t amount,
                         const char *currency)
{
    return arena_printf(arena, "%s" NBSP "%s", locale_figure(arena, locale, amount), currency);
}

const char *locale_time(struct arena *arena, const char *locale, int64_t time_ms)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    int year = t.tm_year + 1900;
    if (text_equal(locale, "en")) {
        return arena_printf(arena, "%d %s %d, %02d:%02d UTC", t.tm_mday, months[t.tm_mon], year,
                            t.tm_hour, t.tm_min);
    }
    return arena_printf(arena, "%02d.%02d.%d, %02d:%02d UTC", t.tm_mday, t.tm_mon + 1, year,
                        t.tm_hour, t.tm_min);
}

static void fold(const char *text, wchar_t ret_folded[FOLD_MOST])
{
    size_t n = mbstowcs(ret_folded, text, FOLD_MOST - 1);
    n = n == (size_t)-1 ? 0 : n;
    for (size_t i = 0; i < n; i++) {
        ret_folded[i] = (wchar_t)towlower((wint_t)ret_folded[i]);
    }
    ret_folded[n] = L'\0';
}

bool locale_contains(const char *text, const char *part)
{
    static locale_t utf8;
    wchar_t folded[FOLD_MOST], wanted[FOLD_MOST];
    if (!utf8 && !(utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL))) {
        return strcasestr(text, part);
    }
    locale_t before = uselocale(utf8);
    fold(text, folded);
    fold(part, wanted);
    uselocale(before);
    return wcsstr(folded, wanted);
}
