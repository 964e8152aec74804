#include "deliver_transfer.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PUBLIC "a public address"

/* An address range: the first `bits` of `net`, in network order, and why callbacks may not go
 * there; NULL: they may. The first matching row applies. The names are those of IANA's registries
 * of special addresses. */
struct range {
    unsigned char net[16];
    int bits;
    const char *objection;
};

static const struct range ranges4[] = {
    {{127}, 8, NULL},
    {{10}, 8, NULL},
    {{172, 16}, 12, NULL},
    {{192, 168}, 16, NULL},
    {{0}, 8, "an unspecified address"},
    {{100, 64}, 10, "a shared address (RFC 6598)"},
    {{169, 254}, 16, "a link-local address"},
    {{192, 0, 0}, 24, "a reserved address"},
    {{198, 18}, 15, "an address for benchmarks"},
    {{224}, 4, "a multicast address"},
    {{255, 255, 255, 255}, 32, "the broadcast address"},
    {{240}, 4, "a reserved address"},
    {{0}, 0, PUBLIC},
};

static const struct range ranges6[] = {
    {{[15] = 1}, 128, NULL},
    {{0xfc}, 7, NULL},
    {{0}, 128, "an unspecified address"},
    {{0xfe, 0x80}, 10, "a link-local address"},
    {{0xfe, 0xc0}, 10, "a site-local address"},
    {{0xff}, 8, "a multicast address"},
    {{0x00, 0x64, 0xff, 0x9b}, 96, "a NAT64 address"},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, "a NAT64 address"},
    {{0x01}, 64, "an address that discards"},
    {{0x20, 0x01, 0x00, 0x02}, 48, "an address for benchmarks"},
    {{0x20, 0x01}, 32, "a Teredo address"},
    {{0x20, 0x02}, 16, "a 6to4 address"},
    {{0}, 0, PUBLIC},
};

static bool is_in(const unsigned char *address, const struct range *range)
{
    size_t whole = (size_t)range->bits / 8;
    unsigned char mask = (unsigned char)(0xff00 >> (range->bits % 8));
    return memcmp(address, range->net, whole) == 0 &&
           (!mask || ((address[whole] ^ range->net[whole]) & mask) == 0);
}

/* Each table ends with a row that matches every address. */
static const char *look_up(const struct range *range, const unsigned char *address)
{
    while (!is_in(address, range)) {
        range++;
    }
    return range->objection;
}

const char *address_objection(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return look_up(ranges4, (const unsigned char *)&in.sin_addr);
    }
    if (address->sa_family != AF_INET6) {
        return "not an internet address";
    }
    struct sockaddr_in6 in6;
    memcpy(&in6, address, sizeof in6);
    return IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) ? look_up(ranges4, in6.sin6_addr.s6_addr + 12)
                                                : look_up(ranges6, in6.sin6_addr.s6_addr);
}
