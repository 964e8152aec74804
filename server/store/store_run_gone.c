/* What the turn counted of deleted rows of the run, until its commit. */
#include "store/store_private.h"

#include <stdlib.h>

void store_run_note_url(struct store *store, const char *text, int64_t n)
{
    store->run.urls = mem_grow(store->run.urls, store->run.n_urls, &store->run.urls_room,
                               sizeof *store->run.urls);
    store->run.urls[store->run.n_urls++] = (struct run_url){mem_strdup(text ? text : ""), n};
}

void store_run_turn_ended(struct store *store, bool committed)
{
    for (size_t i = 0; i < store->run.n_urls; i++) {
        struct run_url *url = &store->run.urls[i];
        if (committed) {
            store->run.unanswered(store->run.unanswered_arg, url->url, url->n);
        }
        free(url->url);
    }
    store->run.n_urls = 0;
    *(committed ? &store->run.committed_gone : &store->run.gone) =
        committed ? store->run.gone : store->run.committed_gone;
}

void store_run_end(struct store *store)
{
    store_run_turn_ended(store, false);
    free(store->run.urls);
}
