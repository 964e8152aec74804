import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;

/** The shop as a server, to be rehearsed: PORT=3000 java Serve */
final class Serve {
    private final Shop shop = new Shop(System.getenv());

    private Serve() throws IOException {
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", new Serve()::handle);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, String> query = new HashMap<>();
        String text = exchange.getRequestURI().getQuery();
        for (String pair : text == null ? new String[0] : text.split("&")) {
            query.put(pair.split("=")[0], pair.split("=")[1]);
        }
        int status = 200;
        String answer;
        try {
            answer = answer(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath(),
                query.getOrDefault("order", ""), query.getOrDefault("click", ""), Double.parseDouble(query.getOrDefault("amount", "0")));
        } catch (IOException | InterruptedException | RuntimeException failed) {
            status = 503;
            answer = "{}";
        }
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String answer(String route, String order, String click, double amount)
            throws IOException, InterruptedException {
        switch (route) {
            case "POST /orders":
                return "{\"invoice\":\"" + shop.checkout(UUID.randomUUID().toString(), amount) + "\"}";
            case "GET /state":
                return state(order);
            case "POST /refund":
                return "{\"accepted\":" + shop.refund(order, click, amount) + "}";
            case "POST /refresh":
                shop.refresh(order);
                return state(order);
            default:
                return "{}";
        }
    }

    private String state(String order) {
        String status = shop.order(order).status;
        return "{\"status\":\"" + (status.isEmpty() ? "new" : status) + "\",\"shipped\":"
            + Collections.frequency(shop.shipped(), order) + "}";
    }
}
