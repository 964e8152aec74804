# frozen_string_literal: true

# The MilkyPay mock in tests: accounts, clocks, outcomes, waits, faults, sinks, signatures. Copy this file into your
# project. It needs Ruby 3.0 or later and no gems. server/docs/clients.md lists its operations.

require 'digest'
require 'json'
require 'net/http'
require 'openssl'
require 'uri'

# An error response of the mock, or a wait that timed out: its status, the code of its error, and the body.
class MilkyPayError < StandardError
  attr_reader :status, :code, :body

  def initialize(what, status, code, message, body)
    super(["#{what}: #{status}", code, message].compact.join(' '))
    @status = status
    @code = code
    @body = body
  end
end

# Sends requests to the mock.
class MilkyPayConnection
  attr_reader :url

  def initialize(url) = @url = url.sub(%r{/+\z}, '')

  # Raises a MilkyPayError for an error response, with the reason.
  def call(method, path, headers, body)
    uri = URI(url + path)
    request = Net::HTTPGenericRequest.new(method, !body.nil?, true, uri, headers)
    unless body.nil?
      request.body = JSON.generate(body)
      request['Content-Type'] = 'application/json'
    end
    http = Net::HTTP.new(uri.host, uri.port, nil) # no proxy: the mock is near
    http.use_ssl = uri.scheme == 'https'
    http.read_timeout = 90 # longer than the longest wait
    http.max_retries = 0 # a lost response must be seen
    read("#{method} #{path}", http.start { http.request(request) })
  end

  private

  def read(what, response)
    text = response.body.to_s.force_encoding(Encoding::UTF_8)
    answer = response['Content-Type'].to_s.include?('json') ? JSON.parse(text) : text
    return answer if response.is_a?(Net::HTTPSuccess)

    error = (answer['error'] if answer.is_a?(Hash)) || { 'message' => response['X-Mock-Reason'] || text }
    raise MilkyPayError.new(what, response.code.to_i, error['code'], error['message'], answer)
  end
end

# A running mock.
class MilkyPayMock
  # The default URL is MILKYPAY_URL, which `milkypay-mock exec` sets. token: the value of --control-token.
  def initialize(url = nil, token: nil)
    @connection = MilkyPayConnection.new(url || ENV.fetch('MILKYPAY_URL', 'http://127.0.0.1:8080'))
    @headers = token ? { 'X-Mock-Token' => token } : {}
  end

  def url = @connection.url

  def public_api_url = "#{url}/public-api"

  def dashboard_url = "#{url}/_mock/"

  def health = request('GET', '/health')

  # The account with this id; by default the demo account.
  def account(id = nil)
    return opened(request('GET', "/accounts/#{id}")) if id

    opened(request('GET', '/accounts?limit=1')['items'].first)
  end

  # Creates an account with its own keys, invoices, clock, callbacks and faults. Name it after the test:
  # create_account(name: name, outcome: 'process_pending').
  def create_account(**settings) = opened(request('POST', '/accounts', settings))

  # Any call of the control API; path is the part after /_mock.
  def request(method, path, body = nil) = @connection.call(method, "/_mock#{path}", @headers, body)

  private

  def opened(document) = MilkyPayAccount.new(self, @connection, document)
end

# A merchant account of the mock.
class MilkyPayAccount
  attr_reader :id, :api_key, :public_key, :public_live_key, :secret_key, :secret_live_key, :settings

  def initialize(mock, connection, document)
    @mock = mock
    @connection = connection
    @id, @api_key, @public_key, @public_live_key, @secret_key, @secret_live_key, @settings = document.values_at(
      'id', 'api_key', 'public_key', 'public_live_key', 'secret_key', 'secret_live_key', 'settings'
    )
  end

  # The environment variables that `milkypay-mock exec` sets for a shop.
  def environment
    {
      'MILKYPAY_URL' => @mock.url,
      'MILKYPAY_ACCOUNT_ID' => id,
      'MILKYPAY_API_KEY' => api_key,
      'MILKYPAY_PUBLIC_KEY' => public_key,
      'MILKYPAY_SECRET_KEY' => secret_key
    }
  end

  # The value of the Authorization header for the private API.
  def authorization = "Basic #{["#{id}:#{api_key}"].pack('m0')}"

  # A call of the platform's private API with the account's login: what your shop sends.
  def api(method, path, body = nil, headers = {})
    @connection.call(method, path, { 'Authorization' => authorization, **headers }, body)
  end

  # ---- the account

  def update(**settings) = @settings = @mock.request('PATCH', "/accounts/#{id}", settings)['settings']

  def delete = @mock.request('DELETE', "/accounts/#{id}")

  def reset = call('POST', '/reset')

  def snapshot(name) = call('POST', "/snapshots/#{escape(name)}")

  def restore(name) = call('POST', "/snapshots/#{escape(name)}/restore")

  # ---- the account's clock

  def clock = call('GET', '/clock')

  # Stops the clock, at now (unix seconds) if given.
  def freeze(now = nil) = call('PUT', '/clock', { mode: 'frozen', now: now }.compact)

  def unfreeze = call('PUT', '/clock', { mode: 'real' })

  # Seconds, or to:, or next: true, with timeout:. Returns when every due event is done.
  def advance(seconds = nil, **how) = call('POST', '/clock/advance', { seconds: seconds, **how }.compact)

  # ---- outcomes of invoices

  # Outcomes for the next invoices, one each: 'processed', 'process_failed:declined@5s'.
  def queue_outcomes(*outcomes) = call('POST', '/outcomes', { outcomes: outcomes })

  def invoice(id) = call('GET', "/payment-invoices/#{id}")

  # Pays like a payer, without a browser: card_number, expiry, cvv, three_ds; or cancel: true.
  def pay(id, **visit) = call('POST', "/payment-invoices/#{id}/pay", visit)

  # Also: resolution, amount, force: true.
  def transition(id, status, **change) = call('POST', "/payment-invoices/#{id}/transition", { status: status, **change })

  def timeline(id) = call('GET', "/payment-invoices/#{id}/timeline")

  # ---- waits; a timeout raises a MilkyPayError with status 408 that describes the current state

  def wait_for_status(invoice, status, timeout: nil) = wait(invoice: invoice, status: status, timeout: timeout)

  # result: delivered or failed; transition: only the callback that reports this status.
  def wait_for_callback(invoice, transition: nil, result: 'delivered', timeout: nil)
    wait(invoice: invoice, callback: result, transition: transition, timeout: timeout)
  end

  # Waits until this many requests arrived; the filters are those of requests, or sink and invoice.
  def wait_for_requests(count, **filter) = wait(requests: count, **filter)

  # Waits until nothing is being sent and nothing is due. Call it before you close your receiver.
  def wait_until_idle(within: nil, timeout: nil) = wait(idle: true, within: within, timeout: timeout)

  # ---- faults

  # on: api, page or callback. Fields: match, times, after, and those of the fault.
  def add_fault(on:, fault:, **fields) = call('POST', '/faults', { on: on, fault: fault, **fields })

  def faults = call('GET', '/faults')

  # Removes all faults, or the fault with this id.
  def remove_faults(id = nil) = call('DELETE', id ? "/faults/#{id}" : '/faults')

  # ---- sinks: built-in receivers of callbacks

  def sink_url(name) = "#{@mock.url}/_mock/sink/#{escape(name)}?account=#{id}"

  # Statuses for the next callbacks; the last one repeats.
  def answer_sink(name, *responses) = call('PUT', "/sink/#{escape(name)}", { responses: responses })

  # What the sink received, oldest first. Filters: invoice, signature, order, limit, after.
  def sink_requests(name, **filter) = call('GET', "/sink/#{escape(name)}/requests", **filter)

  # ---- what happened

  # Filters: method, path, status, invoice, reference_id, kind, unmatched, limit, after.
  def requests(**filter) = call('GET', '/requests', **filter)

  # Filters: invoice, state, limit, after.
  def callbacks(**filter) = call('GET', '/callbacks', **filter)

  def resend(callback, resign: false) = call('POST', "/callbacks/#{callback}/resend", { resign: resign })

  # ---- signatures

  # The signature of a callback: base64(SHA1(secret + body + secret)), over the exact bytes of the body.
  def sign(body, secret = secret_key) = [Digest::SHA1.digest(secret.b + body.b + secret.b)].pack('m0')

  def genuine?(body, signature, secret = secret_key) = OpenSSL.secure_compare(sign(body, secret), signature.to_s)

  # Asks the mock, which names the likely mistake if the signature is wrong.
  def verify_signature(body, signature, key: nil)
    call('POST', '/verify-signature', { body_base64: [body].pack('m0'), signature: signature, key: key }.compact)
  end

  # ---- money

  # The payments, refunds, chargebacks and payouts of a day, 'YYYY-MM-DD'. Options: timezone, format, limit, after.
  def report(date, **options) = call('GET', '/report', date: date, **options)

  private

  def call(method, path, body = nil, **parameters)
    query = URI.encode_www_form({ account: id, **parameters }.compact)
    @mock.request(method, "#{path}?#{query}", body)
  end

  def escape(text) = URI.encode_www_form_component(text).gsub('+', '%20')

  def wait(**parameters) = call('GET', '/wait', **parameters)
end
