# frozen_string_literal: true

# The suite of the shop: ruby shop_test.rb, with a running mock or under `milkypay-mock exec --strict --`.

require 'minitest/autorun'
require_relative '../milkypay_mock'
require_relative 'shop'

class ShopTest < Minitest::Test
  # A shop with its own account, which has the test's name.
  def start(**settings)
    @account = MilkyPayMock.new.create_account(name: name, outcome: 'process_pending', **settings)
    @shop = Shop.new(@account.environment)
  end

  def teardown
    @account.wait_until_idle # before the receiver closes
    @shop.stop
  end

  # What the shop responded to each callback: the codes, by the status of the invoice.
  def responses
    @account.callbacks['items'].to_h do |callback|
      [callback['transition'], callback['attempts'].map { |attempt| attempt['code'] }]
    end
  end

  def test_ships_an_order_that_is_paid
    shop = start
    invoice = shop.checkout('order-1', 19.99)
    @account.pay(invoice, card_number: '5519283812030000', expiry: '1230', cvv: '123')
    @account.wait_for_callback(invoice, transition: 'processed')
    assert_equal 'processed', shop.orders['order-1'].status
    assert_equal ['order-1'], shop.shipped
  end

  def test_does_not_ship_an_order_that_is_declined
    shop = start
    @account.queue_outcomes('process_failed:insufficient_funds@0')
    invoice = shop.checkout('order-1', 19.99)
    @account.wait_for_callback(invoice, transition: 'process_failed')
    assert_equal 'insufficient_funds', shop.orders['order-1'].resolution
    assert_empty shop.shipped
  end

  def test_refuses_a_forged_callback
    shop = start(outcome: 'processed@5s')
    @account.freeze
    @account.add_fault(on: 'callback', fault: 'bad_signature', match: { transition: 'processed' }, times: 1)
    invoice = shop.checkout('order-1', 19.99)
    @account.advance(5)
    assert_empty shop.shipped
    @account.advance(60) # the retry is genuine
    @account.wait_for_callback(invoice, transition: 'processed')
    assert_equal({ 'process_pending' => [200], 'processed' => [403, 200] }, responses)
    assert_equal ['order-1'], shop.shipped
  end

  def test_ships_once_if_callbacks_come_twice_and_out_of_order
    shop = start(outcome: 'processed@5s')
    @account.freeze
    @account.add_fault(on: 'callback', fault: 'reorder', times: 1)
    @account.add_fault(on: 'callback', fault: 'duplicate', match: { transition: 'processed' }, times: 1)
    shop.checkout('order-1', 19.99)
    @account.advance(5)
    @account.wait_until_idle
    assert_equal({ 'process_pending' => [200], 'processed' => [200, 200] }, responses)
    assert_equal 'processed', shop.orders['order-1'].status
    assert_equal ['order-1'], shop.shipped
  end

  # How a response is lost, and how often the shop then asks for the invoice: once if its search finds it.
  LOST = { commit_then_reset: 1, truncate: 1, reset: 2, status: 2, garbage: 2 }.freeze

  LOST.each do |fault, creations|
    define_method("test_creates_one_invoice_although_a_response_is_lost_#{fault}") do
      shop = start
      match = { method: 'POST', path: '/payment-invoices' }
      @account.add_fault(on: 'api', fault: fault, match: match, times: 1)
      invoice = shop.checkout('order-1', 19.99)
      listed = @account.api('GET', '/payment-invoices')['data']
      assert_equal [invoice], listed.map { |each| each['id'] }
      assert_equal creations, @account.requests(method: 'POST', path: '/payment-invoices')['total']
    end
  end

  def test_learns_that_nobody_paid
    shop = start
    shop.checkout('order-1', 19.99)
    @account.advance(1801)
    assert_equal 'expired', shop.orders['order-1'].resolution
    assert_empty shop.shipped
  end

  def test_refunds_a_part_and_no_more_than_is_left
    shop = start(outcome: 'processed', settle_after_ms: 0)
    @account.freeze(4_000_000_000) # 2096-10-02
    invoice = shop.checkout('order-1', 19.99)
    @account.wait_for_callback(invoice, transition: 'processed')
    assert shop.refund('order-1', 'refund-5', 5)
    @account.wait_for_callback(invoice, transition: 'partially_refunded')
    assert_equal 'partially_refunded', shop.orders['order-1'].status
    refute shop.refund('order-1', 'refund-15', 15)
    day = @account.report('2096-10-02')['sums'].first
    assert_equal ['19.99', '-5.00'], day.values_at('payments', 'refunds').map { |sum| sum['amount'] }
  end
end
