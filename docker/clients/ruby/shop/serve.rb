# frozen_string_literal: true

# The shop as a server, to be rehearsed: PORT=3000 ruby serve.rb

require 'json'
require 'securerandom'
require 'webrick'
require_relative 'shop'

shop = Shop.new(ENV)

state = lambda do |order, *|
  { status: shop.orders[order].status || 'new', shipped: shop.shipped.count(order) }
end

routes = {
  'GET /' => ->(*) { {} },
  'POST /orders' => ->(_, amount, _) { { invoice: shop.checkout(SecureRandom.uuid, amount) } },
  'GET /state' => state,
  'POST /refund' => ->(order, amount, click) { { accepted: shop.refund(order, click, amount) } },
  'POST /refresh' => lambda do |order, *|
    shop.refresh(order)
    state.call(order)
  end
}

server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ENV.fetch('PORT').to_i, AccessLog: [],
                                 Logger: WEBrick::Log.new(File::NULL))
server.mount_proc('/') do |request, response|
  route = routes["#{request.request_method} #{request.path}"]
  next response.status = 404 unless route

  query = URI.decode_www_form(request.query_string.to_s).to_h
  response.body = JSON.generate(route.call(query['order'], query['amount'].to_f, query['click']))
rescue Shop::Refused, *Shop::LOST => error
  response.status = 503
  response.body = JSON.generate(error: error.message)
end
server.start
