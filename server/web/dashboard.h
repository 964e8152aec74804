/* The dashboard: one page, which lives on the control API (server/web/assets/dashboard*). */
#pragma once

#include "call/call.h"

/* GET /: sends a browser to the dashboard; nobody else finds anything there
 * (server/docs/dashboard.md). */
void dashboard_root(struct call *call);

/* GET /_mock/: the page; with --control-token a form that asks for the token, and `?token=` traded
 * for a cookie (server/docs/dashboard.md). */
void dashboard_show(struct call *call);

/*
 * Whether the caller may see the page of the dashboard's server at `path`. If not, the answer
 * stands: a page that asks for the token, or the way to `path` when `?token=` was traded for the
 * cookie.
 */
bool dashboard_admits(struct call *call, const char *path);
