/* How much a peer has sent over a connection. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The bytes that a TCP socket has received, also those that curl has not handed on because their
 * line is not complete. -1: the kernel does not say. */
int64_t came_bytes(int socket);
