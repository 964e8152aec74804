/* The table of options, and the readers of their values. */
#include "config.h"

#include "base/attr.h"
#include "base/mem.h"
#include "base/text.h"
#include "config_private.h"
#include "domain/account.h"
#include "watch/journal.h"
#include "wire/json_read.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Holds texts that are only parts of argv or environ. Lives as long as the process. */
static struct arena texts;

/* ------------------------------------------------------------------ readers: each returns NULL or
 * a reason */

static void *place(const struct option *option, struct config *config)
{
    return (char *)config + option->offset;
}

static const char *read_text(const struct option *option, const char *value, struct config *config)
{
    *(const char **)place(option, config) = value;
    return NULL;
}

/* A file that must be readable. Checked here, because its users would report it late. */
static const char *read_file(const struct option *option, const char *value, struct config *config)
{
    read_text(option, value, config);
    return access(value, R_OK) == 0 ? NULL
                                    : arena_printf(&texts, "\"%s\": %s", value, strerror(errno));
}

static const char *read_flag(const struct option *option, const char *value, struct config *config)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes", NULL};
    int word = text_index_nocase(words, value);
    *(bool *)place(option, config) = word % 2; /* odd indices mean on */
    return word >= 0 ? NULL
                     : arena_printf(&texts, "\"%s\" must be 1, true, yes, 0, false or no", value);
}

static const char *read_strict(const struct option *option, const char *value,
                               struct config *config)
{
    static const struct {
        const char *name;
        enum strictness strictness;
    } words[] = {
        {"all", STRICT_ALL},   {"delivery", STRICT_DELIVERY},
        {"1", STRICT_ALL},     {"true", STRICT_ALL},
        {"yes", STRICT_ALL},   {"0", STRICT_OFF},
        {"false", STRICT_OFF}, {"no", STRICT_OFF},
    };
    (void)option;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcasecmp(words[i].name, value) == 0) {
            config->strict = words[i].strictness;
            return NULL;
        }
    }
    return arena_printf(&texts, "\"%s\" must be all or delivery", value);
}

static const char *read_duration(const struct option *option, const char *value,
                                 struct config *config)
{
    if (!text_to_duration(value, place(option, config))) {
        return arena_printf(
            &texts, "\"%s\" must be a duration: a whole number and ms, s, m, h or d, e.g. 2s",
            value);
    }
    return !option->most || *(int64_t *)place(option, config) <= option->most
               ? NULL
               : arena_printf(&texts, "\"%s\" must be at most %lldh", value,
                              (long long)option->most / (3600 * 1000));
}

static const char *read_url(const struct option *option, const char *value, struct config *config)
{
    if (!json_format_holds(JSON_FORMAT_URL, value)) {
        return arena_printf(&texts, "\"%s\" must be an http or https URL", value);
    }
    return read_text(option, value, config);
}

static const char *read_public_url(const struct option *option, const char *value,
                                   struct config *config)
{
    if (strpbrk(value, "?#")) {
        return arena_printf(&texts, "\"%s\" must not contain ? or #: paths are appended to it",
                            value);
    }
    size_t length = strlen(value);
    while (length && value[length - 1] == '/') {
        length--;
    }
    return read_url(option, arena_copy(&texts, value, length), config);
}

static bool read_port(const char *text, int *ret_port)
{
    int64_t port;
    if (*text == '-' || !text_to_int(text, &port) || port > 65535) {
        return false;
    }
    *ret_port = (int)port;
    return true;
}

static const char *read_listen(const struct option *option, const char *value,
                               struct config *config)
{
    const char *colon = strrchr(value, ':');
    int port;
    (void)option;
    if (!colon || !read_port(colon + 1, &port)) {
        bool number = *value && !value[strspn(value, "0123456789")];
        return arena_printf(&texts, "\"%s\" must be HOST:PORT, e.g. 127.0.0.1:%s", value,
                            number ? value : "8080");
    }
    char *host = arena_copy(&texts, value, (size_t)(colon - value));
    size_t length = strlen(host);
    bool brackets = length > 2 && host[0] == '[' && host[length - 1] == ']';
    if (brackets) {
        host[length - 1] = '\0';
        host++;
    }
    if (!*host || strpbrk(host, brackets ? "[]/ " : "[]/: ")) {
        return arena_printf(&texts, "\"%s\" must be HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080",
                            value);
    }
    config->listen_host = host;
    config->listen_port = port;
    return NULL;
}

/* FROM=TO, both URLs. A URL may contain '=' itself, so the separator is the '=' that has a URL on
 * both sides. */
static const char *read_rewrite(const struct option *option, const char *value,
                                struct config *config)
{
    (void)option;
    for (const char *mark = strchr(value, '='); mark; mark = strchr(mark + 1, '=')) {
        const char *from = arena_copy(&texts, value, (size_t)(mark - value));
        if (json_format_holds(JSON_FORMAT_URL, from) &&
            json_format_holds(JSON_FORMAT_URL, mark + 1)) {
            config->callback_rewrite_from = from;
            config->callback_rewrite_to = mark + 1;
            return NULL;
        }
    }
    return arena_printf(&texts, "\"%s\" must be FROM=TO with two http or https URLs", value);
}

static const char *read_allow(const struct option *option, const char *value, struct config *config)
{
    (void)option;
    config->callback_allow_any = text_equal(value, "any");
    if (config->callback_allow_any || text_equal(value, "private")) {
        return NULL;
    }
    return arena_printf(&texts, "\"%s\" must be private or any", value);
}

static const char *read_token(const struct option *option, const char *value, struct config *config)
{
    for (const char *p = value; *p; p++) {
        if (*p <= ' ' || *p >= 0x7f) {
            return "must be printable ASCII without spaces: it is sent in headers";
        }
    }
    return read_text(option, value, config);
}

/* One or more names, separated by commas. */
static const char *read_hosts(const struct option *option, const char *value, struct config *config)
{
    (void)option;
    char *name = arena_strdup(&texts, value);
    for (char *rest = name; name; name = rest) {
        name = strsep(&rest, ",");
        name += strspn(name, " ");
        text_lower(name);
        if (!*name || name[strspn(name, TEXT_LOWER TEXT_DIGITS ".-_")] != '\0') {
            return arena_printf(&texts, "\"%s\" must be a host name without scheme and port", name);
        }
        if (config->n_allow_hosts == CONFIG_LIST_MOST) {
            return arena_printf(&texts, "must be at most %d names", CONFIG_LIST_MOST);
        }
        config->allow_hosts[config->n_allow_hosts++] = name;
    }
    return NULL;
}

static const char *read_seed(const struct option *option, const char *value, struct config *config)
{
    (void)option;
    config->seeded = text_to_int(value, &config->seed);
    return config->seeded ? NULL : arena_printf(&texts, "\"%s\" must be a whole number", value);
}

static const char *read_journal(const struct option *option, const char *value,
                                struct config *config)
{
    int64_t *records = place(option, config);
    if (text_equal(value, "on") || text_equal(value, "off")) {
        *records = text_equal(value, "on") ? JOURNAL_RECORDS : 0;
        return NULL;
    }
    if (!text_to_int(value, records) || *records < 1 || *records > JOURNAL_RECORDS_MOST) {
        return arena_printf(&texts, "\"%s\" must be on, off or a number from 1 to %d", value,
                            JOURNAL_RECORDS_MOST);
    }
    return NULL;
}

static const char *read_log_level(const struct option *option, const char *value,
                                  struct config *config)
{
    (void)option;
    config->holds_warnings = false;
    return log_level_parse(value, &config->log_level)
               ? NULL
               : arena_printf(&texts, "\"%s\" must be error, warn, info or debug", value);
}

static const char *read_log_format(const struct option *option, const char *value,
                                   struct config *config)
{
    (void)option;
    config->log_json = text_equal(value, "json");
    return config->log_json || text_equal(value, "text")
               ? NULL
               : arena_printf(&texts, "\"%s\" must be text or json", value);
}

/* ------------------------------------------------------------------ the options, in the order of
 * --help */

#define IN(member) offsetof(struct config, member)

/* clang-format off */
const struct option config_options[] = {
    {"listen", "HOST:PORT", 0, "127.0.0.1:8080", "address to listen on; port 0 picks a free port", read_listen},
    {"db", "FILE", IN(db), NULL, "database file; without it a temporary one, deleted at exit", read_text},
    {"fixtures", "DIR", IN(fixtures), NULL,
     "folder with default, test-cards, rates, scenarios (.json)", read_text},
    {"catalogue", "DIR", IN(catalogue), NULL,
     "openfintech checkout: more services, and currencies", read_text},
    {"profile-file", "FILE", IN(profile_file), NULL,
     "answer in the form that compare --write-profile wrote", read_text},
    {"public-url", "URL", IN(public_url), NULL,
     "base of absolute URLs; else http:// and the request's Host", read_public_url},
    {"ready-file", "FILE", IN(ready_file), NULL, "write the listen URL to it once the server is ready", read_text},
    {"settle-after", "DURATION", IN(settle_after_ms), "2s",
     "delay of an invoice's outcome, unless the account sets it", read_duration, SETTLE_AFTER_MOST_MS},
    {"first-callback-delay", "DURATION", IN(first_callback_delay_ms), "250ms",
     "from the reply to the first callback, unless the account sets it", read_duration, FIRST_CALLBACK_MOST_MS},
    {"callback-url", "URL", IN(callback_url), NULL, "callback URL of the demo account", read_url},
    {"callback-rewrite", "FROM=TO", 0, NULL,
     "replace FROM by TO at the start of callback URLs", read_rewrite},
    {"callback-allow", "private|any", 0, "private",
     "any: also allow callbacks to public addresses", read_allow},
    {"callback-ca", "FILE", IN(callback_ca), NULL, "certificates (PEM) to trust for callbacks", read_file},
    {"callback-insecure", NULL, IN(callback_insecure), NULL,
     "accept any certificate of a callback receiver", read_flag},
    {"tls-cert", "FILE", IN(tls_cert), NULL, "serve https with this certificate chain (PEM)", read_file},
    {"tls-key", "FILE", IN(tls_key), NULL, "private key (PEM) of the certificate", read_file},
    {"control-token", "TOKEN", IN(control_token), NULL, "token that calls under /_mock/ must send", read_token},
    {"allow-host", "NAME", 0, NULL,
     "additional Host to accept; repeatable, or separated by commas", read_hosts},
    {"hide-panel", NULL, IN(hide_panel), NULL, "hide the mock's panel on the payment page", read_flag},
    {"seed", "N", 0, NULL, "generate the same ids in every run", read_seed},
    {"retention", "DURATION", IN(retention_ms), NULL,
     "delete older invoices; without it keep all", read_duration},
    {"durable", NULL, IN(durable), NULL, "also survive a power cut, not only a crash; slower", read_flag},
    {"journal", "on|off|N", IN(journal), "on",
     "number of requests to keep for /_mock/requests; on: 10000", read_journal},
    {"log-level", "LEVEL", 0, "info", "error, warn, info or debug", read_log_level},
    {"log-format", "FORMAT", 0, "text", "text or json", read_log_format},
    {"report", "DIR", IN(report), NULL,
     "write milkypay-junit.xml and milkypay.html there at exit", read_text},
    {"strict", "[=all|delivery]", 0, NULL,
     "exit with 3 if callbacks are lost; all: or signatures unchecked", read_strict},
    {"check", NULL, IN(check), NULL, "check options and fixtures, then exit", read_flag},
    {"list-routes", NULL, IN(list_routes), NULL, NULL, read_flag},
};
/* clang-format on */

const size_t config_options_count = ARRAY_SIZE(config_options);

const struct nearest_alias config_aliases[] = {
    {"port", "--listen HOST:PORT"},
    {"p", "--listen HOST:PORT"},
    {"host", "--listen HOST:PORT"},
    {"bind", "--listen HOST:PORT"},
    {"address", "--listen HOST:PORT"},
    {"database", "--db FILE"},
    {"db-file", "--db FILE"},
    {"database-url", "--db FILE"},
    {"verbose", "--log-level debug"},
    {"v", "--log-level debug"},
    {"webhook-url", "--callback-url URL"},
};

const size_t config_aliases_count = ARRAY_SIZE(config_aliases);

enum config_result config_refuse(const char *what, const char *reason)
{
    char *line = arena_printf(&texts, "milkypay-mock: %s: %s", what, reason);
    text_flatten(line);
    fprintf(stderr, "%s\n", line);
    return CONFIG_WRONG;
}

enum config_result config_take(const struct option *option, const char *what, const char *value,
                               struct config *config)
{
    const char *why = *value ? option->read(option, value, config) : "must not be empty";
    return why ? config_refuse(what, why) : CONFIG_SERVE;
}
