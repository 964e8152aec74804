/*
 * An account's faults, in order of creation. They are kept in memory only: a restart clears them,
 * so no fault outlives the test that asked for it. The fault that a callback met is stored with the
 * callback.
 */
#pragma once

#include "base/mem.h"
#include "domain/fault.h"
#include "domain/ident.h"

#define FAULTS_MOST 200 /* per account, including those that are used up */

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
    unsigned places; /* FAULT_AT of each fault: the quick check of every call */
    uint64_t made;   /* since the last reset: numbers the streams of random numbers */
    int64_t held;    /* callbacks that `reorder` holds back */
};

/*
 * Adds a fault; sets its number, counts and stream, and copies texts. Returns it, or NULL if there
 * are FAULTS_MOST.
 */
const struct fault *faults_add(struct faults *faults, struct fault_source *source,
                               const struct fault *fault);

/* Deletes a fault; returns false if there is none with this number. Callbacks that `reorder` holds
 * stay held until outbox_release. */
bool faults_delete(struct faults *faults, int64_t number, enum fault_kind *ret_kind);
void faults_delete_all(struct faults *faults);

/* Deletes all faults and forgets held callbacks: for an account that is emptied or freed. */
void faults_finish(struct faults *faults);

/*
 * Finds the fault that applies to a call or an attempt of an account (fault_ask), and logs it as
 * `fault_hit`. Call it only if `places` has the subject's place.
 */
bool faults_ask(struct faults *faults, const char *account, const struct fault_subject *subject,
                struct fault_hit *ret_hit);
