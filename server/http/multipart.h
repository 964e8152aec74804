/* Reads multipart/form-data; field names follow the rules of form.h. */
#pragma once

#include "http/form.h"
#include "http/http_server.h"

/*
 * Adds the fields of the request's body to the form. A part that is a file, has no name or is
 * encoded is an error of the form, under its field's name. An empty file input is ignored. Returns
 * NULL, or why the body is not multipart/form-data.
 */
const char *multipart_read(struct http_request *request, struct form *form);
