<?php

// The shop as a server, to be rehearsed: php -S 127.0.0.1:3000 serve.php, with the shop's variables, SHOP_FILE, and
// PHP_CLI_SERVER_WORKERS=4, because a callback may arrive while an order is being placed.

declare(strict_types=1);

require __DIR__ . '/Shop.php';

$shop = new Shop(getenv(), getenv('SHOP_FILE'), "http://$_SERVER[HTTP_HOST]/callback");
$order = $_GET['order'] ?? '';
$amount = (float) ($_GET['amount'] ?? 0);

$state = fn (): array => ['status' => $shop->order($order)['status'] ?? 'new',
    'shipped' => count(array_keys($shop->shipped(), $order, true))];

try {
    $answer = match ($_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
        'POST /callback' => http_response_code(
            $shop->callback(file_get_contents('php://input'), $_SERVER['HTTP_X_SIGNATURE'] ?? '')),
        'POST /orders' => ['invoice' => $shop->checkout(bin2hex(random_bytes(16)), $amount)],
        'GET /state' => $state(),
        'POST /refund' => ['accepted' => $shop->refund($order, $_GET['click'] ?? '', $amount)],
        'POST /refresh' => ['read' => $shop->refresh($order)] + $state(),
        default => [],
    };
} catch (RuntimeException $error) {
    http_response_code(503);
    $answer = ['error' => $error->getMessage()];
}
echo json_encode($answer);
