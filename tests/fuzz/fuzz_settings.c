/* Reads any document as the settings of an account. What is accepted is written, reads back and is
 * written the same. */
#include "fuzz.h"

#include "mutate.h"
#include "view/settings.h"

#include <string.h>

static const char *const words[] = {"profile",
                                    "2020",
                                    "2024",
                                    "2025",
                                    "outcome",
                                    "processed",
                                    "process_failed:insufficient_funds",
                                    "http://127.0.0.1:9000/c",
                                    "https://h/",
                                    "USD",
                                    "EUR",
                                    "1h",
                                    "30s",
                                    "callback_url",
                                    "settings",
                                    "retry_limit",
                                    "name",
                                    "en",
                                    "ru",
                                    "uk",
                                    "UTC",
                                    "Europe/Kyiv",
                                    "X-Key",
                                    "a@b.cd",
                                    NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct resolution_set none;
    struct arena arena = {0};
    buf_auto first = {0}, second = {0};
    struct settings settings;
    struct json_errors errors = {.arena = &arena}, mistakes = {.arena = &arena};
    json_auto_t *document = json_parse((const char *)data, size, &arena, NULL);
    settings_default(&settings);
    if (json_is_object(document)) {
        settings_read(document, NULL, &none, &settings, &errors);
        settings_text(&first, &settings);
        json_auto_t *written = json_parse(first.data, first.size, &arena, NULL);
        PROMISE(written);
        settings_default(&settings);
        settings_read(written, NULL, &none, &settings, &mistakes);
        PROMISE(errors.n || !mistakes.n);
        settings_text(&second, &settings);
        PROMISE(errors.n || strcmp(first.data, second.data) == 0);
    }
    arena_finish(&arena);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return mutate_document(data, size, most, seed, words);
}
