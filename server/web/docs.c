#include "web/web.h"

#include "base/embedded.h"
#include "base/text.h"
#include "web/page.h"

#define PATH "/_mock/docs/"
#define INDEX "index"
#define MISSING "missing" /* the page shown instead of one that does not exist */
#define SEARCH "search.json"

static const struct embedded_file *find_page(const struct call *call, const char *name)
{
    const char *ending = text_equal(name, SEARCH) ? "" : ".html";
    return embedded_find(arena_printf(call->arena, "server/docs/%s%s", name, ending));
}

struct answer *docs_show(struct call *call)
{
    const char *asked = call->params[0];
    const struct embedded_file *page = find_page(call, asked ? asked : INDEX);
    const char *path = arena_printf(call->arena, PATH "%s", page && asked ? asked : "");
    struct answer *refused = dashboard_admit(call, path);
    if (refused) {
        return refused;
    }
    if (page) {
        return page_reply_embedded(call, 200, text_equal(asked, SEARCH) ? HTTP_JSON : HTTP_HTML,
                                   page);
    }
    return page_is_browser(call)
               ? page_reply_embedded(call, 404, HTTP_HTML, find_page(call, MISSING))
               : call_control_error(call, 404, "unknown_page",
                                    "there is no page %s; " PATH " has them all", asked);
}
