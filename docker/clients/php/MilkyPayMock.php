<?php

declare(strict_types=1);

// The MilkyPay mock in tests: accounts, clocks, outcomes, waits, faults, sinks, signatures. Copy this file into your
// project. It needs PHP 8.0 or later and no packages. server/docs/clients.md lists its operations.

/** An error response of the mock, or a wait that timed out: its status, the code of its error, and the body. */
final class MilkyPayError extends RuntimeException
{
    public function __construct(
        string $what,
        public int $status,
        public ?string $errorCode,
        string $message,
        public mixed $body,
    ) {
        parent::__construct(implode(' ', array_filter(["$what: $status", $errorCode, $message])));
    }
}

/** Sends requests to the mock. */
final class MilkyPayConnection
{
    public function __construct(public string $url)
    {
    }

    /** Throws a MilkyPayError for an error response, with the reason. */
    public function send(string $method, string $path, array $headers, ?array $body): array|string
    {
        $http = [
            'method' => $method,
            'protocol_version' => 1.1,
            'timeout' => 90, // longer than the longest wait
            'ignore_errors' => true, // error responses have a body too
        ];
        if ($body !== null) {
            $headers += ['Content-Type' => 'application/json'];
            $http['content'] = json_encode($body === [] ? new stdClass() : $body, JSON_THROW_ON_ERROR);
        }
        $headers += ['Connection' => 'close'];
        $http['header'] = array_map(fn ($name) => "$name: $headers[$name]", array_keys($headers));
        $stream = @fopen($this->url . $path, 'r', false, stream_context_create(['http' => $http]));
        if ($stream === false) {
            throw new RuntimeException("$method $path: " . (error_get_last()['message'] ?? 'no response'));
        }
        $lines = stream_get_meta_data($stream)['wrapper_data'];
        $text = stream_get_contents($stream);
        fclose($stream);
        return $this->read("$method $path", $lines, $text);
    }

    /** @param string[] $lines the status line and the headers */
    private function read(string $what, array $lines, string $text): array|string
    {
        $status = (int) explode(' ', $lines[0])[1];
        $headers = [];
        foreach (array_slice($lines, 1) as $line) {
            [$name, $value] = explode(':', $line, 2);
            $headers[strtolower($name)] = trim($value);
        }
        $isJson = str_contains($headers['content-type'] ?? '', 'json');
        $answer = $isJson ? json_decode($text, true, 512, JSON_THROW_ON_ERROR) : $text;
        if ($status < 300) {
            return $answer;
        }
        $error = is_array($answer) && isset($answer['error'])
            ? $answer['error'] : ['message' => $headers['x-mock-reason'] ?? $text];
        throw new MilkyPayError($what, $status, $error['code'] ?? null, $error['message'], $answer);
    }
}

/** A running mock. */
final class MilkyPayMock
{
    public string $url;
    private MilkyPayConnection $connection;

    /** The default URL is MILKYPAY_URL, which `milkypay-mock exec` sets. $token: the value of --control-token. */
    public function __construct(?string $url = null, private ?string $token = null)
    {
        $this->url = rtrim($url ?? (getenv('MILKYPAY_URL') ?: 'http://127.0.0.1:8080'), '/');
        $this->connection = new MilkyPayConnection($this->url);
    }

    public function publicApiUrl(): string
    {
        return "$this->url/public-api";
    }

    public function dashboardUrl(): string
    {
        return "$this->url/_mock/";
    }

    public function health(): array
    {
        return $this->request('GET', '/health');
    }

    /** The account with this id; by default the demo account. */
    public function account(?string $id = null): MilkyPayAccount
    {
        return $this->opened($id === null
            ? $this->request('GET', '/accounts?limit=1')['items'][0]
            : $this->request('GET', '/accounts/' . rawurlencode($id)));
    }

    /**
     * Creates an account with its own keys, invoices, clock, callbacks and faults. Name it after the test:
     * createAccount(name: $this->getName(), outcome: 'process_pending').
     */
    public function createAccount(mixed ...$settings): MilkyPayAccount
    {
        return $this->opened($this->request('POST', '/accounts', $settings));
    }

    /** Any call of the control API; $path is the part after /_mock. */
    public function request(string $method, string $path, ?array $body = null): array|string
    {
        $headers = $this->token === null ? [] : ['X-Mock-Token' => $this->token];
        return $this->connection->send($method, "/_mock$path", $headers, $body);
    }

    private function opened(array $document): MilkyPayAccount
    {
        return new MilkyPayAccount($this, $this->connection, $document);
    }
}

/** A merchant account of the mock. */
final class MilkyPayAccount
{
    public string $id;
    public string $apiKey;
    public string $publicKey;
    public string $publicLiveKey;
    public string $secretKey;
    public string $secretLiveKey;
    public array $settings;

    public function __construct(
        private MilkyPayMock $mock,
        private MilkyPayConnection $connection,
        array $document,
    ) {
        $this->id = $document['id'];
        $this->apiKey = $document['api_key'];
        $this->publicKey = $document['public_key'];
        $this->publicLiveKey = $document['public_live_key'];
        $this->secretKey = $document['secret_key'];
        $this->secretLiveKey = $document['secret_live_key'];
        $this->settings = $document['settings'];
    }

    /** The environment variables that `milkypay-mock exec` sets for a shop. */
    public function environment(): array
    {
        return [
            'MILKYPAY_URL' => $this->mock->url,
            'MILKYPAY_ACCOUNT_ID' => $this->id,
            'MILKYPAY_API_KEY' => $this->apiKey,
            'MILKYPAY_PUBLIC_KEY' => $this->publicKey,
            'MILKYPAY_SECRET_KEY' => $this->secretKey,
        ];
    }

    /** The value of the Authorization header for the private API. */
    public function authorization(): string
    {
        return 'Basic ' . base64_encode("$this->id:$this->apiKey");
    }

    /** A call of the platform's private API with the account's login: what your shop sends. */
    public function api(string $method, string $path, ?array $body = null, array $headers = []): array|string
    {
        return $this->connection->send($method, $path, $headers + ['Authorization' => $this->authorization()], $body);
    }

    // ---- the account

    public function update(mixed ...$settings): array
    {
        return $this->settings = $this->mock->request('PATCH', "/accounts/$this->id", $settings)['settings'];
    }

    public function delete(): array
    {
        return $this->mock->request('DELETE', "/accounts/$this->id");
    }

    public function reset(): array
    {
        return $this->call('POST', '/reset');
    }

    public function snapshot(string $name): array
    {
        return $this->call('POST', '/snapshots/' . rawurlencode($name));
    }

    public function restore(string $name): array
    {
        return $this->call('POST', '/snapshots/' . rawurlencode($name) . '/restore');
    }

    // ---- the account's clock

    public function clock(): array
    {
        return $this->call('GET', '/clock');
    }

    /** Stops the clock, at $now (unix seconds) if given. */
    public function freeze(?int $now = null): array
    {
        return $this->call('PUT', '/clock', ['mode' => 'frozen'] + self::given(['now' => $now]));
    }

    public function unfreeze(): array
    {
        return $this->call('PUT', '/clock', ['mode' => 'real']);
    }

    /** Seconds, or to: ..., or next: true, with timeout: ... Returns when every due event is done. */
    public function advance(?int $seconds = null, mixed ...$how): array
    {
        return $this->call('POST', '/clock/advance', self::given(['seconds' => $seconds]) + $how);
    }

    // ---- outcomes of invoices

    /** Outcomes for the next invoices, one each: 'processed', 'process_failed:declined@5s'. */
    public function queueOutcomes(string ...$outcomes): array
    {
        return $this->call('POST', '/outcomes', ['outcomes' => $outcomes]);
    }

    public function invoice(string $id): array
    {
        return $this->call('GET', "/payment-invoices/$id");
    }

    /** Pays like a payer, without a browser: card_number, expiry, cvv, three_ds; or cancel: true. */
    public function pay(string $id, mixed ...$visit): array
    {
        return $this->call('POST', "/payment-invoices/$id/pay", $visit);
    }

    /** Also: resolution, amount, force: true. */
    public function transition(string $id, string $status, mixed ...$change): array
    {
        return $this->call('POST', "/payment-invoices/$id/transition", ['status' => $status] + $change);
    }

    public function timeline(string $id): array
    {
        return $this->call('GET', "/payment-invoices/$id/timeline");
    }

    // ---- waits; a timeout throws a MilkyPayError with status 408 that describes the current state

    public function waitForStatus(string $invoice, string $status, ?string $timeout = null): array
    {
        return $this->wait(['invoice' => $invoice, 'status' => $status, 'timeout' => $timeout]);
    }

    /** $result: delivered or failed; $transition: only the callback that reports this status. */
    public function waitForCallback(
        string $invoice,
        ?string $transition = null,
        string $result = 'delivered',
        ?string $timeout = null,
    ): array {
        return $this->wait(
            ['invoice' => $invoice, 'callback' => $result, 'transition' => $transition, 'timeout' => $timeout]);
    }

    /** Waits until this many requests arrived; the filters are those of requests(), or sink and invoice. */
    public function waitForRequests(int $count, mixed ...$filter): array
    {
        return $this->wait(['requests' => $count] + $filter);
    }

    /** Waits until nothing is being sent and nothing is due. Call it before you close your receiver. */
    public function waitUntilIdle(?string $within = null, ?string $timeout = null): array
    {
        return $this->wait(['idle' => true, 'within' => $within, 'timeout' => $timeout]);
    }

    // ---- faults

    /** $on: api, page or callback. Fields: match, times, after, and those of the fault. */
    public function addFault(string $on, string $fault, mixed ...$fields): array
    {
        return $this->call('POST', '/faults', ['on' => $on, 'fault' => $fault] + $fields);
    }

    public function faults(): array
    {
        return $this->call('GET', '/faults');
    }

    /** Removes all faults, or the fault with this id. */
    public function removeFaults(?string $id = null): array
    {
        return $this->call('DELETE', $id === null ? '/faults' : "/faults/$id");
    }

    // ---- sinks: built-in receivers of callbacks

    public function sinkUrl(string $name): string
    {
        return "{$this->mock->url}/_mock/sink/" . rawurlencode($name) . "?account=$this->id";
    }

    /** Statuses for the next callbacks; the last one repeats. */
    public function answerSink(string $name, int ...$responses): array
    {
        return $this->call('PUT', '/sink/' . rawurlencode($name), ['responses' => $responses]);
    }

    /** What the sink received, oldest first. Filters: invoice, signature, order, limit, after. */
    public function sinkRequests(string $name, mixed ...$filter): array
    {
        return $this->call('GET', '/sink/' . rawurlencode($name) . '/requests', null, $filter);
    }

    // ---- what happened

    /** Filters: method, path, status, invoice, reference_id, kind, unmatched, limit, after. */
    public function requests(mixed ...$filter): array
    {
        return $this->call('GET', '/requests', null, $filter);
    }

    /** Filters: invoice, state, limit, after. */
    public function callbacks(mixed ...$filter): array
    {
        return $this->call('GET', '/callbacks', null, $filter);
    }

    public function resend(string $callback, bool $resign = false): array
    {
        return $this->call('POST', "/callbacks/$callback/resend", ['resign' => $resign]);
    }

    // ---- signatures

    /** The signature of a callback: base64(SHA1(secret + body + secret)), over the exact bytes of the body. */
    public function sign(string $body, ?string $secret = null): string
    {
        $secret ??= $this->secretKey;
        return base64_encode(sha1($secret . $body . $secret, true));
    }

    public function isGenuine(string $body, ?string $signature, ?string $secret = null): bool
    {
        return hash_equals($this->sign($body, $secret), $signature ?? '');
    }

    /** Asks the mock, which names the likely mistake if the signature is wrong. */
    public function verifySignature(string $body, string $signature, ?string $key = null): array
    {
        $check = ['body_base64' => base64_encode($body), 'signature' => $signature];
        return $this->call('POST', '/verify-signature', $check + self::given(['key' => $key]));
    }

    // ---- money

    /** The payments, refunds, chargebacks and payouts of a day, 'YYYY-MM-DD'. Options: timezone, format, limit. */
    public function report(string $date, mixed ...$options): array|string
    {
        return $this->call('GET', '/report', null, ['date' => $date] + $options);
    }

    private function wait(array $parameters): array
    {
        return $this->call('GET', '/wait', null, $parameters);
    }

    private function call(string $method, string $path, ?array $body = null, array $parameters = []): array|string
    {
        $texts = array_map(
            fn ($value) => is_bool($value) ? json_encode($value) : (string) $value,
            ['account' => $this->id] + self::given($parameters),
        );
        return $this->mock->request($method, "$path?" . http_build_query($texts), $body);
    }

    private static function given(array $values): array
    {
        return array_filter($values, fn ($value) => $value !== null);
    }
}
