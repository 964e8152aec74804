/* Loads any document as one of the fixture files, as a file of the published catalogue, or as an
 * account's changes of its services. What is accepted is complete: each service is found by its
 * code. What is refused says where. The first byte chooses. */
#include "fuzz.h"

#include "base/log.h"
#include "fixture/fixture.h"
#include "mutate.h"
#include "wire/json_read.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {"default.json",
                                    "scenarios.json",
                                    "test-cards.json",
                                    "rates.json",
                                    "data/currencies.json",
                                    "data/payment_methods.json",
                                    "data/payment_services.json",
                                    "data/payout_methods.json",
                                    "data/payout_services.json"};

#define FILES (sizeof files / sizeof *files)
#define OWN_FILES 4 /* those of --fixtures come first */

static const char *const words[] = {"payment_card_usd_hpp",
                                    "payment_card",
                                    "USD",
                                    "EUR",
                                    "methods",
                                    "services",
                                    "fields",
                                    "accounts",
                                    "payout_services",
                                    "processed",
                                    "process_failed:insufficient_funds",
                                    "regexp",
                                    "^[0-9]{1,3}$",
                                    "(",
                                    "4111111111111111",
                                    "code",
                                    "currency",
                                    "card",
                                    "en",
                                    "true",
                                    "1",
                                    "0.5",
                                    "rules",
                                    "cards",
                                    "resolutions",
                                    "processed@1h",
                                    "coma_Demo4DocsAccount",
                                    "settings",
                                    "text",
                                    "number",
                                    NULL};

static char folder[100];

static const char *path(const char *name)
{
    static char text[200];
    snprintf(text, sizeof text, "%s/%s", folder, name);
    return text;
}

static void tidy_up(void)
{
    for (size_t i = 0; i < FILES; i++) {
        unlink(path(files[i]));
    }
    rmdir(path("data"));
    rmdir(folder);
}

static void set_up(void)
{
    const char *base = getenv("TMPDIR");
    if (*folder) {
        return;
    }
    log_setup(LOG_ERROR, false);
    snprintf(folder, sizeof folder, "%.60s/fuzz-XXXXXX", base && *base ? base : "/tmp");
    PROMISE(mkdtemp(folder) && mkdir(path("data"), 0700) == 0);
    atexit(tidy_up);
}

static void check_fixture(const struct fixture *fixture)
{
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        const struct catalogue *catalogue = &fixture->services.catalogues[kind];
        for (size_t i = 0; i < catalogue_size(catalogue); i++) {
            const struct service *service = catalogue_at(catalogue, i);
            PROMISE(service_find(catalogue, service->code) == service);
            PROMISE(service_find_id(catalogue, service->id));
            PROMISE(sorted_find(&fixture->services.served, service->currency));
        }
    }
}

/* Each line names its file or folder and the place. */
static void check_why(const char *why)
{
    PROMISE(*why && strstr(why, ": "));
    for (const char *at = why; *at; at++) {
        PROMISE((unsigned char)*at >= ' ' || *at == '\n');
    }
}

static void change_services(const struct fixture *fixture, const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct own_services *own = NULL;
    json_auto_t *changes = json_parse((const char *)data, size, &arena, NULL);
    const char *why = changes ? own_services_read(fixture, changes, NULL, &arena, &own) : NULL;
    if (why) {
        PROMISE(*why && !own);
    }
    own_services_free(own);
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture fixture;
    size_t which = size ? data[0] % (FILES + 1) : 0;
    size_t rest = size ? size - 1 : 0;
    const uint8_t *text = size ? data + 1 : data;
    set_up();
    if (which < FILES) {
        FILE *file = fopen(path(files[which]), "w");
        PROMISE(file && fwrite(text, 1, rest, file) == rest && fclose(file) == 0);
    }
    const char *why = fixture_load(which < OWN_FILES ? folder : NULL, &fixture);
    if (!why && which >= OWN_FILES && which < FILES) {
        why = fixture_add_openfintech(folder, &fixture);
    } else if (!why && which == FILES) {
        change_services(&fixture, text, rest);
    }
    why ? check_why(why) : check_fixture(&fixture);
    fixture_finish(&fixture);
    if (which < FILES) {
        unlink(path(files[which]));
    }
    return 0;
}

/* The byte that chooses stays before the document. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    if (size < 2) {
        return LLVMFuzzerMutate(data, size, most);
    }
    return 1 + mutate_document(data + 1, size - 1, most - 1, seed, words);
}
