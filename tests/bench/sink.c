/*
 * A receiver of callbacks: answers every POST with 200 and counts it. GET returns the count. With
 * --stall it reads each request and never answers.
 */
#include "peer.h"

#include <stdbool.h>

static unsigned long count;
static bool stall;
static int seen;

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    (void)cls, (void)url, (void)version, (void)upload;
    if (!*request) {
        *request = &seen;
        return MHD_YES;
    }
    if (*upload_size) {
        *upload_size = 0;
        return MHD_YES;
    }
    bool post = strcmp(method, "POST") == 0;
    count += post;
    if (stall && post) {
        MHD_suspend_connection(connection);
        return MHD_YES;
    }
    char body[64];
    int size = snprintf(body, sizeof body, "{\"count\":%lu}", count);
    return peer_reply(connection, body, (size_t)size);
}

int main(int argc, char **argv)
{
    stall = argc > 1 && strcmp(argv[1], "--stall") == 0;
    return peer_run(handle);
}
