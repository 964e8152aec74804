/*
 * An account's faults, in the order of their making. They live as long as the server: a restart
 * begins without, so that nothing odd outlives the test that asked for it. What a callback has met
 * is stored with it.
 */
#pragma once

#include "base/mem.h"
#include "domain/fault.h"
#include "domain/ident.h"

#define FAULTS_MOST 200 /* of one account, those that are used up included */

/* Numbers faults, and begins their streams of random numbers. */
struct fault_source {
    bool seeded;
    int64_t seed;
    int64_t made;
};

/* Zeroed: no faults. */
struct faults {
    struct fault *list; /* by number, ascending */
    size_t n;
    unsigned places; /* FAULT_AT of each that has one: what every call looks at first */
    uint64_t made;   /* since the last reset: numbers the streams of random numbers */
    int64_t held;    /* callbacks that `reorder` holds back */
};

/*
 * Adds a fault; number, counts and stream are set here, and texts are copied. Returns it, NULL when
 * there are FAULTS_MOST.
 */
const struct fault *faults_add(struct faults *faults, struct fault_source *source,
                               const struct fault *fault);

/* Takes a fault away; false when there is none of this number. What `reorder` holds stays held:
 * outbox_release lets it go. */
bool faults_delete(struct faults *faults, int64_t number, enum fault_kind *ret_kind);
void faults_delete_all(struct faults *faults);

/* All gone, and what was held is no longer known: for an account that is emptied or freed. */
void faults_finish(struct faults *faults);

/*
 * Asks for the fault that a call or an attempt of an account meets (fault_ask), and logs it as
 * `fault_hit`. Ask only when `places` has the subject's: it is the cheap look.
 */
bool faults_ask(struct faults *faults, const char *account, const struct fault_subject *subject,
                struct fault_hit *ret_hit);

/* "fault_7", and back. */
void fault_id(int64_t number, char ret_id[IDENT_TEXT]);
bool fault_id_read(const char *id, int64_t *ret_number);
