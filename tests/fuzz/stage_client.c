/* The stage's clients: send bytes, read replies, judge them. */
#include "stage.h"

#include "base/text.h"
#include "http/http_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUIET_TURNS 3 /* without a byte, before time passes */
#define PASSES 4      /* of PASS_MS, before the client gives up */
#define PASS_MS 61000
#define REPLY_MOST ((size_t)32 << 20)

/* ------------------------------------------------------------------ the connection */

static int connect_client(void)
{
    struct stage *s = stage();
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(40000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int pair[2];
    PROMISE(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair));
    PROMISE(MHD_add_connection(s->server->daemon, pair[1], (const struct sockaddr *)&address,
                               sizeof address) == MHD_YES);
    return pair[0];
}

/* Reads what there is. Returns -1 at the end, else how many bytes came. */
static ssize_t read_some(int fd, struct buf *bytes)
{
    char room[65536];
    ssize_t all = 0, size;
    while ((size = recv(fd, room, sizeof room, MSG_DONTWAIT)) > 0) {
        buf_add(bytes, room, (size_t)size);
        all += size;
    }
    bool gone = size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    return all ? all : gone ? -1 : 0;
}

static void exchange(int fd, const char *bytes, size_t size, struct buf *reply)
{
    int quiet = 0, passes = 0;
    size_t sent = 0;
    while (passes < PASSES && reply->size < REPLY_MOST) {
        ssize_t n = sent < size ? send(fd, bytes + sent, size - sent, MSG_NOSIGNAL) : 0;
        sent += n > 0 ? (size_t)n : 0;
        stage_turns(1);
        ssize_t came = read_some(fd, reply);
        if (came < 0) {
            break;
        }
        quiet = came || n > 0 ? 0 : quiet + 1;
        if (quiet == QUIET_TURNS) {
            stage_pass(PASS_MS);
            passes++;
            quiet = 0;
        }
    }
}

/* ------------------------------------------------------------------ the reply */

static bool is_known(unsigned status)
{
    return (status >= 100 && status <= 599) && http_reason(status);
}

/* The value of a field of a head, "" if there is none; cuts the head. */
static const char *field(char *head, const char *name)
{
    size_t size = strlen(name);
    for (char *line = strchr(head, '\n'); line; line = strchr(line, '\n')) {
        line++;
        if (strncasecmp(line, name, size) == 0 && line[size] == ':') {
            line += size + 1 + strspn(line + size + 1, " ");
            return line;
        }
    }
    return "";
}

/* Each line of a head is a field, and none has a control character. */
static void check_head(const struct buf *head)
{
    const char *line = strstr(head->data, "\r\n");
    for (line += 2; *line; line = strstr(line, "\r\n") + 2) {
        size_t size = strcspn(line, "\r\n"), name = strcspn(line, ":");
        PROMISE(line[size] == '\r' && line[size + 1] == '\n');
        PROMISE(name && name < size);
        for (size_t i = 0; i < size; i++) {
            PROMISE((unsigned char)line[i] >= ' ' || line[i] == '\t');
        }
    }
}

/* Takes a body in chunks apart. Returns true if its end came. */
static bool join_chunks(const char *at, const char *end, struct buf *ret_body)
{
    while (at < end) {
        char *after;
        size_t size = (size_t)strtoull(at, &after, 16);
        const char *data = strstr(after, "\r\n");
        if (!data || data + 2 + size + 2 > end) {
            return false;
        }
        if (!size) {
            return true;
        }
        buf_add(ret_body, data + 2, size);
        at = data + 2 + size + 2;
    }
    return false;
}

/* Reads the first reply that is no interim one. */
static void parse(struct stage_reply *reply)
{
    const char *at = buf_str(&reply->bytes), *end = at + reply->bytes.size, *head_end;
    do {
        unsigned minor;
        PROMISE(sscanf(at, "HTTP/1.%u %3u ", &minor, &reply->status) == 2 && minor <= 1);
        PROMISE(is_known(reply->status));
        head_end = strstr(at, "\r\n\r\n");
        if (!head_end) {
            return;
        }
        reply->head.size = 0;
        buf_add(&reply->head, at, (size_t)(head_end + 2 - at));
        at = head_end + 4;
    } while (reply->status == 100 && at < end);
    check_head(&reply->head);
    const char *length = field(reply->head.data, "Content-Length");
    if (strncasecmp(field(reply->head.data, "Transfer-Encoding"), "chunked", 7) == 0) {
        reply->whole = join_chunks(at, end, &reply->content);
    } else {
        size_t left = (size_t)(end - at);
        size_t size = *length ? (size_t)strtoull(length, NULL, 10) : left;
        reply->whole = size <= left;
        buf_add(&reply->content, at, reply->whole ? size : left);
    }
    reply->type = field(reply->head.data, "Content-Type");
}

void stage_exchange(const char *bytes, size_t size, struct stage_reply *ret_reply)
{
    int fd = connect_client();
    *ret_reply = (struct stage_reply){.type = ""};
    exchange(fd, bytes, size, &ret_reply->bytes);
    close(fd);
    stage_turns(2);
    if (ret_reply->bytes.size) {
        parse(ret_reply);
    }
    ret_reply->body = buf_str(&ret_reply->content);
    ret_reply->size = ret_reply->content.size;
}

void stage_call(const char *method, const char *target, const char *headers, const char *body,
                size_t size, struct stage_reply *ret_reply)
{
    buf_auto text = {0};
    buf_printf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s", method,
               target, strcasestr(headers, "authorization:") ? "" : STAGE_LOGIN, headers);
    if (body) {
        buf_printf(&text, "Content-Length: %zu\r\n", size);
    }
    buf_text(&text, "\r\n");
    buf_add(&text, body ? body : "", body ? size : 0);
    stage_exchange(text.data, text.size, ret_reply);
}

void stage_reply_finish(struct stage_reply *reply)
{
    buf_finish(&reply->bytes);
    buf_finish(&reply->head);
    buf_finish(&reply->content);
}

json_t *stage_json(const struct stage_reply *reply)
{
    return reply->whole
               ? json_loadb(reply->body, reply->size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
               : NULL;
}
