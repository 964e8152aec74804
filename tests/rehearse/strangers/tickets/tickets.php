<?php

function api(string $method, string $path, ?array $body = null): ?array
{
    $login = getenv('MILKYPAY_ACCOUNT_ID') . ':' . getenv('MILKYPAY_API_KEY');
    $text = @file_get_contents(getenv('MILKYPAY_URL') . $path, false, stream_context_create(['http' => [
        'method' => $method,
        'timeout' => 3,
        'header' => ['Authorization: Basic ' . base64_encode($login), 'Content-Type: application/json'],
        'content' => $body === null ? '' : json_encode($body),
    ]]));
    return $text === false ? null : json_decode($text, true);
}

function newOrder(float $amount): array
{
    $number = count(glob(getenv('DATA') . '/*.json')) + 1;
    $order = ['id' => "T-$number", 'amount' => $amount, 'status' => 'open', 'received' => 0, 'mails' => 0];
    saveOrder($order);
    return $order;
}

function loadOrder(string $id): array
{
    return json_decode(file_get_contents(getenv('DATA') . "/$id.json"), true);
}

function saveOrder(array $order): void
{
    file_put_contents(getenv('DATA') . "/{$order['id']}.json", json_encode($order));
}

function createInvoice(array $order): ?array
{
    $shop = 'http://' . $_SERVER['HTTP_HOST'];
    $back = "$shop/back?order={$order['id']}";
    $answer = api('POST', '/payment-invoices', ['data' => ['type' => 'payment-invoices', 'attributes' => [
        'reference_id' => $order['id'],
        'service' => 'payment_card_usd_hpp',
        'currency' => 'USD',
        'amount' => $order['amount'],
        'test_mode' => true,
        'return_url' => $back,
        'return_urls' => ['success' => $back, 'fail' => $back, 'pending' => $back],
        'callback_url' => "$shop/callback",
    ]]]);
    return $answer['data'] ?? null;
}

function apply(array $order, array $invoice): void
{
    if (str_contains($invoice['status'], 'processed')) {
        $order['status'] = 'paid';
        $order['received'] = $order['amount'];
        $order['mails'] += 1; // the tickets go out by mail
    } elseif ($invoice['status'] === 'process_failed') {
        $order['status'] = 'cancelled';
    }
    saveOrder($order);
}
