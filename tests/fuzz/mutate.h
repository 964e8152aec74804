/* Mutators that know the structure of an input, for LLVMFuzzerCustomMutator. Each takes the seed
 * that libFuzzer gives, so that a run can be repeated. */
#pragma once

#include "fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* A sequence of numbers that follows from the seed. */
struct chance {
    uint64_t state;
};

struct chance chance_of(unsigned seed);
size_t chance_below(struct chance *chance, size_t n); /* n > 0 */

/*
 * Changes one value of a JSON document: removes, repeats or moves it, replaces it by another value
 * of the document, by a number at a limit, by one of `words` (ends in NULL), or by another type.
 * Returns the new size; 0 if the data is no JSON or the result has more than `most` bytes: then the
 * data is unchanged.
 */
size_t mutate_json(struct chance *chance, uint8_t *data, size_t size, size_t most,
                   const char *const *words);

/* As LLVMFuzzerCustomMutator for inputs that are one JSON document: mostly mutate_json, at times
 * bytes. */
size_t mutate_document(uint8_t *data, size_t size, size_t most, unsigned seed,
                       const char *const *words);
