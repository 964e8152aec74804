#include "evidence.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_ROOM 512
#define SINKS "/_mock/sink/" /* also those of another mock, and behind a proxy's prefix */
#define ACCEPTS 200          /* the platform repeats a callback after any other answer (P971) */

struct receiver {
    const char *name;
    bool answered;
    bool accepts, refuses; /* genuine callbacks; forged ones */
    int64_t unanswered;    /* callbacks without rows */
    SLIST_ENTRY(receiver) link;
};

bool evidence_is_refusal(long code)
{
    return code == 400 || code == 401 || code == 403 || code == 422;
}

static bool is_loopback(const char *host, size_t size)
{
    static const char *const names[] = {"localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (size == strlen(names[i]) && strncasecmp(host, names[i], size) == 0) {
            return true;
        }
    }
    return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == size;
}

/* "host:port/path", without the port of a loopback address. Returns false if it is a sink. */
static bool name_of(const char *url, char ret_name[NAME_ROOM])
{
    char shown[NAME_ROOM];
    url_shown(url, shown, sizeof shown);
    const char *host = strstr(shown, "//") + 2;
    size_t authority = strcspn(host, "/");
    size_t size = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    const char *path = host + authority;
    size = is_loopback(host, size) ? size : authority;
    snprintf(ret_name, NAME_ROOM, "%.*s", (int)size, host);
    text_lower(ret_name);
    size = strlen(ret_name);
    snprintf(ret_name + size, NAME_ROOM - size, "%s", *path ? path : "/");
    return !strstr(path, SINKS);
}

static int compare(const void *a, const void *b)
{
    const struct receiver *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static struct receiver *find(const struct evidence *evidence, const char *name)
{
    const struct receiver key = {.name = name};
    struct receiver **found = tfind(&key, &evidence->receivers, compare);
    return found ? *found : NULL;
}

/* Returns NULL if there are too many. */
static struct receiver *find_or_add(struct evidence *evidence, const char *name)
{
    struct receiver *known = find(evidence, name);
    if (known) {
        return known;
    }
    if (evidence->n == EVIDENCE_RECEIVERS_MOST) {
        return NULL;
    }
    size_t size = strlen(name) + 1;
    struct receiver *receiver = mem_alloc(sizeof *receiver + size);
    receiver->name = memcpy(receiver + 1, name, size);
    tsearch(receiver, &evidence->receivers, compare);
    SLIST_INSERT_HEAD(&evidence->list, receiver, link);
    evidence->n++;
    return receiver;
}

static void note_forged(struct evidence *evidence, struct receiver *receiver, int64_t callback,
                        long code)
{
    if (code == ACCEPTS) {
        if (evidence->accepted < EVIDENCE_NAMED_MOST) {
            evidence->accepted_list[evidence->accepted] = callback;
        }
        evidence->accepted++;
    } else if (evidence_is_refusal(code)) {
        receiver->refuses = true;
        evidence->refused++;
    }
}

void evidence_note(struct evidence *evidence, int64_t callback, const char *url,
                   enum evidence_sent sent, long code)
{
    char name[NAME_ROOM];
    if (!evidence->wanted || !code || !name_of(url, name)) {
        return;
    }
    struct receiver nobody = {0}, *receiver = find_or_add(evidence, name);
    receiver = receiver ? receiver : &nobody;
    receiver->answered = true;
    if (sent == SENT_FORGED) {
        note_forged(evidence, receiver, callback, code);
    }
    receiver->accepts |= sent == SENT_GENUINE && code == ACCEPTS;
    evidence->proven |= receiver->accepts && receiver->refuses;
}

bool evidence_answered(const struct evidence *evidence, const char *url)
{
    char name[NAME_ROOM];
    const struct receiver *receiver = name_of(url, name) ? find(evidence, name) : NULL;
    return receiver && receiver->answered;
}

void evidence_note_unanswered(void *arg, const char *url, int64_t n)
{
    struct evidence *evidence = arg;
    char name[NAME_ROOM];
    struct receiver *receiver = name_of(url, name) ? find_or_add(evidence, name) : NULL;
    *(receiver ? &receiver->unanswered : &evidence->unanswered_of_others) += n;
}

int64_t evidence_lost(const struct evidence *evidence)
{
    int64_t lost = evidence->unanswered_of_others;
    const struct receiver *receiver;
    SLIST_FOREACH(receiver, &evidence->list, link)
    {
        lost += receiver->answered ? 0 : receiver->unanswered;
    }
    return lost;
}

void evidence_finish(struct evidence *evidence)
{
    tdestroy(evidence->receivers, free);
    evidence->receivers = NULL;
    SLIST_INIT(&evidence->list);
}
