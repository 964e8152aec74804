#include "embedded.h"

#include "text.h"

const struct embedded_file *embedded_find(const char *name)
{
    return text_find(name, embedded_files, embedded_count, sizeof *embedded_files);
}
