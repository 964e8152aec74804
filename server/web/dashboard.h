/* The dashboard: one page, which lives on the control API (server/web/assets/dashboard*). */
#pragma once

#include "http/call.h"

/* GET /: sends a browser to the dashboard; nobody else finds anything there (mock.md "Bases and
 * bodies"). */
void dashboard_root(struct call *call);

/* GET /_mock/: the page; with --control-token a form that asks for the token, and `?token=` traded
 * for a cookie (mock.md "Control API"). */
void dashboard_show(struct call *call);
