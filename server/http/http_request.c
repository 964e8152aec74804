/* Access to the parts of a request that libmicrohttpd stores. */
#include "http_server.h"

#include "http/form.h"

#include <microhttpd.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct header_visit {
    void (*each)(void *arg, const char *name, const char *value);
    void *arg;
};

static enum MHD_Result visit_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    const struct header_visit *visit = arg;
    visit->each(visit->arg, name, value ? value : "");
    return MHD_YES;
}

void http_headers(const struct http_request *request,
                  void (*each)(void *arg, const char *name, const char *value), void *arg)
{
    struct header_visit visit = {each, arg};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, visit_header, &visit);
}

const char *http_client_ip(struct http_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char host[NI_MAXHOST] = "";
    if (info && info->client_addr) {
        socklen_t size = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                                  : sizeof(struct sockaddr_in);
        getnameinfo(info->client_addr, size, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    }
    return arena_strdup(&request->arena, host);
}

const json_t *http_query(struct http_request *request)
{
    if (!request->query) {
        request->query_errors.arena = &request->arena;
        request->query =
            form_parse(request->query_text, strlen(request->query_text), &request->query_errors);
    }
    return request->query;
}

const struct json_errors *http_query_errors(struct http_request *request)
{
    if (*request->query_text) {
        http_query(request);
    }
    return &request->query_errors;
}

const char *http_query_text(struct http_request *request, const char *name)
{
    return *request->query_text ? json_string_value(json_object_get(http_query(request), name))
                                : NULL;
}
