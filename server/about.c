#include "base/attr.h"
#include "base/pattern.h"
#include "commit.h"
#include "config_private.h"

#include <curl/curl.h>
#include <jansson.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <qrencode.h>
#include <sqlite3.h>

static const char *curl_loaded(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}

static const char *openssl_loaded(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static const char *qrencode_loaded(void)
{
    return QRcode_APIVersionString();
}

static const struct {
    const char *name;
    const char *(*version)(void);
} libraries[] = {
    {"libmicrohttpd", MHD_get_version}, {"jansson", jansson_version_str},
    {"SQLite", sqlite3_libversion},     {"libcurl", curl_loaded},
    {"OpenSSL", openssl_loaded},        {"PCRE2", pattern_library},
    {"libqrencode", qrencode_loaded},
};

void about_print(FILE *out)
{
    fputs("milkypay-mock " MILKYPAY_VERSION "\ncommit " MILKYPAY_COMMIT "\n", out);
    for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
        fprintf(out, "%s %s\n", libraries[i].name, libraries[i].version());
    }
}
