#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct {
    uint32_t net, mask;
} private_nets[] = {
    {0x7f000000, 0xff000000}, /* 127/8 */
    {0x0a000000, 0xff000000}, /* 10/8 */
    {0xac100000, 0xfff00000}, /* 172.16/12 */
    {0xc0a80000, 0xffff0000}, /* 192.168/16 */
};

static bool is_private4(uint32_t address)
{
    for (size_t i = 0; i < sizeof private_nets / sizeof private_nets[0]; i++) {
        if ((address & private_nets[i].mask) == private_nets[i].net) {
            return true;
        }
    }
    return false;
}

bool address_is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return is_private4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6) {
        return false;
    }
    struct sockaddr_in6 in6;
    memcpy(&in6, address, sizeof in6);
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        uint32_t mapped;
        memcpy(&mapped, &in6.sin6_addr.s6_addr[12], sizeof mapped);
        return is_private4(ntohl(mapped));
    }
    return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) || (in6.sin6_addr.s6_addr[0] & 0xfe) == 0xfc;
}
