/* Listening sockets, and how many connections the process may hold. */
#pragma once

#include <stddef.h>

#define LISTEN_MOST 8 /* addresses of one name */

/* Raises the limit of open files as far as it goes; what remains for connections. */
unsigned listen_connections_most(void);

/*
 * Listens on every address of `host`, all with the same port (0: a free one). An address that the
 * machine does not have (IPv6 is off) is left out with a warning in the log. Fills ret_fds and
 * returns how many there are; 0 on an error, with one line in ret_why.
 */
size_t listen_open(const char *host, int port, int ret_fds[LISTEN_MOST], char *ret_why,
                   size_t why_size);

/* The port of a listening socket. */
int listen_port(int fd);
