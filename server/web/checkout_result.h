/* The page that tells what became of a payment, with the way back to the shop. */
#pragma once

#include "web/visit.h"

void checkout_result_show(const struct visit *visit);
