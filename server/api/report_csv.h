/* A daily report as CSV, sent while it is read, because a day can have any number of rows. */
#pragma once

#include "api/report_rows.h"
#include "call/call.h"

/* Replies with the rows of the day, then a row `total` for each currency. */
struct answer *report_csv_reply(struct call *call, const struct report_scope *scope) ATTR_ANSWER;
