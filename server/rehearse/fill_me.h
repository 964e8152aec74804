/* The places of rehearsal.json that --init leaves to the merchant. Private to server/rehearse/. */
#pragma once

#include "wire/json_read.h"

#define FILL_ME "FILL_ME"

/* Adds an error for each text and each key that has FILL_ME. */
void fill_me_find(const json_t *settings, struct json_errors *errors);
