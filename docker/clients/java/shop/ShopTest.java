import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The suite of the shop, with a running mock or under `milkypay-mock exec --strict --`:
 *
 *   javac -d classes *.java ../MilkyPayMock.java && java -cp classes ShopTest
 *
 * It needs no libraries, so it has its own main. In JUnit each test is a method.
 */
final class ShopTest {
    interface Test {
        void run(MilkyPayMock.Account account, Shop shop) throws Exception;
    }

    private static final MilkyPayMock MOCK = new MilkyPayMock();
    /** How a response is lost, and how often the shop then asks for the invoice: once if its search finds it. */
    private static final Map<String, Integer> LOST =
        Map.of("commit_then_reset", 1, "truncate", 1, "reset", 2, "status", 2, "garbage", 2);

    private static int failed;

    /** Runs a test with a shop and its own account, which has the test's name. */
    static void test(String name, Map<String, ?> settings, Test test) throws Exception {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("name", name, "outcome", "process_pending"));
        all.putAll(settings);
        MilkyPayMock.Account account = MOCK.createAccount(all);
        Shop shop = new Shop(account.environment());
        try {
            test.run(account, shop);
            System.out.println("ok   " + name);
        } catch (Exception | AssertionError error) {
            failed++;
            System.out.println("FAIL " + name);
            error.printStackTrace(System.out);
        } finally {
            account.waitUntilIdle(); // before the receiver closes
            shop.stop();
        }
    }

    static void same(Object is, Object expected) {
        if (!Objects.equals(is, expected)) {
            throw new AssertionError(is + " instead of " + expected);
        }
    }

    /** What the shop responded to each callback: the codes, by the status of the invoice. */
    static String responses(MilkyPayMock.Account account) {
        Map<String, String> codes = new TreeMap<>();
        for (MilkyPayMock.Json callback : account.callbacks(Map.of()).get("items")) {
            for (MilkyPayMock.Json attempt : callback.get("attempts")) {
                codes.merge(callback.get("transition").text(), attempt.get("code").text(), (some, one) -> some + " " + one);
            }
        }
        return codes.toString();
    }

    public static void main(String[] args) throws Exception {
        test("ships an order that is paid", Map.of(), (account, shop) -> {
            String invoice = shop.checkout("order-1", 19.99);
            account.pay(invoice, Map.of("card_number", "5519283812030000", "expiry", "1230", "cvv", "123"));
            account.waitForCallback(invoice, Map.of("transition", "processed"));
            same(shop.order("order-1").status, "processed");
            same(shop.shipped(), List.of("order-1"));
        });

        test("does not ship an order that is declined", Map.of(), (account, shop) -> {
            account.queueOutcomes("process_failed:insufficient_funds@0");
            String invoice = shop.checkout("order-1", 19.99);
            account.waitForCallback(invoice, Map.of("transition", "process_failed"));
            same(shop.order("order-1").resolution, "insufficient_funds");
            same(shop.shipped(), List.of());
        });

        test("refuses a forged callback", Map.of("outcome", "processed@5s"), (account, shop) -> {
            account.freeze();
            account.addFault("callback", "bad_signature", Map.of("match", Map.of("transition", "processed"), "times", 1));
            String invoice = shop.checkout("order-1", 19.99);
            account.advance(5);
            same(shop.shipped(), List.of());
            account.advance(60); // the retry is genuine
            account.waitForCallback(invoice, Map.of("transition", "processed"));
            same(responses(account), "{process_pending=200, processed=403 200}");
            same(shop.shipped(), List.of("order-1"));
        });

        test("ships once if callbacks come twice and out of order", Map.of("outcome", "processed@5s"), (account, shop) -> {
            account.freeze();
            account.addFault("callback", "reorder", Map.of("times", 1));
            account.addFault("callback", "duplicate", Map.of("match", Map.of("transition", "processed"), "times", 1));
            shop.checkout("order-1", 19.99);
            account.advance(5);
            account.waitUntilIdle();
            same(responses(account), "{process_pending=200, processed=200 200}");
            same(shop.order("order-1").status, "processed");
            same(shop.shipped(), List.of("order-1"));
        });

        for (String fault : LOST.keySet()) {
            test("creates one invoice although a response is lost: " + fault, Map.of(), (account, shop) -> {
                account.addFault("api", fault,
                    Map.of("match", Map.of("method", "POST", "path", "/payment-invoices"), "times", 1));
                String invoice = shop.checkout("order-1", 19.99);
                MilkyPayMock.Json listed = account.api("GET", "/payment-invoices", null).get("data");
                same(listed.size(), 1);
                same(listed.at(0).get("id").text(), invoice);
                MilkyPayMock.Json asked = account.requests(Map.of("method", "POST", "path", "/payment-invoices"));
                same((int) asked.get("total").number(), LOST.get(fault));
            });
        }

        test("learns that nobody paid", Map.of(), (account, shop) -> {
            shop.checkout("order-1", 19.99);
            account.advance(1801);
            same(shop.order("order-1").resolution, "expired");
            same(shop.shipped(), List.of());
        });

        Map<String, Object> paid = Map.of("outcome", "processed", "settle_after_ms", 0);
        test("refunds a part, and no more than is left", paid, (account, shop) -> {
            account.freeze(4_000_000_000L); // 2096-10-02
            String invoice = shop.checkout("order-1", 19.99);
            account.waitForCallback(invoice, Map.of("transition", "processed"));
            same(shop.refund("order-1", "refund-5", 5), true);
            account.waitForCallback(invoice, Map.of("transition", "partially_refunded"));
            same(shop.order("order-1").status, "partially_refunded");
            same(shop.refund("order-1", "refund-15", 15), false);
            MilkyPayMock.Json day = account.report("2096-10-02").get("sums").at(0);
            same(day.get("payments").get("amount").text(), "19.99");
            same(day.get("refunds").get("amount").text(), "-5.00");
        });
        System.exit(failed == 0 ? 0 : 1);
    }
}
