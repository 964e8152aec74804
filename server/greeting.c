#include "greeting.h"

#include <stdio.h>
#include <unistd.h>

void greeting_print(const char *url, const struct account_keys *demo)
{
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    fprintf(stderr,
            "  dashboard      %s/\n"
            "  documentation  %s/_mock/docs/\n",
            url, url);
    if (demo) {
        fprintf(stderr,
                "  demo account   %s\n"
                "  its API key    %s\n"
                "  its other keys %s/_mock/#/accounts\n",
                demo->id, demo->api_key, url);
    }
    fputs("  Ctrl-C stops the server\n", stderr);
}
