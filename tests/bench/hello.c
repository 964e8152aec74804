/* The upper limit for the benchmark: the same library in the same mode, which only answers with
 * 2 kB. */
#include "peer.h"

#define BODY_SIZE 2048

static char body[BODY_SIZE];
static int seen; /* its address marks a request that libmicrohttpd has already passed on */

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    (void)cls, (void)url, (void)method, (void)version, (void)upload;
    if (!*request) {
        *request = &seen;
        return MHD_YES;
    }
    if (*upload_size) {
        *upload_size = 0;
        return MHD_YES;
    }
    return peer_reply(connection, body, BODY_SIZE);
}

int main(void)
{
    int start = snprintf(body, sizeof body, "{\"hello\":\"");
    memset(body + start, 'x', BODY_SIZE - (size_t)start);
    memcpy(body + BODY_SIZE - 2, "\"}", 2);
    return peer_run(handle);
}
