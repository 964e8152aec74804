/*
 * URL-encoded forms and queries with PHP's bracket keys, as one JSON tree (facts.md a.4):
 * `customer[address][city]=X` is {"customer":{"address":{"city":"X"}}}, `a[]=1&a[]=2` is
 * {"a":["1","2"]}; the last of equal keys wins. All values are strings.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#define FORM_PAIRS_MOST 1000 /* as PHP's max_input_vars: further pairs are dropped */
#define FORM_DEPTH_MOST 16   /* deeper keys are dropped */

/* Never fails: what cannot be read (broken escapes stay as they are, invalid UTF-8 is dropped) is
 * skipped. Owned by the caller. */
json_t *form_parse(const char *data, size_t size);

/* Decodes %XX in place ('+' too when `plus`); the new length. Broken escapes stay. */
size_t form_decode(char *text, size_t size, int plus);
