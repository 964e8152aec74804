/* Listening sockets, and how many connections the process may hold. */
#pragma once

#include "base/mem.h"

#include <stddef.h>

#define LISTEN_MOST 8 /* addresses of one name */

/* Raises the limit of open files as far as it goes; what remains for connections. */
unsigned listen_connections_most(void);

/*
 * Listens on every address of `host`, all with the same port (0: a free one). An address that the
 * machine does not have (IPv6 is off) is left out with a warning in the log. On an error returns
 * the reason; no socket is open then.
 */
const char *listen_open(const char *host, int port, struct arena *arena, int ret_fds[LISTEN_MOST],
                        size_t *ret_n);

/* The port of a listening socket. */
int listen_port(int fd);
