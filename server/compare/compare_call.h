/* One HTTP call to the account that is compared. Private to server/compare/. */
#pragma once

#include "base/buf.h"
#include "compare/comparison.h"

enum compare_login {
    COMPARE_LOGIN,       /* the account's */
    COMPARE_LOGIN_NONE,  /* no header */
    COMPARE_LOGIN_WRONG, /* of an account that does not exist */
};

struct compare_call {
    const char *method, *url;
    enum compare_login login;
    const char *accept;
    const char *type, *body; /* NULL: none */
};

struct compare_reply {
    int status;
    json_t *headers; /* the names in lower case, without those that transport adds */
    struct buf body;
    const char *failure; /* NULL: the reply is complete; else why not, static */
};

/*
 * Makes the call and waits for its reply. Sends it to this URL only: follows no redirect, uses no
 * proxy, verifies the certificate, and sends no login over plain http to a public address.
 */
void compare_call(const struct comparison *comparison, const struct compare_call *call,
                  struct compare_reply *ret_reply);

void compare_reply_finish(struct compare_reply *reply);
