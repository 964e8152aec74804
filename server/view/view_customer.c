#include "view_customer.h"

#include "view/view_resource.h"

/* What the order said of the customer is kept as it came; a value that is no text is not known. */
static void copy_all(struct json_out *out, const json_t *kept, const char *const *keys)
{
    for (; *keys; keys++) {
        json_out_text(out, *keys, json_string_value(json_object_get(kept, *keys)));
    }
}

static void write_metadata(struct json_out *out, const json_t *metadata)
{
    if (json_is_object(metadata) || json_is_array(metadata)) {
        json_out_value(out, "metadata", metadata, true);
    } else {
        json_out_raw(out, "metadata", "[]");
    }
}

static void write_address(struct json_out *out, const json_t *address)
{
    static const char *const keys[] = {"street",       "country",   "region", "city",
                                       "full_address", "post_code", NULL};
    if (!json_is_object(address)) {
        json_out_null(out, "address");
        return;
    }
    json_out_object(out, "address");
    copy_all(out, address, keys);
    json_out_object_end(out);
}

static void write_attributes(struct json_out *out, const struct view_invoice *view,
                             const json_t *kept)
{
    static const char *const head[] = {"reference_id", "email", "name", "phone", NULL};
    static const char *const tail[] = {
        "date_of_birth", "individual_tax_id", "passport_number", "passport_series",
        "first_name",    "surname",           "patronymic",      NULL};
    json_out_object(out, "attributes");
    copy_all(out, kept, head);
    json_out_null(out, "description");
    /* Customers have no rows of their own: each order brings its own. */
    json_out_seconds(out, "created", view->invoice->created_ms);
    write_metadata(out, json_object_get(kept, "metadata"));
    json_out_null(out, "avatar");
    json_out_bool(out, "archived", false);
    json_out_object(out, "processing_options");
    json_out_bool(out, "payment_enabled", true);
    json_out_bool(out, "payout_enabled", true);
    json_out_object_end(out);
    write_address(out, json_object_get(kept, "address"));
    copy_all(out, kept, tail);
    json_out_object_end(out);
}

void view_customer_included(struct json_out *out, const struct view_invoice *view)
{
    const struct invoice *invoice = view->invoice;
    if (!invoice->customer_id) {
        return;
    }
    json_auto_t *kept = invoice->customer ? json_loads(invoice->customer, 0, NULL) : NULL;
    json_out_array(out, "included");
    json_out_object(out, NULL);
    json_out_text(out, "type", "customers");
    json_out_text(out, "id", invoice->customer_id);
    write_attributes(out, view, kept);
    json_out_object(out, "relationships");
    view_relationship(out, "commerce-account", "commerce-accounts", view->account->keys.id);
    json_out_object_end(out);
    json_out_object_end(out);
    json_out_array_end(out);
}
