#include "reason.h"

#include "base/log.h"
#include "base/text.h"
#include "call/record.h"
#include "domain/fault.h"
#include "domain/ident.h"
#include "http/target.h"
#include "mask/mask.h"

#include <string.h>

#define REASON_MOST ((size_t)256)
#define PATH_MOST ((size_t)512)
#define SEND_BASIC "send Authorization: Basic base64(account id:API key)"
#define SEE_KEYS "GET /_mock/accounts has the keys of all accounts"
#define SEND_PUBLIC "send the account's pk_test_... or pk_live_..."
#define TRIM "a blank, a line end or a quote was sent around "
#define TRIM_IT "trim it where your code reads it"
#define UNSET "is empty, undefined, null or the name of a variable"

/* ------------------------------------------------------------------ the words */

static const struct reason refusals[REFUSAL_COUNT] = {
    [REFUSAL_PATH] = {"unknown_path", "path", "there is no such path"},
    [REFUSAL_TARGET] = {"unreadable_path", "path",
                        "the path cannot be read, or is longer than 8 kB",
                        "send UTF-8 that begins with /, without %2F and %00"},
    [REFUSAL_HTTP] = {"malformed_request", "request", "the request is not well-formed HTTP"},
    [REFUSAL_METHOD] = {"method_not_allowed", "method", "the path has other methods",
                        "see the header Allow"},
    [REFUSAL_NO_CREDENTIALS] = {"no_credentials", "Authorization", "no Authorization was sent",
                                SEND_BASIC},
    [REFUSAL_PUBLIC_CALL] = {"public_call", "Authorization",
                             "no Authorization was sent, only a public_key, which belongs to the "
                             "public API: its base URL ends in /public-api",
                             "for the private API, " SEND_BASIC},
    [REFUSAL_NO_BASIC] = {"no_basic", "Authorization",
                          "Authorization is not Basic with the base64 of login:password",
                          SEND_BASIC},
    [REFUSAL_LOGIN_UNSET] = {"login_not_set", "Authorization", "the login " UNSET,
                             "set the account's id where your code reads it; exec sets "
                             "MILKYPAY_ACCOUNT_ID"},
    [REFUSAL_LOGIN_UNKNOWN] = {"unknown_login", "Authorization",
                               "no account has the login as its id",
                               "GET /_mock/accounts lists the accounts"},
    [REFUSAL_LOGIN_BLANKS] = {"login_with_blanks", "Authorization", TRIM "the account's id",
                              TRIM_IT},
    [REFUSAL_LOGIN_IS_KEY] = {"key_as_login", "Authorization",
                              "the login is a key: the login must be the account's id", SEND_BASIC},
    [REFUSAL_PASSWORD] = {"wrong_api_key", "Authorization",
                          "the account is known, but the password is not its API key", SEE_KEYS},
    [REFUSAL_PASSWORD_UNSET] = {"api_key_not_set", "Authorization",
                                "the account is known, but its API key " UNSET,
                                "set the key where your code reads it; exec sets "
                                "MILKYPAY_API_KEY"},
    [REFUSAL_PASSWORD_BLANKS] = {"api_key_with_blanks", "Authorization",
                                 "the account is known, but " TRIM "its API key", TRIM_IT},
    [REFUSAL_PASSWORD_PUBLIC] = {"public_key_as_api_key", "Authorization",
                                 "the account is known, but a public key was sent as its API key",
                                 SEE_KEYS},
    [REFUSAL_PASSWORD_SECRET] = {"secret_key_as_api_key", "Authorization",
                                 "the account is known, but a secret key was sent as its API key; "
                                 "secret keys only sign callbacks",
                                 SEE_KEYS},
    [REFUSAL_PASSWORD_OTHERS] = {"foreign_api_key", "Authorization",
                                 "the account is known, but the API key belongs to another account",
                                 SEE_KEYS},
    [REFUSAL_PASSWORD_OLD] = {"replaced_api_key", "Authorization",
                              "the account is known, but the API key was replaced and its grace is "
                              "over",
                              SEE_KEYS},
    [REFUSAL_KEY_OLD] = {"replaced_public_key", "public_key",
                         "the public key was replaced and its grace is over", SEE_KEYS},
    [REFUSAL_KEY_UNSET] = {"public_key_not_set", "public_key", "the public key " UNSET,
                           "set it where your code reads it; exec sets MILKYPAY_PUBLIC_KEY"},
    [REFUSAL_KEY_BLANKS] = {"public_key_with_blanks", "public_key", TRIM "the public key", TRIM_IT},
    [REFUSAL_KEY_ACCOUNT] = {"account_as_public_key", "public_key",
                             "an account's id was sent as the public key", SEND_PUBLIC},
    [REFUSAL_KEY_UNKNOWN] = {"unknown_key", "public_key", "no account has this public key",
                             SEE_KEYS},
    [REFUSAL_KEY_SECRET] = {"secret_key_as_public_key", "public_key",
                            "a secret key was sent as the public key; secret keys only sign "
                            "callbacks, and never leave the shop's server",
                            SEND_PUBLIC},
    [REFUSAL_KEY_PRIVATE] = {"api_key_as_public_key", "public_key",
                             "an API key was sent as the public key", SEND_PUBLIC},
    [REFUSAL_TOKEN] = {"unknown_token", "Authorization",
                       "the token of the card session is missing, unknown or expired",
                       "send Authorization: Bearer with flow_data.metadata.token of the invoice"},
    [REFUSAL_HEADER] = {"unknown_header", "header", "there is no such X-Mock- header"},
    [REFUSAL_FILTER] = {"invalid_filter", "query", "a filter has a wrong value"},
};

/* Without a refusal by the router. */
static const struct {
    unsigned status;
    struct reason reason;
} statuses[] = {
    {400, {"unreadable_body", "body", "the body cannot be read"}},
    {401, {"unknown_key", "public_key", "no account has this key or token"}},
    {403, {"forbidden", "account", "the account may not do this"}},
    {404,
     {"unknown_resource", "path", "the account has nothing with this id",
      "the lists of the API have the ids"}},
    {409,
     {"conflict", "body", "the current state does not allow it",
      "GET /_mock/statuses says what may follow which status"}},
    {413, {"too_large", "body", "the body is too large"}},
    {415, {"unsupported_type", "Content-Type", "the body has a type that is not read here"}},
    {422, {"invalid_fields", "body", "some fields are wrong"}},
    {429, {"rate_limited", "account", "the account makes too many calls"}},
    {500, {"internal_error", "server", "the server could not do it"}},
    {503, {"unavailable", "server", "the server could not do it now", "send it again"}},
};

static const struct reason otherwise = {"refused", "request", "the call was refused"};

const struct reason *reason_of(enum journal_refusal refusal, unsigned status)
{
    if (refusal) {
        return &refusals[refusal];
    }
    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        if (statuses[i].status == status) {
            return &statuses[i].reason;
        }
    }
    return &otherwise;
}

/* ------------------------------------------------------------------ of one call */

const char *reason_nearest(const struct call *call)
{
    const char *target = target_without_authority(call->request->target);
    size_t size = strcspn(target, "?");
    const char *path = arena_copy(call->arena, target, size < PATH_MOST ? size : PATH_MOST);
    const struct route *route =
        route_suggest(call->router->routes, call->router->n_routes, call->request->method, path);
    return route ? arena_printf(call->arena, "the nearest is %s %s", route->method, route->pattern)
                 : "GET /_mock/docs/endpoints lists all paths";
}

static const char *because_of_fault(const struct call *call)
{
    char id[IDENT_TEXT];
    const struct fault_hit *hit = call->request->fault;
    ident_number("fault", hit->number, id);
    return arena_printf(call->arena,
                        "the fault %s (%s) answers instead; DELETE /_mock/faults/%s ends it", id,
                        fault_kind_name(hit->effect.kind), id);
}

/* The first wrong field, what it takes, and how many more there are. */
static const char *because_of_fields(struct call *call)
{
    size_t more = 0;
    const struct json_error *first = call->errors;
    for (const struct json_error *error = first->next; error; error = error->next) {
        more++;
    }
    const char *accepted = call->router->accepts ? call->router->accepts(call, first) : NULL;
    const char *rest = more ? arena_printf(call->arena, " (and %zu more)", more) : "";
    const char *better = call->detail ?: call->hint; /* than all that the field takes */
    better = better || accepted ? better : call->remedy;
    if (!better && !accepted) {
        return arena_printf(call->arena, "%s: %s%s", first->path, first->message, rest);
    }
    if (better) {
        return arena_printf(call->arena, "%s: %s%s; %s", first->path, first->message, rest, better);
    }
    return arena_printf(call->arena, "%s: %s%s; it takes %s", first->path, first->message, rest,
                        accepted);
}

static const char *text_of(struct call *call)
{
    const struct fault_hit *hit = call->request->fault;
    if (hit && hit->effect.kind == FAULT_STATUS) {
        return because_of_fault(call);
    }
    if (call->errors) {
        return because_of_fields(call);
    }
    const struct reason *reason = reason_of(call->refusal, call->request->reply.status);
    const char *remedy = call->refusal == REFUSAL_PATH || call->refusal == REFUSAL_METHOD
                             ? reason_nearest(call)
                             : call->remedy ?: reason->remedy;
    const char *text = call->refusal || !call->detail ? reason->message : call->detail;
    const char *detail = call->refusal ? call->detail : NULL;
    size_t size = strlen(text);
    size -= remedy && size && text[size - 1] == '.'; /* of the platform's sentences */
    return arena_printf(call->arena, "%.*s%s%s%s%s", (int)size, text, detail ? ": " : "",
                        detail ?: "", remedy ? "; " : "", remedy ?: "");
}

/* One line for a header: printable ASCII, without secrets. */
static char *header_line(struct call *call, const char *text)
{
    size_t size = strlen(text);
    char *line = arena_copy(call->arena, text, size);
    mask_body(line, size); /* before it is cut: half a card number is no longer recognized */
    line[size < REASON_MOST ? size : REASON_MOST] = '\0';
    for (char *p = line; *p; p++) {
        *p = *p >= ' ' && *p < 0x7f ? *p : '?';
    }
    return line;
}

/* Mistakes of the set-up, which a person wants to see at once. */
static bool is_logged(const struct call *call, unsigned status)
{
    return status == 401 || status == 403 || status == 405 || call->refusal == REFUSAL_PATH ||
           call->refusal == REFUSAL_TARGET;
}

static void log_call(const struct call *call, const char *event, const char *reason)
{
    const struct http_request *request = call->request;
    const char *said = request->path ?: request->target; /* one that cannot be read, as it came */
    char *path = arena_strdup(call->arena, said);
    mask_target(path, strlen(path));
    log_event(LOG_WARN, event, LOG_NUMBER("status", (int64_t)request->reply.status),
              LOG_TEXT("method", request->method), LOG_TEXT("path", path),
              LOG_TEXT("reason", reason));
}

/* A call that is accepted with a probable mistake: the platform's reply has no place for it. */
static void give_hint(struct call *call)
{
    const char *line = header_line(call, call->hint);
    record_hint(call->request, line);
    log_call(call, "mistyped", line);
}

void reason_give(struct call *call)
{
    struct http_request *request = call->request;
    unsigned status = request->reply.status;
    if (status < 400 && call->hint) {
        give_hint(call);
    }
    if (status < 400 || (request->path && target_is_under(request->path, CALL_CONTROL_PREFIX))) {
        return;
    }
    const char *line = header_line(call, text_of(call));
    http_reply_header(request, HTTP_REASON, line);
    if (is_logged(call, status)) {
        log_call(call, "refused", line);
    }
}
