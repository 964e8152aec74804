/* The documentation: server/docs/, rendered when the program is built. */
#pragma once

#include "call/call.h"

/* GET /_mock/docs/ and /_mock/docs/{page}: who may see the dashboard may see them. A page that
 * there is not is a 404: a page for a browser, the control API's error for others. */
void docs_show(struct call *call);
