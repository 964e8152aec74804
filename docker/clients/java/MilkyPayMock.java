import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The MilkyPay mock in tests: accounts, clocks, outcomes, waits, faults, sinks, signatures. Copy this file into your
 * project, and add the line of your package. It needs Java 11 or later and no libraries. server/docs/clients.md lists
 * its operations.
 */
public final class MilkyPayMock {
    /** An error response of the mock, or a wait that timed out: its status, the code of its error, and the body. */
    public static final class MilkyPayError extends RuntimeException {
        private static final long serialVersionUID = 1;

        public final int status;
        public final String code;
        public final Json body;

        MilkyPayError(String what, int status, String code, String message, Json body) {
            super(what + ": " + status + (code == null ? "" : " " + code) + (message == null ? "" : " " + message));
            this.status = status;
            this.code = code;
            this.body = body;
        }
    }

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;
    private final Map<String, String> headers;

    /** The mock at MILKYPAY_URL, which `milkypay-mock exec` sets. */
    public MilkyPayMock() {
        this(System.getenv().getOrDefault("MILKYPAY_URL", "http://127.0.0.1:8080"), null);
    }

    /** `token`: the value of --control-token, or null. */
    public MilkyPayMock(String url, String token) {
        this.url = url.replaceAll("/+$", "");
        this.headers = token == null ? Map.of() : Map.of("X-Mock-Token", token);
    }

    public String url() {
        return url;
    }

    public String publicApiUrl() {
        return url + "/public-api";
    }

    public String dashboardUrl() {
        return url + "/_mock/";
    }

    public Json health() {
        return request("GET", "/health", null);
    }

    /** The demo account. */
    public Account account() {
        return new Account(request("GET", "/accounts?limit=1", null).get("items").at(0));
    }

    /** The account with this id. */
    public Account account(String id) {
        return new Account(request("GET", "/accounts/" + encoded(id), null));
    }

    /**
     * Creates an account with its own keys, invoices, clock, callbacks and faults. Name it after the test:
     * `createAccount(Map.of("name", "declined", "outcome", "process_pending"))`.
     */
    public Account createAccount(Map<String, ?> settings) {
        return new Account(request("POST", "/accounts", settings));
    }

    /** Any call of the control API; `path` is the part after /_mock, a null `body` sends none. */
    public Json request(String method, String path, Object body) {
        return send(method, "/_mock" + path, headers, body);
    }

    /** Sends a request and reads the response. Throws a MilkyPayError for an error response, with the reason. */
    private Json send(String method, String path, Map<String, String> headers, Object body) {
        BodyPublisher content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.write(body));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).method(method, content);
        headers.forEach(request::header);
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        HttpResponse<String> response;
        try {
            response = HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException error) {
            throw new UncheckedIOException(method + " " + path + ": " + error.getMessage(), error);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(method + " " + path + ": interrupted", error);
        }
        boolean isJson = response.headers().firstValue("Content-Type").orElse("").contains("json");
        Json answer = isJson ? Json.parse(response.body()) : new Json(response.body());
        if (response.statusCode() < 300) {
            return answer;
        }
        Json error = answer.get("error");
        String reason = response.headers().firstValue("X-Mock-Reason").orElse(response.body());
        throw new MilkyPayError(method + " " + path, response.statusCode(), error.get("code").text(),
            error.isNull() ? reason : error.get("message").text(), answer);
    }

    private static String encoded(Object text) {
        return URLEncoder.encode(text.toString(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Map<String, Object> with(Map<String, ?> options, Object... more) {
        Map<String, Object> all = new LinkedHashMap<>(options);
        for (int i = 0; i < more.length; i += 2) {
            all.put((String) more[i], more[i + 1]);
        }
        return all;
    }

    /** A merchant account of the mock. */
    public final class Account {
        public final String id;
        public final String apiKey;
        public final String publicKey;
        public final String publicLiveKey;
        public final String secretKey;
        public final String secretLiveKey;
        private Json settings;

        private Account(Json document) {
            id = document.get("id").text();
            apiKey = document.get("api_key").text();
            publicKey = document.get("public_key").text();
            publicLiveKey = document.get("public_live_key").text();
            secretKey = document.get("secret_key").text();
            secretLiveKey = document.get("secret_live_key").text();
            settings = document.get("settings");
        }

        public Json settings() {
            return settings;
        }

        /** The environment variables that `milkypay-mock exec` sets for a shop. */
        public Map<String, String> environment() {
            return Map.of("MILKYPAY_URL", url, "MILKYPAY_ACCOUNT_ID", id, "MILKYPAY_API_KEY", apiKey,
                "MILKYPAY_PUBLIC_KEY", publicKey, "MILKYPAY_SECRET_KEY", secretKey);
        }

        /** The value of the Authorization header for the private API. */
        public String authorization() {
            return "Basic " + Base64.getEncoder().encodeToString((id + ":" + apiKey).getBytes(StandardCharsets.UTF_8));
        }

        /** A call of the platform's private API with the account's login: what your shop sends. */
        public Json api(String method, String path, Object body) {
            return api(method, path, body, Map.of());
        }

        public Json api(String method, String path, Object body, Map<String, String> headers) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("Authorization", authorization());
            return send(method, path, all, body);
        }

        private Json call(String method, String path, Object body, Map<String, ?> parameters) {
            String query = with(parameters, "account", id).entrySet().stream()
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue())).collect(Collectors.joining("&"));
            return request(method, path + "?" + query, body);
        }

        private Json call(String method, String path, Object body) {
            return call(method, path, body, Map.of());
        }

        // ---- the account

        public Json update(Map<String, ?> changes) {
            settings = request("PATCH", "/accounts/" + id, changes).get("settings");
            return settings;
        }

        public Json delete() {
            return request("DELETE", "/accounts/" + id, null);
        }

        public Json reset() {
            return call("POST", "/reset", null);
        }

        public Json snapshot(String name) {
            return call("POST", "/snapshots/" + encoded(name), null);
        }

        public Json restore(String name) {
            return call("POST", "/snapshots/" + encoded(name) + "/restore", null);
        }

        // ---- the account's clock

        public Json clock() {
            return call("GET", "/clock", null);
        }

        public Json freeze() {
            return call("PUT", "/clock", Map.of("mode", "frozen"));
        }

        /** Stops the clock at `now`, in unix seconds. */
        public Json freeze(long now) {
            return call("PUT", "/clock", Map.of("mode", "frozen", "now", now));
        }

        public Json unfreeze() {
            return call("PUT", "/clock", Map.of("mode", "real"));
        }

        /** Returns when every due event is done. */
        public Json advance(long seconds) {
            return advance(Map.of("seconds", seconds));
        }

        /** seconds, to or next, and timeout. */
        public Json advance(Map<String, ?> how) {
            return call("POST", "/clock/advance", how);
        }

        // ---- outcomes of invoices

        /** Outcomes for the next invoices, one each: "processed", "process_failed:declined@5s". */
        public Json queueOutcomes(String... outcomes) {
            return call("POST", "/outcomes", Map.of("outcomes", Arrays.asList(outcomes)));
        }

        public Json invoice(String id) {
            return call("GET", "/payment-invoices/" + id, null);
        }

        /** Pays like a payer, without a browser: card_number, expiry, cvv, three_ds; or cancel. */
        public Json pay(String id, Map<String, ?> visit) {
            return call("POST", "/payment-invoices/" + id + "/pay", visit);
        }

        public Json transition(String id, String status) {
            return transition(id, status, Map.of());
        }

        /** Options: resolution, amount, force. */
        public Json transition(String id, String status, Map<String, ?> options) {
            return call("POST", "/payment-invoices/" + id + "/transition", with(options, "status", status));
        }

        public Json timeline(String id) {
            return call("GET", "/payment-invoices/" + id + "/timeline", null);
        }

        // ---- waits, with the option timeout; a timeout throws a MilkyPayError with status 408 that describes the state

        private Json await(Map<String, ?> parameters) {
            return call("GET", "/wait", null, parameters);
        }

        public Json waitForStatus(String invoice, String status) {
            return waitForStatus(invoice, status, Map.of());
        }

        public Json waitForStatus(String invoice, String status, Map<String, ?> options) {
            return await(with(options, "invoice", invoice, "status", status));
        }

        public Json waitForCallback(String invoice) {
            return waitForCallback(invoice, Map.of());
        }

        /** Options: transition (the status that it reports), result ("failed": it has failed for good), timeout. */
        public Json waitForCallback(String invoice, Map<String, ?> options) {
            Map<String, Object> all = with(options, "invoice", invoice, "callback", "delivered");
            if (all.containsKey("result")) {
                all.put("callback", all.remove("result"));
            }
            return await(all);
        }

        /** Waits until this many requests arrived; the filters are those of requests(), or sink and invoice. */
        public Json waitForRequests(int count, Map<String, ?> filter) {
            return await(with(filter, "requests", count));
        }

        /** Waits until nothing is being sent and nothing is due. Call it before you close your receiver. */
        public Json waitUntilIdle() {
            return waitUntilIdle(Map.of());
        }

        /** Options: within, timeout. */
        public Json waitUntilIdle(Map<String, ?> options) {
            return await(with(options, "idle", true));
        }

        // ---- faults

        /** `on`: api, page or callback. Options: match, times, after, and those of the fault. */
        public Json addFault(String on, String fault, Map<String, ?> options) {
            return call("POST", "/faults", with(options, "on", on, "fault", fault));
        }

        public Json faults() {
            return call("GET", "/faults", null);
        }

        /** Removes all faults. */
        public Json removeFaults() {
            return call("DELETE", "/faults", null);
        }

        public Json removeFaults(String id) {
            return call("DELETE", "/faults/" + id, null);
        }

        // ---- sinks: built-in receivers of callbacks

        public String sinkUrl(String name) {
            return url + "/_mock/sink/" + encoded(name) + "?account=" + id;
        }

        /** Statuses for the next callbacks; the last one repeats. */
        public Json answerSink(String name, Integer... responses) {
            return call("PUT", "/sink/" + encoded(name), Map.of("responses", Arrays.asList(responses)));
        }

        public Json sinkRequests(String name) {
            return sinkRequests(name, Map.of());
        }

        /** What the sink received, oldest first. Filters: invoice, signature, order, limit, after. */
        public Json sinkRequests(String name, Map<String, ?> filter) {
            return call("GET", "/sink/" + encoded(name) + "/requests", null, filter);
        }

        // ---- what happened

        /** Filters: method, path, status, invoice, reference_id, kind, unmatched, limit, after. */
        public Json requests(Map<String, ?> filter) {
            return call("GET", "/requests", null, filter);
        }

        /** Filters: invoice, state, limit, after. */
        public Json callbacks(Map<String, ?> filter) {
            return call("GET", "/callbacks", null, filter);
        }

        /** `resign`: with a new signature. */
        public Json resend(String callback, boolean resign) {
            return call("POST", "/callbacks/" + callback + "/resend", Map.of("resign", resign));
        }

        // ---- signatures

        /** The signature of a callback: base64(SHA1(secret + body + secret)), over the exact bytes of the body. */
        public String sign(byte[] body) {
            try {
                MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
                byte[] secret = secretKey.getBytes(StandardCharsets.UTF_8);
                sha1.update(secret);
                sha1.update(body);
                return Base64.getEncoder().encodeToString(sha1.digest(secret));
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        public boolean isGenuine(byte[] body, String signature) {
            return signature != null && MessageDigest.isEqual(sign(body).getBytes(StandardCharsets.UTF_8),
                signature.getBytes(StandardCharsets.UTF_8));
        }

        /** Asks the mock, which names the likely mistake if the signature is wrong. */
        public Json verifySignature(byte[] body, String signature) {
            return call("POST", "/verify-signature", Map.of(
                "body_base64", Base64.getEncoder().encodeToString(body), "signature", signature));
        }

        // ---- money

        public Json report(String date) {
            return report(date, Map.of());
        }

        /** The payments, refunds, chargebacks and payouts of a day, "YYYY-MM-DD". Options: timezone, format, limit. */
        public Json report(String date, Map<String, ?> options) {
            return call("GET", "/report", null, with(options, "date", date));
        }
    }

    /** A JSON value. A member that is absent is null, and members of null are null. */
    public static final class Json implements Iterable<Json> {
        private final Object value; // Map, List, String, BigDecimal, Boolean or null

        Json(Object value) {
            this.value = value;
        }

        public Json get(String name) {
            return new Json(value instanceof Map ? ((Map<?, ?>) value).get(name) : null);
        }

        public Json at(int index) {
            return new Json(((List<?>) value).get(index));
        }

        public int size() {
            return ((List<?>) value).size();
        }

        public boolean isNull() {
            return value == null;
        }

        public String text() {
            return value == null ? null : value.toString();
        }

        public double number() {
            return ((BigDecimal) value).doubleValue();
        }

        public boolean isTrue() {
            return Boolean.TRUE.equals(value);
        }

        @Override
        public Iterator<Json> iterator() {
            return ((List<?>) value).stream().map(Json::new).iterator();
        }

        @Override
        public String toString() {
            return write(value);
        }

        public static Json parse(String text) {
            Parser parser = new Parser(text);
            Object value = parser.value();
            parser.end();
            return new Json(value);
        }

        /** Writes maps, lists, texts, numbers, booleans and null. */
        public static String write(Object value) {
            if (value instanceof Json) {
                return write(((Json) value).value);
            }
            if (value instanceof Map) {
                return ((Map<?, ?>) value).entrySet().stream()
                    .map(each -> quoted(each.getKey().toString()) + ":" + write(each.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
            }
            if (value instanceof List) {
                return ((List<?>) value).stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
            }
            return value instanceof String ? quoted((String) value) : String.valueOf(value);
        }

        private static String quoted(String text) {
            StringBuilder quoted = new StringBuilder("\"");
            for (char c : text.toCharArray()) {
                quoted.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? String.format("\\u%04x", (int) c) : c);
            }
            return quoted.append('"').toString();
        }
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Object value() {
            switch (next()) {
                case '{': return object();
                case '[': return list();
                case '"': return string();
                case 't': return word("true", true);
                case 'f': return word("false", false);
                case 'n': return word("null", null);
                default: return number();
            }
        }

        void end() {
            if (next() != 0) {
                throw wrong();
            }
        }

        /** The next character that is no blank, or 0 at the end. */
        private char next() {
            while (at < text.length() && text.charAt(at) <= ' ') {
                at++;
            }
            return at < text.length() ? text.charAt(at) : 0;
        }

        private boolean accept(char c) {
            boolean is = next() == c;
            at += is ? 1 : 0;
            return is;
        }

        private void expect(char c) {
            if (!accept(c)) {
                throw wrong();
            }
        }

        private IllegalArgumentException wrong() {
            return new IllegalArgumentException("no JSON at character " + at + ": " + text);
        }

        private Object word(String word, Object value) {
            if (!text.startsWith(word, at)) {
                throw wrong();
            }
            at += word.length();
            return value;
        }

        private Map<String, Object> object() {
            Map<String, Object> members = new LinkedHashMap<>();
            expect('{');
            if (accept('}')) {
                return members;
            }
            do {
                next();
                String name = string();
                expect(':');
                members.put(name, value());
            } while (accept(','));
            expect('}');
            return members;
        }

        private List<Object> list() {
            List<Object> items = new ArrayList<>();
            expect('[');
            if (accept(']')) {
                return items;
            }
            do {
                items.add(value());
            } while (accept(','));
            expect(']');
            return items;
        }

        private BigDecimal number() {
            int from = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            try {
                return new BigDecimal(text.substring(from, at));
            } catch (NumberFormatException error) {
                throw wrong();
            }
        }

        private String string() {
            StringBuilder string = new StringBuilder();
            expect('"');
            while (at < text.length() && text.charAt(at) != '"') {
                char c = text.charAt(at++);
                string.append(c == '\\' && at < text.length() ? escaped() : c);
            }
            expect('"');
            return string.toString();
        }

        private char escaped() {
            char c = text.charAt(at++);
            if (c == 'u' && at + 4 <= text.length()) {
                at += 4;
                return (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            int known = "bfnrt".indexOf(c);
            return known < 0 ? c : "\b\f\n\r\t".charAt(known);
        }
    }
}
