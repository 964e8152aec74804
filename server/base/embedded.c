#include "embedded.h"

#include "text.h"

const struct embedded_file *embedded_find(const char *name)
{
    for (size_t i = 0; i < embedded_count; i++) {
        if (text_equal(embedded_files[i].name, name)) {
            return &embedded_files[i];
        }
    }
    return NULL;
}
