#include "rehearse/scene.h"

#include "base/text.h"
#include "base/wall.h"

bool scene_fail(struct scene *scene, const char *format, ...)
{
    if (!scene->error) {
        va_list args;
        va_start(args, format);
        scene->error = arena_vprintf(&scene->arena, format, args);
        va_end(args);
    }
    return false;
}

int64_t scene_left_ms(const struct scene *scene, int64_t most)
{
    int64_t left = scene->deadline_ms - mono_now_ms();
    return left < 1 ? 1 : left < most ? left : most;
}

const char *scene_text(const struct scene *scene, const char *member)
{
    return json_string_value(json_object_get(scene->scenario, member));
}

void scene_find(struct scene *scene, const struct finding *finding)
{
    struct findings *findings = &scene->findings;
    for (size_t i = 0; i < findings->n; i++) {
        struct finding *each = &findings->list[i];
        if (!text_equal(each->oracle, finding->oracle)) {
            continue;
        }
        if (each->without_job && text_equal(each->without_job, finding->text)) {
            *each = *finding;
        }
        if (text_equal(each->text, finding->text)) {
            return;
        }
    }
    if (findings->n < FINDINGS_MOST) {
        findings->list[findings->n++] = *finding;
    }
}
