import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Calls every operation of the helper, in the order of ../operations.js, and prints what makes no request. */
class Operations {
    static final String BODY = "{\"data\":{\"a\":\"b\\/c\"}}";
    static final Map<String, Object> ORDER =
        Map.of("service", "payment_card_usd_hpp", "currency", "USD", "amount", 100.55, "test_mode", true);

    static void print(String name, Object value) {
        System.out.println(name + " " + value);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] args) {
        MilkyPayMock mock = new MilkyPayMock(System.getenv("MILKYPAY_URL"), "secret-token");
        mock.health();
        mock.account();
        MilkyPayMock.Account account = mock.createAccount(Map.of("name", "operations", "outcome", "process_pending"));
        mock.account(account.id);
        mock.request("GET", "/statuses", null);

        account.update(Map.of("callback_url", account.sinkUrl("my-shop")));
        account.snapshot("first");
        account.freeze();
        long now = (long) account.clock().get("now").number();
        account.freeze(now + 1);
        account.queueOutcomes("processed@5s", "process_pending");
        Map<String, Object> limits = Map.of("match", Map.of("transition", "refunded"), "times", 1);
        MilkyPayMock.Json stored = account.addFault("callback", "bad_signature", limits);
        account.faults();
        account.removeFaults(stored.get("id").text());
        account.removeFaults();
        account.answerSink("my-shop", 500, 200);

        String invoice = account.api("POST", "/payment-invoices", ORDER).get("data").get("id").text();
        account.waitUntilIdle();
        account.advance(5);
        account.advance(Map.of("next", true, "timeout", "5s"));
        account.waitForStatus(invoice, "processed", Map.of("timeout", "5s"));
        account.waitForCallback(invoice, Map.of("transition", "processed"));
        account.waitForRequests(2, Map.of("sink", "my-shop", "invoice", invoice));
        MilkyPayMock.Json received =
            account.sinkRequests("my-shop", Map.of("invoice", invoice, "limit", 1)).get("items").at(0);
        byte[] body = bytes(received.get("body").text());
        String signature = received.get("headers").get("X-Signature").text();
        account.verifySignature(body, signature);
        print("isGenuine", account.isGenuine(body, signature));
        account.invoice(invoice);
        account.transition(invoice, "partially_charged_back", Map.of("amount", 20));
        account.timeline(invoice);
        account.unfreeze();

        String second = account.api("POST", "/payment-invoices", ORDER, Map.of("X-Mock-Outcome", "processed"))
            .get("data").get("id").text();
        account.pay(second, Map.of("card_number", "5519283812030000", "expiry", "1230", "cvv", "123"));
        account.waitUntilIdle(Map.of("within", "0", "timeout", "5s"));
        account.requests(Map.of("method", "POST", "path", "/payment-invoices"));
        MilkyPayMock.Json callback = account.callbacks(Map.of("invoice", invoice)).get("items").at(0);
        account.resend(callback.get("id").text(), true);
        account.report("2030-01-01", Map.of("timezone", "Europe/Kyiv"));
        account.reset();
        account.restore("first");

        for (Supplier<?> refused : List.<Supplier<?>>of(
            () -> account.queueOutcomes("declined"),
            () -> account.answerSink("a b+c", 200),
            () -> account.waitForStatus("cpi_none", "processed", Map.of("timeout", "50ms")),
            () -> account.api("GET", "/payment-invoices/cpi_none", null))) {
            try {
                refused.get();
            } catch (MilkyPayMock.MilkyPayError error) {
                String code = error.code == null ? "" : error.code;
                print("error", "true " + error.status + " " + code + " " + error.getMessage());
            }
        }
        account.delete();

        print("publicApiUrl", mock.publicApiUrl());
        print("dashboardUrl", mock.dashboardUrl());
        print("environment", new TreeMap<>(account.environment()).entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue()).collect(Collectors.joining(" ")));
        print("authorization", account.authorization());
        print("sinkUrl", account.sinkUrl("my-shop"));
        print("sign", account.sign(bytes(BODY)));
        print("isGenuine", account.isGenuine(bytes(BODY), account.sign(bytes(BODY))));
        print("isGenuine", account.isGenuine(bytes(BODY), account.sign(bytes(BODY + "\n"))));
    }
}
