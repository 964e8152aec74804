<?php
// Sells tickets: php -S 127.0.0.1:8000 index.php, with DATA, a folder that it may write to.

require __DIR__ . '/tickets.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

if ($path === '/buy' && $_SERVER['REQUEST_METHOD'] === 'POST') {
    $order = newOrder((float) $_POST['amount']);
    $invoice = createInvoice($order);
    if ($invoice === null) {
        $order['status'] = 'cancelled';
        saveOrder($order);
        http_response_code(500);
        echo 'Sorry, the payment could not be started. <a href="/">Again</a>';
        return;
    }
    header('Location: ' . $invoice['attributes']['hpp_url'], true, 302);
    return;
}

if ($path === '/callback') {
    $data = json_decode(file_get_contents('php://input'), true)['data'];
    $order = loadOrder($data['attributes']['reference_id']);
    // Never trust a request from the internet: ask MilkyPay.
    $invoice = api('GET', '/payment-invoices/' . $data['id']);
    if ($invoice !== null) {
        apply($order, $invoice['data']['attributes']);
    }
    return;
}

if ($path === '/back') {
    $order = loadOrder($_GET['order']);
    echo $order['status'] === 'paid' ? 'Enjoy the show!' : 'We will send your tickets when you have paid.';
    return;
}

if ($path === '/cron') {
    foreach (glob(getenv('DATA') . '/*.json') as $file) {
        $order = json_decode(file_get_contents($file), true);
        $found = api('GET', '/payment-invoices?filter[reference_id]=' . $order['id']);
        if (($found['data'] ?? []) !== []) {
            apply($order, $found['data'][0]['attributes']);
        }
    }
    return;
}

echo '<form method="post" action="/buy"><input name="amount"><button>Buy tickets</button></form>';
