#include "faults.h"

#include "base/crypt.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Returns the start of a fault's random stream. With a seed it depends only on the seed and on the
 * fault's index in its account, so neither other accounts nor the order of other calls changes what
 * the fault decides.
 */
static uint64_t stream_of(const struct fault_source *source, uint64_t nth)
{
    uint64_t random;
    if (source->seeded) {
        char text[96];
        uint8_t digest[32];
        snprintf(text, sizeof text, "fault:%lld:%llu", (long long)source->seed,
                 (unsigned long long)nth);
        crypt_sha256(text, digest);
        memcpy(&random, digest, sizeof random);
    } else {
        crypt_random(&random, sizeof random);
    }
    return random;
}

static char *copy_text(const char *text)
{
    return text ? mem_strdup(text) : NULL;
}

static void update_places(struct faults *faults)
{
    faults->places = 0;
    for (size_t i = 0; i < faults->n; i++) {
        faults->places |= FAULT_AT(faults->list[i].place);
    }
}

const struct fault *faults_add(struct faults *faults, struct fault_source *source,
                               const struct fault *fault)
{
    if (faults->n == FAULTS_MOST) {
        return NULL;
    }
    faults->list = mem_resize(faults->list, (faults->n + 1) * sizeof *faults->list);
    struct fault *own = &faults->list[faults->n++];
    *own = *fault;
    own->number = ++source->made;
    own->seen = own->hits = 0;
    own->random = stream_of(source, ++faults->made);
    own->match.method = copy_text(fault->match.method);
    own->match.path = copy_text(fault->match.path);
    own->match.invoice = copy_text(fault->match.invoice);
    own->given = mem_strdup(fault->given);
    update_places(faults);
    return own;
}

static void free_texts(const struct fault *fault)
{
    free((void *)(uintptr_t)fault->match.method);
    free((void *)(uintptr_t)fault->match.path);
    free((void *)(uintptr_t)fault->match.invoice);
    free((void *)(uintptr_t)fault->given);
}

bool faults_delete(struct faults *faults, int64_t number, enum fault_kind *ret_kind)
{
    size_t i = 0;
    while (i < faults->n && faults->list[i].number != number) {
        i++;
    }
    if (i == faults->n) {
        return false;
    }
    *ret_kind = faults->list[i].effect.kind;
    free_texts(&faults->list[i]);
    size_t after = --faults->n - i;
    memmove(&faults->list[i], &faults->list[i + 1], after * sizeof *faults->list);
    update_places(faults);
    return true;
}

void faults_delete_all(struct faults *faults)
{
    for (size_t i = 0; i < faults->n; i++) {
        free_texts(&faults->list[i]);
    }
    free(faults->list);
    faults->list = NULL;
    faults->n = 0;
    faults->places = 0;
}

void faults_finish(struct faults *faults)
{
    faults_delete_all(faults);
    *faults = (struct faults){0};
}

bool faults_ask(struct faults *faults, const char *account, const struct fault_subject *subject,
                struct fault_hit *ret_hit)
{
    if (!fault_ask(faults->list, faults->n, subject, ret_hit)) {
        return false;
    }
    char id[IDENT_TEXT];
    ident_number("fault", ret_hit->number, id);
    log_event(LOG_DEBUG, "fault_hit", LOG_TEXT("id", id),
              LOG_TEXT("fault", fault_kind_name(ret_hit->effect.kind)),
              LOG_TEXT("on", fault_place_name(subject->place)), LOG_TEXT("account", account),
              LOG_TEXT("invoice", subject->invoice ? subject->invoice : ""));
    return true;
}
