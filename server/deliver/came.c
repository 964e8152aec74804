/* What the kernel counts; its header does not go together with that of libc. */
#include "came.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

int64_t came_bytes(int socket)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    bool known =
        getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
        size >= offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received;
    return known ? (int64_t)info.tcpi_bytes_received : -1;
}
