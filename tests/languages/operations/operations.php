<?php

// Calls every operation of the helper, in the order of ../operations.js, and prints what makes no request.

require getenv('HELPER');

const BODY = '{"data":{"a":"b\/c"}}';
const ORDER = ['service' => 'payment_card_usd_hpp', 'currency' => 'USD', 'amount' => 100.55, 'test_mode' => true];

function show(string $name, string|bool $value): void
{
    echo "$name ", is_bool($value) ? json_encode($value) : $value, "\n";
}

$mock = new MilkyPayMock(token: 'secret-token');
$mock->health();
$mock->account();
$account = $mock->createAccount(name: 'operations', outcome: 'process_pending');
$mock->account($account->id);
$mock->request('GET', '/statuses');

$account->update(callback_url: $account->sinkUrl('my-shop'));
$account->snapshot('first');
$account->freeze();
$now = $account->clock()['now'];
$account->freeze($now + 1);
$account->queueOutcomes('processed@5s', 'process_pending');
$stored = $account->addFault('callback', 'bad_signature', match: ['transition' => 'refunded'], times: 1);
$account->faults();
$account->removeFaults($stored['id']);
$account->removeFaults();
$account->answerSink('my-shop', 500, 200);

$invoice = $account->api('POST', '/payment-invoices', ORDER)['data']['id'];
$account->waitUntilIdle();
$account->advance(5);
$account->advance(next: true, timeout: '5s');
$account->waitForStatus($invoice, 'processed', timeout: '5s');
$account->waitForCallback($invoice, transition: 'processed');
$account->waitForRequests(2, sink: 'my-shop', invoice: $invoice);
$received = $account->sinkRequests('my-shop', invoice: $invoice, limit: 1)['items'][0];
$account->verifySignature($received['body'], $received['headers']['X-Signature']);
show('isGenuine', $account->isGenuine($received['body'], $received['headers']['X-Signature']));
$account->invoice($invoice);
$account->transition($invoice, 'partially_charged_back', amount: 20);
$account->timeline($invoice);
$account->unfreeze();

$second = $account->api('POST', '/payment-invoices', ORDER, ['X-Mock-Outcome' => 'processed'])['data']['id'];
$account->pay($second, card_number: '5519283812030000', expiry: '1230', cvv: '123');
$account->waitUntilIdle(within: '0', timeout: '5s');
$account->requests(method: 'POST', path: '/payment-invoices');
$callback = $account->callbacks(invoice: $invoice)['items'][0];
$account->resend($callback['id'], resign: true);
$account->report('2030-01-01', timezone: 'Europe/Kyiv');
$account->reset();
$account->restore('first');

foreach ([
    fn () => $account->queueOutcomes('declined'),
    fn () => $account->answerSink('a b+c', 200),
    fn () => $account->waitForStatus('cpi_none', 'processed', timeout: '50ms'),
    fn () => $account->api('GET', '/payment-invoices/cpi_none'),
] as $refused) {
    try {
        $refused();
    } catch (MilkyPayError $error) {
        show('error', "true $error->status $error->errorCode {$error->getMessage()}");
    }
}
$account->delete();

show('publicApiUrl', $mock->publicApiUrl());
show('dashboardUrl', $mock->dashboardUrl());
$environment = $account->environment();
ksort($environment);
show('environment', implode(' ', array_map(fn ($name) => "$name $environment[$name]", array_keys($environment))));
show('authorization', $account->authorization());
show('sinkUrl', $account->sinkUrl('my-shop'));
show('sign', $account->sign(BODY));
show('isGenuine', $account->isGenuine(BODY, $account->sign(BODY)));
show('isGenuine', $account->isGenuine(BODY, $account->sign(BODY . "\n")));
