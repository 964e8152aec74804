/* Bodies of multipart/form-data, whose fields have names by the rules of form.h. */
#pragma once

#include "http/form.h"
#include "http/http_server.h"

/*
 * Adds the fields of the request's body to the form. A part that is a file, has no name or is
 * encoded is an error of the form, under its field's name; a file input that was left empty is no
 * field. Returns NULL, or in words why the body is not multipart/form-data.
 */
const char *multipart_read(struct http_request *request, struct form *form);
