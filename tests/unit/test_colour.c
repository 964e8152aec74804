#include "unit.h"

#include "domain/colour.h"

#include <math.h>

static void every_notation_becomes_hexadecimal(void **state)
{
    static const struct {
        const char *text, *hex;
    } rows[] = {
        {"#fff", "#ffffff"},
        {"#0A7cff", "#0a7cff"},
        {"#1234", "#11223344"},
        {"#12345678", "#12345678"},
        {"#123f", "#112233"},
        {"red", "#ff0000"},
        {"RebeccaPurple", "#663399"},
        {"aliceblue", "#f0f8ff"},
        {"yellowgreen", "#9acd32"},
        {"transparent", "#00000000"},
        {"NAVY", "#000080"},
        {"rgb(1,2,3)", "#010203"},
        {"rgb( 1 , 2 , 3 )", "#010203"},
        {"RGB(255, 170, 85)", "#ffaa55"},
        {"rgba(1, 2, 3, 0.5)", "#01020380"},
        {"rgb(1, 2, 3, 50%)", "#01020380"},
        {"rgba(1,2,3)", "#010203"},
        {"rgb(100%, 0%, 50%)", "#ff0080"},
        {"rgb(1 2 3)", "#010203"},
        {"rgb(1 2 3 / 50%)", "#01020380"},
        {"rgb(1 2 3/.25)", "#01020340"},
        {"rgb(10% 20 30%)", "#1a144d"},
        {"rgb(300, -5, 127.6)", "#ff0080"},
        {"rgba(0,0,0,7)", "#000000"},
        {"rgba(0,0,0,-1)", "#00000000"},
        {"rgb(1.5, +2, 3)", "#020203"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char hex[COLOUR_TEXT] = "";
        assert_true(colour_parse(rows[i].text, hex));
        assert_string_equal(hex, rows[i].hex);
    }
}

static void other_texts_are_not_colours(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "#",
        "#ff",
        "#fffff",
        "#1234567",
        "#123456789",
        "#12345g",
        "fff",
        "reds",
        "re",
        "currentcolor",
        "inherit",
        "var(--x)",
        "url(x)",
        "#fff;}",
        "red;} body{display:none",
        "red\n",
        " red",
        "#fff ",
        "rgb()",
        "rgb(1,)",
        "rgb(1,2)",
        "rgb(1,2,3,4,5)",
        "rgb(1,2,3",
        "rgb(1,2,3))",
        "rgb(1,2,3);",
        "rgb(1,,3)",
        "rgb(1 2)",
        "rgb(1 2 3 4)",
        "rgb(1 2 3 /)",
        "rgb(1,2 3)",
        "rgb(1,2,3/4)",
        "rgb(1%,2,3)",
        "rgb(a,b,c)",
        "rgb(nan,1,1)",
        "rgb(0x1,1,1)",
        "rgb(.,1,1)",
        "rgb (1,2,3)",
        "rgbb(1,2,3)",
        "hsl(0,0%,0%)",
        "rgb(1,2,3)/**/",
        "rgb(1                                                               ,2,3)",
    };
    char hex[COLOUR_TEXT] = "kept";
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (colour_parse(texts[i], hex)) {
            fail_msg("\"%s\" is %s", texts[i], hex);
        }
    }
    assert_string_equal(hex, "kept");
}

static void contrast_is_that_of_wcag(void **state)
{
    static const struct {
        const char *one, *other;
        double contrast;
    } rows[] =
        {
            {"#000000", "#ffffff", 21},     {"#ffffff", "#ffffff", 1},
            {"#767676", "#ffffff", 4.54},   {"#ff0000", "#ffffff", 4},
            {"#0a0a0a80", "#ffffff", 19.8}, /* transparency does not count */
        };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        double there = colour_contrast(rows[i].one, rows[i].other);
        double back = colour_contrast(rows[i].other, rows[i].one);
        assert_true(fabs(there - rows[i].contrast) < 0.005);
        assert_true(fabs(back - rows[i].contrast) < 0.005);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_notation_becomes_hexadecimal),
        cmocka_unit_test(other_texts_are_not_colours),
        cmocka_unit_test(contrast_is_that_of_wcag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
