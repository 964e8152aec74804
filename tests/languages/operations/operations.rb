# frozen_string_literal: true

# Calls every operation of the helper, in the order of ../operations.js, and prints what makes no request.

require 'milkypay_mock'

BODY = '{"data":{"a":"b\/c"}}'
ORDER = { service: 'payment_card_usd_hpp', currency: 'USD', amount: 100.55, test_mode: true }.freeze

def show(name, value) = puts("#{name} #{value}")

mock = MilkyPayMock.new(token: 'secret-token')
mock.health
mock.account
account = mock.create_account(name: 'operations', outcome: 'process_pending')
mock.account(account.id)
mock.request('GET', '/statuses')

account.update(callback_url: account.sink_url('my-shop'))
account.snapshot('first')
account.freeze
now = account.clock['now']
account.freeze(now + 1)
account.queue_outcomes('processed@5s', 'process_pending')
stored = account.add_fault(on: 'callback', fault: 'bad_signature', match: { transition: 'refunded' }, times: 1)
account.faults
account.remove_faults(stored['id'])
account.remove_faults
account.answer_sink('my-shop', 500, 200)

invoice = account.api('POST', '/payment-invoices', ORDER)['data']['id']
account.wait_until_idle
account.advance(5)
account.advance(next: true, timeout: '5s')
account.wait_for_status(invoice, 'processed', timeout: '5s')
account.wait_for_callback(invoice, transition: 'processed')
account.wait_for_requests(2, sink: 'my-shop', invoice: invoice)
received = account.sink_requests('my-shop', invoice: invoice, limit: 1)['items'].first
account.verify_signature(received['body'], received['headers']['X-Signature'])
show('isGenuine', account.genuine?(received['body'], received['headers']['X-Signature']))
account.invoice(invoice)
account.transition(invoice, 'partially_charged_back', amount: 20)
account.timeline(invoice)
account.unfreeze

second = account.api('POST', '/payment-invoices', ORDER, { 'X-Mock-Outcome' => 'processed' })['data']['id']
account.pay(second, card_number: '5519283812030000', expiry: '1230', cvv: '123')
account.wait_until_idle(within: '0', timeout: '5s')
account.requests(method: 'POST', path: '/payment-invoices')
callback = account.callbacks(invoice: invoice)['items'].first
account.resend(callback['id'], resign: true)
account.report('2030-01-01', timezone: 'Europe/Kyiv')
account.reset
account.restore('first')

[
  -> { account.queue_outcomes('declined') },
  -> { account.answer_sink('a b+c', 200) },
  -> { account.wait_for_status('cpi_none', 'processed', timeout: '50ms') },
  -> { account.api('GET', '/payment-invoices/cpi_none') }
].each do |refused|
  refused.call
rescue MilkyPayError => e
  show('error', "true #{e.status} #{e.code} #{e.message}")
end
account.delete

show('publicApiUrl', mock.public_api_url)
show('dashboardUrl', mock.dashboard_url)
show('environment', account.environment.sort.join(' '))
show('authorization', account.authorization)
show('sinkUrl', account.sink_url('my-shop'))
show('sign', account.sign(BODY))
show('isGenuine', account.genuine?(BODY, account.sign(BODY)))
show('isGenuine', account.genuine?(BODY, account.sign("#{BODY}\n")))
