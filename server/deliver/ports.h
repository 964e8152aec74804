/*
 * The ports of connections to receivers. A connection that this side closes first keeps its port
 * for a minute (TIME_WAIT), and a system has some 28,000 of them for one receiver. A reset frees
 * the port at once, but the receiver may report it as an error. So connections are closed normally
 * while there are plenty of ports.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PORTS_RANGE "/proc/sys/net/ipv4/ip_local_port_range"

struct ports {
    int64_t since_ms; /* monotonic: when the current minute began */
    int used, most;   /* normal closes in this minute, and how many there may be */
};

/* Reads the first and the last port that the system has for connections, from a file like
 * PORTS_RANGE. Without it the usual number counts. */
void ports_begin(struct ports *ports, const char *path);

/* Takes a port for a normal close. Returns false if too many were taken in this minute. */
bool ports_take(struct ports *ports, int64_t now_ms);
