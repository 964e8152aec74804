#include "wait_index.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

struct wait_account {
    int64_t num;
    LIST_HEAD(, wait_group) groups;
    LIST_ENTRY(wait_account) chain;
};

void wait_index_init(struct wait_index *index)
{
    TAILQ_INIT(&index->marked);
}

static size_t bucket_of(int64_t account, int64_t invoice, bool requests)
{
    uint64_t mix = (uint64_t)account * 0x9e3779b97f4a7c15u + (uint64_t)invoice * 2 + requests;
    return (size_t)((mix * 0xff51afd7ed558ccdu) >> 40) % WAIT_BUCKETS;
}

static struct wait_group *find_group(const struct wait_index *index, int64_t account,
                                     int64_t invoice, bool requests)
{
    struct wait_group *group;
    LIST_FOREACH(group, &index->groups[bucket_of(account, invoice, requests)], chain)
    {
        if (group->account == account && group->invoice == invoice && group->requests == requests) {
            return group;
        }
    }
    return NULL;
}

static struct wait_account *find_account(const struct wait_index *index, int64_t num)
{
    struct wait_account *account;
    LIST_FOREACH(account, &index->accounts[bucket_of(num, 0, false)], chain)
    {
        if (account->num == num) {
            return account;
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------ adding and removing */

static struct wait_account *need_account(struct wait_index *index, int64_t num)
{
    struct wait_account *account = find_account(index, num);
    if (!account) {
        account = mem_alloc(sizeof *account);
        account->num = num;
        LIST_INIT(&account->groups);
        LIST_INSERT_HEAD(&index->accounts[bucket_of(num, 0, false)], account, chain);
    }
    return account;
}

static struct wait_group *add_group(struct wait_index *index, int64_t account, int64_t invoice,
                                    bool requests)
{
    struct wait_group *group = mem_alloc(sizeof *group);
    group->account = account;
    group->invoice = invoice;
    group->requests = requests;
    group->owner = need_account(index, account);
    LIST_INIT(&group->waiters);
    LIST_INSERT_HEAD(&index->groups[bucket_of(account, invoice, requests)], group, chain);
    LIST_INSERT_HEAD(&group->owner->groups, group, sibling);
    return group;
}

/* Its condition is about callbacks, so they must not be postponed. */
static bool hurries(const struct waiter *waiter)
{
    return waiter->kind == WAIT_CALLBACK || waiter->kind == WAIT_IDLE;
}

void wait_index_add(struct wait_index *index, struct waiter *waiter, const char *owner_id)
{
    bool requests = waiter->kind == WAIT_REQUESTS;
    struct wait_group *group = find_group(index, waiter->account, waiter->invoice, requests);
    if (!group) {
        group = add_group(index, waiter->account, waiter->invoice, requests);
        snprintf(group->owner_id, sizeof group->owner_id, "%s", owner_id);
    }
    waiter->group = group;
    group->hurried += hurries(waiter);
    LIST_INSERT_HEAD(&group->waiters, waiter, link);
}

static void unmark(struct wait_index *index, struct wait_group *group)
{
    TAILQ_REMOVE(&index->marked, group, mark);
    group->marked = false;
}

void wait_index_remove(struct wait_index *index, struct waiter *waiter)
{
    struct wait_group *group = waiter->group;
    LIST_REMOVE(waiter, link);
    group->hurried -= hurries(waiter);
    if (!LIST_EMPTY(&group->waiters)) {
        return;
    }
    if (group->marked) {
        unmark(index, group);
    }
    LIST_REMOVE(group, chain);
    LIST_REMOVE(group, sibling);
    if (LIST_EMPTY(&group->owner->groups)) {
        LIST_REMOVE(group->owner, chain);
        free(group->owner);
    }
    free(group);
}

/* ------------------------------------------------------------------ marks */

static void mark(struct wait_index *index, struct wait_group *group)
{
    if (!group->marked) {
        group->marked = true;
        TAILQ_INSERT_TAIL(&index->marked, group, mark);
    }
}

void wait_index_mark(struct wait_index *index, int64_t account, int64_t invoice, bool requests)
{
    struct wait_group *group = find_group(index, account, invoice, requests);
    if (group) {
        mark(index, group);
    }
}

void wait_index_mark_account(struct wait_index *index, int64_t account)
{
    struct wait_account *owner = find_account(index, account);
    struct wait_group *group;
    if (owner) {
        LIST_FOREACH(group, &owner->groups, sibling)
        {
            mark(index, group);
        }
    }
}

bool wait_index_hurries(const struct wait_index *index, int64_t account, int64_t invoice)
{
    const struct wait_group *group = find_group(index, account, invoice, false);
    return group && group->hurried;
}

struct wait_group *wait_index_next(struct wait_index *index)
{
    struct wait_group *group = TAILQ_FIRST(&index->marked);
    if (group) {
        unmark(index, group);
    }
    return group;
}
