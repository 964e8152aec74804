# frozen_string_literal: true

# A small shop that takes payments with MilkyPay. It reads the same variables as a real one: MILKYPAY_URL and the keys.
# It needs the gem webrick.

require 'digest'
require 'json'
require 'net/http'
require 'openssl'
require 'webrick'

class Shop
  class Refused < StandardError; end

  # no response, or half of one
  LOST = [SystemCallError, IOError, JSON::ParserError, Net::ProtocolError].freeze

  Order = Struct.new(:amount, :invoice, :status, :resolution)

  attr_reader :orders, :shipped

  def initialize(environment)
    @environment = environment
    @orders = {} # by reference
    @shipped = []
    @lock = Mutex.new # one read of an invoice follows the other, so that the last one is the newest
    @receiver = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: 0, AccessLog: [],
                                        Logger: WEBrick::Log.new(File::NULL))
    @receiver.mount_proc('/callback') do |request, response|
      response.status = callback(request.body.to_s, request['X-Signature'].to_s)
    end
    @callback_url = "http://127.0.0.1:#{@receiver.listeners.first.addr[1]}/callback"
    @thread = Thread.new { @receiver.start }
  end

  def stop
    @receiver.shutdown
    @thread.join
  end

  # Creates the invoice of an order once, even if a response is lost. Returns its id.
  def checkout(reference, amount)
    @lock.synchronize { orders[reference] ||= Order.new(amount) } # before a callback can arrive
    attributes = { reference_id: reference, service: 'payment_card_usd_hpp', currency: 'USD', amount: amount,
                   test_mode: true, callback_url: @callback_url }
    3.times do
      status, made = created(attributes)
      return remember(reference, made['data']['id']) if made['data'] # 201, or 409 with the earlier invoice
      raise Refused, "refused with #{status}" if (400..499).cover?(status)

      # the invoice may exist all the same
      filter = URI.encode_www_form('filter[reference_id]' => reference)
      _, found = send_request('GET', "/payment-invoices?#{filter}")
      return remember(reference, found['data'].first['id']) unless found['data'].empty?
    end
    raise Refused, 'MilkyPay does not respond'
  end

  # Reads an order's invoice.
  def refresh(reference)
    filter = URI.encode_www_form('filter[reference_id]' => reference)
    @lock.synchronize do
      _, found = send_request('GET', "/payment-invoices?#{filter}")
      found.fetch('data').each { |invoice| apply(reference, invoice) }
    end
  end

  # Whether MilkyPay accepts a refund of this amount. The same id refunds once, however often it is sent.
  def refund(reference, id, amount)
    invoice = orders[reference].invoice
    attributes = { reference_id: id, amount: amount }
    _, answer = send_request('POST', "/payment-invoices/#{invoice}/refund",
                             { data: { type: 'refund', id: invoice, attributes: attributes } })
    answer.key?('data') # 200, or 409 with the earlier refund
  end

  private

  def created(attributes)
    send_request('POST', '/payment-invoices', { data: { type: 'payment-invoices', attributes: attributes } })
  rescue *LOST
    [0, {}]
  end

  def remember(reference, invoice)
    @lock.synchronize { orders[reference].invoice = invoice }
  end

  def send_request(method, path, body = nil)
    uri = URI(@environment['MILKYPAY_URL'] + path)
    request = Net::HTTP.const_get(method.capitalize).new(uri, { 'Content-Type' => 'application/json' })
    request.basic_auth(@environment['MILKYPAY_ACCOUNT_ID'], @environment['MILKYPAY_API_KEY'])
    request.body = JSON.generate(body) if body
    response = Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }
    [response.code.to_i, JSON.parse(response.body)]
  end

  def genuine?(body, signature)
    secret = @environment['MILKYPAY_SECRET_KEY']
    OpenSSL.secure_compare([Digest::SHA1.digest(secret.b + body.b + secret.b)].pack('m0'), signature)
  end

  # The status of the response to a callback.
  def callback(body, signature)
    return 403 unless genuine?(body, signature)

    # Callbacks arrive twice, late and out of order. The shop takes one as a hint, and reads the invoice.
    reference = JSON.parse(body).dig('data', 'attributes', 'reference_id')
    refresh(reference) if orders.key?(reference)
    200
  rescue *LOST, KeyError
    503 # the callback comes again
  end

  def apply(reference, invoice)
    order = orders[reference]
    amount, status, resolution = invoice['attributes'].values_at('amount', 'status', 'resolution')
    return if amount != order.amount

    shipped << reference if status == 'processed' && !shipped.include?(reference)
    orders[reference] = Order.new(order.amount, invoice['id'], status, resolution)
  end
end
