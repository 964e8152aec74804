<?php

// The suite of the shop: php shop_test.php, with a running mock or under `milkypay-mock exec --strict --`.

declare(strict_types=1);

require __DIR__ . '/../MilkyPayMock.php';
require __DIR__ . '/Shop.php';

/** A shop with its own account, which has the test's name, and its receiver. */
final class Opened
{
    public MilkyPayAccount $account;
    public Shop $shop;
    private string $file;
    /** @var resource */
    private $receiver;

    public function __construct(string $name, array $settings)
    {
        $this->account = (new MilkyPayMock())->createAccount(
            ...$settings + ['name' => $name, 'outcome' => 'process_pending']);
        $this->file = tempnam(sys_get_temp_dir(), 'shop');
        $environment = ['SHOP_FILE' => $this->file] + $this->account->environment();
        $this->receiver = proc_open([PHP_BINARY, '-S', '127.0.0.1:0', __DIR__ . '/callback.php'],
            [1 => ['file', '/dev/null', 'w'], 2 => ['pipe', 'w']], $pipes, null, $environment + getenv());
        do {
            $line = fgets($pipes[2]); // "Development Server (http://127.0.0.1:...) started"
        } while ($line !== false && !preg_match('~http://\S+:\d+~', $line, $found));
        $this->shop = new Shop($environment, $this->file, "$found[0]/callback");
    }

    public function close(): void
    {
        $this->account->waitUntilIdle(); // before the receiver closes
        proc_terminate($this->receiver);
        proc_close($this->receiver);
        unlink($this->file);
    }

    /** What the shop responded to each callback: the codes, by the status of the invoice. */
    public function responses(): array
    {
        $codes = [];
        foreach ($this->account->callbacks()['items'] as $callback) {
            $codes[$callback['transition']] = array_column($callback['attempts'], 'code');
        }
        ksort($codes);
        return $codes;
    }
}

function same(mixed $is, mixed $expected): void
{
    if ($is !== $expected) {
        throw new Exception(json_encode($is) . ' instead of ' . json_encode($expected));
    }
}

$tests = [];

$tests['ships an order that is paid'] = [[], function (MilkyPayAccount $account, Shop $shop): void {
    $invoice = $shop->checkout('order-1', 19.99);
    $account->pay($invoice, card_number: '5519283812030000', expiry: '1230', cvv: '123');
    $account->waitForCallback($invoice, transition: 'processed');
    same($shop->order('order-1')['status'], 'processed');
    same($shop->shipped(), ['order-1']);
}];

$tests['does not ship an order that is declined'] = [[], function (MilkyPayAccount $account, Shop $shop): void {
    $account->queueOutcomes('process_failed:insufficient_funds@0');
    $invoice = $shop->checkout('order-1', 19.99);
    $account->waitForCallback($invoice, transition: 'process_failed');
    same($shop->order('order-1')['resolution'], 'insufficient_funds');
    same($shop->shipped(), []);
}];

$tests['refuses a forged callback'] = [
    ['outcome' => 'processed@5s'],
    function (MilkyPayAccount $account, Shop $shop, Opened $opened): void {
        $account->freeze();
        $account->addFault('callback', 'bad_signature', match: ['transition' => 'processed'], times: 1);
        $invoice = $shop->checkout('order-1', 19.99);
        $account->advance(5);
        same($shop->shipped(), []);
        $account->advance(60); // the retry is genuine
        $account->waitForCallback($invoice, transition: 'processed');
        same($opened->responses(), ['process_pending' => [200], 'processed' => [403, 200]]);
        same($shop->shipped(), ['order-1']);
    },
];

$tests['ships once if callbacks come twice and out of order'] = [
    ['outcome' => 'processed@5s'],
    function (MilkyPayAccount $account, Shop $shop, Opened $opened): void {
        $account->freeze();
        $account->addFault('callback', 'reorder', times: 1);
        $account->addFault('callback', 'duplicate', match: ['transition' => 'processed'], times: 1);
        $shop->checkout('order-1', 19.99);
        $account->advance(5);
        $account->waitUntilIdle();
        same($opened->responses(), ['process_pending' => [200], 'processed' => [200, 200]]);
        same($shop->order('order-1')['status'], 'processed');
        same($shop->shipped(), ['order-1']);
    },
];

// How a response is lost, and how often the shop then asks for the invoice: once if its search finds it.
$lost = ['commit_then_reset' => 1, 'truncate' => 1, 'reset' => 2, 'status' => 2, 'garbage' => 2];
foreach ($lost as $fault => $creations) {
    $tests["creates one invoice although a response is lost: $fault"] = [
        [],
        function (MilkyPayAccount $account, Shop $shop) use ($fault, $creations): void {
            $account->addFault('api', $fault, match: ['method' => 'POST', 'path' => '/payment-invoices'], times: 1);
            $invoice = $shop->checkout('order-1', 19.99);
            same(array_column($account->api('GET', '/payment-invoices')['data'], 'id'), [$invoice]);
            same($account->requests(method: 'POST', path: '/payment-invoices')['total'], $creations);
        },
    ];
}

$tests['learns that nobody paid'] = [[], function (MilkyPayAccount $account, Shop $shop): void {
    $shop->checkout('order-1', 19.99);
    $account->advance(1801);
    same($shop->order('order-1')['resolution'], 'expired');
    same($shop->shipped(), []);
}];

$tests['refunds a part, and no more than is left'] = [
    ['outcome' => 'processed', 'settle_after_ms' => 0],
    function (MilkyPayAccount $account, Shop $shop): void {
        $account->freeze(4_000_000_000); // 2096-10-02
        $invoice = $shop->checkout('order-1', 19.99);
        $account->waitForCallback($invoice, transition: 'processed');
        same($shop->refund('order-1', 'refund-5', 5), true);
        $account->waitForCallback($invoice, transition: 'partially_refunded');
        same($shop->order('order-1')['status'], 'partially_refunded');
        same($shop->refund('order-1', 'refund-15', 15), false);
        $day = $account->report('2096-10-02')['sums'][0];
        same([$day['payments']['amount'], $day['refunds']['amount']], ['19.99', '-5.00']);
    },
];

$failed = 0;
foreach ($tests as $name => [$settings, $test]) {
    $opened = new Opened($name, $settings);
    try {
        $test($opened->account, $opened->shop, $opened);
        echo "ok   $name\n";
    } catch (Throwable $error) {
        $failed++;
        echo "FAIL $name\n     {$error->getMessage()} at line {$error->getLine()}\n";
    } finally {
        $opened->close();
    }
}
exit($failed === 0 ? 0 : 1);
