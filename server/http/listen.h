/* The listening socket, and how many connections the process may take. */
#pragma once

#include <stddef.h>

/* A bound, listening, non-blocking socket; -1 and one line in ret_why when there is none to be had.
 */
int listen_open(const char *host, int port_number, char *ret_why, size_t why_size);

/* The port that a socket is bound to. */
int listen_port(int fd);

/* As many connections as the process may have descriptors for; raises its limit first. */
unsigned listen_connections_most(void);
