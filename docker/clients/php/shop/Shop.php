<?php

declare(strict_types=1);

/** A small shop that takes payments with MilkyPay. It reads the same variables as a real one: MILKYPAY_URL and the keys. */
final class Shop
{
    private const NEW = ['invoice' => null, 'status' => null, 'resolution' => null];

    /** $file: what the shop knows, shared by its pages and its receiver (callback.php). */
    public function __construct(private array $environment, private string $file, private string $callbackUrl = '')
    {
    }

    /** Creates the invoice of an order once, even if a response is lost. Returns its id. */
    public function checkout(string $reference, float $amount): string
    {
        $this->change(function (array $state) use ($reference, $amount): array {
            $state['orders'][$reference] ??= ['amount' => $amount] + self::NEW; // before a callback can arrive
            return $state;
        });
        $attributes = ['reference_id' => $reference, 'service' => 'payment_card_usd_hpp', 'currency' => 'USD',
            'amount' => $amount, 'test_mode' => true, 'callback_url' => $this->callbackUrl];
        for ($tries = 0; $tries < 3; $tries++) {
            [$status, $made] = $this->send('POST', '/payment-invoices',
                ['data' => ['type' => 'payment-invoices', 'attributes' => $attributes]]);
            if (isset($made['data'])) {
                return $this->remember($reference, $made['data']['id']); // 201, or 409 with the earlier invoice
            }
            if ($status >= 400 && $status < 500) {
                throw new RuntimeException("refused with $status");
            }

            // no response, or half of one: the invoice may exist all the same
            $filter = http_build_query(['filter[reference_id]' => $reference]);
            [, $found] = $this->send('GET', "/payment-invoices?$filter");
            if (($found['data'] ?? []) !== []) {
                return $this->remember($reference, $found['data'][0]['id']);
            }
        }
        throw new RuntimeException('MilkyPay does not respond');
    }

    /** Whether MilkyPay accepts a refund of this amount. The same $id refunds once, however often it is sent. */
    public function refund(string $reference, string $id, float $amount): bool
    {
        $invoice = $this->order($reference)['invoice'];
        $attributes = ['reference_id' => $id, 'amount' => $amount];
        [, $answer] = $this->send('POST', "/payment-invoices/$invoice/refund",
            ['data' => ['type' => 'refund', 'id' => $invoice, 'attributes' => $attributes]]);
        return isset($answer['data']); // 200, or 409 with the earlier refund
    }

    /** The status of the response to a callback. */
    public function callback(string $body, string $signature): int
    {
        $secret = $this->environment['MILKYPAY_SECRET_KEY'];
        if (!hash_equals(base64_encode(sha1($secret . $body . $secret, true)), $signature)) {
            return 403;
        }
        // Callbacks arrive twice, late and out of order. The shop takes one as a hint, and reads the invoice.
        $reference = json_decode($body, true, 64, JSON_THROW_ON_ERROR)['data']['attributes']['reference_id'];
        return $this->refresh($reference) ? 200 : 503; // after a 503 the callback comes again
    }

    /** Reads an order's invoice, one read after the other, so that the last one is the newest. Returns whether it could. */
    public function refresh(string $reference): bool
    {
        $done = true;
        $this->change(function (array $state) use ($reference, &$done): array {
            $order = $state['orders'][$reference] ?? null;
            if ($order === null) {
                return $state; // not an order of this shop
            }
            $filter = http_build_query(['filter[reference_id]' => $reference]);
            [$code, $found] = $this->send('GET', "/payment-invoices?$filter");
            $done = $code === 200 && isset($found['data']);
            foreach ($done ? $found['data'] : [] as $invoice) {
                $told = $invoice['attributes'];
                if ((float) $told['amount'] !== (float) $order['amount']) {
                    continue;
                }
                if ($told['status'] === 'processed' && !in_array($reference, $state['shipped'], true)) {
                    $state['shipped'][] = $reference;
                }
                $state['orders'][$reference] = ['invoice' => $invoice['id'], 'status' => $told['status'],
                    'resolution' => $told['resolution']] + $order;
            }
            return $state;
        });
        return $done;
    }

    public function order(string $reference): array
    {
        return $this->change(fn (array $state): array => $state)['orders'][$reference];
    }

    /** @return string[] the references of the shipped orders */
    public function shipped(): array
    {
        return $this->change(fn (array $state): array => $state)['shipped'];
    }

    private function remember(string $reference, string $invoice): string
    {
        $this->change(function (array $state) use ($reference, $invoice): array {
            $state['orders'][$reference]['invoice'] = $invoice;
            return $state;
        });
        return $invoice;
    }

    /** Changes what the shop knows; returns it. */
    private function change(callable $change): array
    {
        $file = fopen($this->file, 'c+');
        flock($file, LOCK_EX);
        $text = stream_get_contents($file);
        $state = $change($text === '' ? ['orders' => [], 'shipped' => []] : json_decode($text, true));
        ftruncate($file, 0);
        rewind($file);
        fwrite($file, json_encode($state));
        fclose($file);
        return $state;
    }

    /** @return array{int, ?array} the status, and the document; 0 or null if there was no response or half of one */
    private function send(string $method, string $path, ?array $body = null): array
    {
        $login = $this->environment['MILKYPAY_ACCOUNT_ID'] . ':' . $this->environment['MILKYPAY_API_KEY'];
        $text = @file_get_contents($this->environment['MILKYPAY_URL'] . $path, false, stream_context_create(['http' => [
            'method' => $method,
            'header' => ['Authorization: Basic ' . base64_encode($login), 'Content-Type: application/json'],
            'content' => $body === null ? '' : json_encode($body),
            'ignore_errors' => true, // error responses have a body too
        ]]));
        $status = $text === false ? 0 : (int) explode(' ', $http_response_header[0])[1];
        return [$status, json_decode((string) $text, true)];
    }
}
