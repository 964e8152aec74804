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

  Order = Struct.new(:invoice, :status, :resolution, :updated)

  attr_reader :orders, :shipped

  def initialize(environment)
    @environment = environment
    @orders = Hash.new { |orders, reference| orders[reference] = Order.new(nil, nil, nil, 0) }
    @shipped = []
    @lock = Mutex.new
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

  # Whether MilkyPay accepts a refund of this amount.
  def refund(reference, amount)
    invoice = orders[reference].invoice
    status, = send_request('POST', "/payment-invoices/#{invoice}/refund",
                           { data: { type: 'refund', id: invoice, attributes: { amount: amount } } })
    status == 200
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

    invoice = JSON.parse(body)['data']
    reference, *told = invoice['attributes'].values_at('reference_id', 'status', 'resolution', 'updated')
    @lock.synchronize { apply(reference, Order.new(invoice['id'], *told)) }
    200
  end

  def apply(reference, told)
    known = orders[reference]
    return if told.updated < known.updated # older than what the shop knows

    shipped << reference if told.status == 'processed' && known.status != 'processed'
    orders[reference] = told
  end
end
