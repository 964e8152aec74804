import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A small shop that takes payments with MilkyPay. It reads the same variables as a real one: MILKYPAY_URL and the keys. */
final class Shop {
    /** What the shop knows of an order. */
    static final class Order {
        final double amount;
        final String invoice;
        final String status;
        final String resolution;

        Order(double amount, String invoice, String status, String resolution) {
            this.amount = amount;
            this.invoice = invoice;
            this.status = status;
            this.resolution = resolution;
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> environment;
    private final HttpServer receiver;
    private final Object reading = new Object();
    private final Map<String, Order> orders = new HashMap<>();
    private final List<String> shipped = new ArrayList<>();

    Shop(Map<String, String> environment) throws IOException {
        this.environment = environment;
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/callback", this::receive);
        receiver.start();
    }

    void stop() {
        receiver.stop(0);
    }

    synchronized Order order(String reference) {
        return orders.get(reference);
    }

    synchronized List<String> shipped() {
        return List.copyOf(shipped);
    }

    /** Creates the invoice of an order once, even if a response is lost. Returns its id. */
    String checkout(String reference, double amount) throws IOException, InterruptedException {
        expect(reference, amount); // before a callback can arrive
        String order = String.format("{\"data\":{\"type\":\"payment-invoices\",\"attributes\":{\"reference_id\":\"%s\","
            + "\"service\":\"payment_card_usd_hpp\",\"currency\":\"USD\",\"amount\":%s,\"test_mode\":true,"
            + "\"callback_url\":\"http://127.0.0.1:%d/callback\"}}}", reference, amount, receiver.getAddress().getPort());
        for (int tries = 0; tries < 3; tries++) {
            try {
                HttpResponse<String> made = send("POST", "/payment-invoices", order);
                if (made.statusCode() == 201 || made.statusCode() == 409) { // 409 has the earlier invoice
                    return remember(reference, value(made.body(), "id"));
                }
                if (made.statusCode() >= 400 && made.statusCode() < 500) {
                    throw new IllegalArgumentException("refused with " + made.statusCode());
                }
            } catch (IOException lost) {
                // no response, or half of one
            }

            // the invoice may exist all the same
            String filter = "filter%5Breference_id%5D=" + URLEncoder.encode(reference, StandardCharsets.UTF_8);
            String found = send("GET", "/payment-invoices?" + filter, "").body();
            if (!found.contains("\"data\":[]")) {
                return remember(reference, value(found, "id"));
            }
        }
        throw new IOException("MilkyPay does not respond");
    }

    /** Whether MilkyPay accepts a refund of this amount. The same id refunds once, however often it is sent. */
    boolean refund(String reference, String id, double amount) throws IOException, InterruptedException {
        String invoice = order(reference).invoice;
        String refund = String.format("{\"data\":{\"type\":\"refund\",\"id\":\"%s\",\"attributes\":{"
            + "\"reference_id\":\"%s\",\"amount\":%s}}}", invoice, id, amount);
        // 200, or 409 with the earlier refund
        return send("POST", "/payment-invoices/" + invoice + "/refund", refund).body().startsWith("{\"data\":");
    }

    private synchronized void expect(String reference, double amount) {
        orders.putIfAbsent(reference, new Order(amount, "", "", ""));
    }

    private synchronized String remember(String reference, String invoice) {
        Order known = order(reference);
        orders.put(reference, new Order(known.amount, invoice, known.status, known.resolution));
        return invoice;
    }

    /** Reads an order's invoice. One read follows the other, so that the last one is the newest. */
    void refresh(String reference) throws IOException, InterruptedException {
        synchronized (reading) {
            String filter = "filter%5Breference_id%5D=" + URLEncoder.encode(reference, StandardCharsets.UTF_8);
            HttpResponse<String> found = send("GET", "/payment-invoices?" + filter, "");
            if (found.statusCode() != 200) {
                throw new IOException("not read: " + found.statusCode());
            }
            if (!found.body().contains("\"data\":[]")) {
                apply(reference, found.body());
            }
        }
    }

    private HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        String login = environment.get("MILKYPAY_ACCOUNT_ID") + ":" + environment.get("MILKYPAY_API_KEY");
        HttpRequest request = HttpRequest.newBuilder(URI.create(environment.get("MILKYPAY_URL") + path))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes()))
            .method(method, BodyPublishers.ofString(body)).build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** The first text or number of this name. A real shop has a JSON library for it. */
    private static String value(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        return found.find() ? found.group(1) : "";
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String signature = exchange.getRequestHeaders().getFirst("X-Signature");
        exchange.sendResponseHeaders(callback(body, signature), -1);
        exchange.close();
    }

    /** The status of the response to a callback. */
    private int callback(byte[] body, String signature) {
        if (!isGenuine(body, signature)) {
            return 403;
        }
        // Callbacks arrive twice, late and out of order. The shop takes one as a hint, and reads the invoice.
        String reference = value(new String(body, StandardCharsets.UTF_8), "reference_id");
        if (order(reference) == null) {
            return 200; // not an order of this shop
        }
        try {
            refresh(reference);
            return 200;
        } catch (IOException | InterruptedException failed) {
            return 503; // the callback comes again
        }
    }

    private boolean isGenuine(byte[] body, String signature) {
        byte[] secret = environment.get("MILKYPAY_SECRET_KEY").getBytes(StandardCharsets.UTF_8);
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(secret);
            sha1.update(body);
            byte[] expected = Base64.getEncoder().encode(sha1.digest(secret));
            return signature != null && MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private synchronized void apply(String reference, String invoice) {
        Order order = order(reference);
        String status = value(invoice, "status");
        if (Double.parseDouble(value(invoice, "amount")) != order.amount) {
            return;
        }
        if (status.equals("processed") && !shipped.contains(reference)) {
            shipped.add(reference);
        }
        orders.put(reference, new Order(order.amount, value(invoice, "id"), status, value(invoice, "resolution")));
    }
}
