"""Sells books. Started with: PORT=8000 python3 books.py"""

import base64
import json
import os
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PORT = int(os.environ["PORT"])
HERE = f"http://127.0.0.1:{PORT}"
API = os.environ["MILKYPAY_URL"]
LOGIN = os.environ["MILKYPAY_ACCOUNT_ID"] + ":" + os.environ["MILKYPAY_API_KEY"]

orders = {}  # number -> {"status", "price", "received", "books"}
references = {}  # reference -> number


def call(method, path, body=None):
    request = urllib.request.Request(API + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Basic " + base64.b64encode(LOGIN.encode()).decode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=3) as response:
        return json.load(response)


def create_invoice(number, price):
    reference = str(uuid.uuid4())
    references[reference] = number
    return call("POST", "/payment-invoices", {"data": {"type": "payment-invoices", "attributes": {
        "reference_id": reference,
        "service": "payment_card_usd_hpp",
        "currency": "USD",
        "amount": price,
        "test_mode": True,
        "description": f"Books, order {number}",
        "return_urls": {
            "success": f"{HERE}/thanks?order={number}",
            "fail": f"{HERE}/sorry?order={number}",
            "pending": f"{HERE}/wait?order={number}",
        },
        "callback_url": f"{HERE}/notify",
    }}})["data"]


def checkout(price):
    number = len(orders) + 1
    orders[number] = {"status": "new", "price": price, "received": 0.0, "books": 0}
    for attempt in range(3):
        try:
            invoice = create_invoice(number, price)
            return number, invoice["attributes"]["hpp_url"]
        except Exception as error:
            print("milkypay:", error, "- trying again")
            time.sleep(0.2)
    return number, None


def send_books(order):
    time.sleep(0.1)  # the call of the warehouse
    order["books"] += 1


def paid(order, amount):
    if order["status"] == "paid":
        return
    send_books(order)
    order["status"] = "paid"
    order["received"] = amount


def notify(data):
    order = orders[references[data["attributes"]["reference_id"]]]
    status = data["attributes"]["status"]
    if status == "processed":
        paid(order, data["attributes"]["amount"])
    elif status == "process_pending":
        order["status"] = "pending"
    elif status == "process_failed":
        order["status"] = "failed"
    elif status == "refunded":
        order["status"] = "refunded"


PAGE = "<!DOCTYPE html><html><head><title>Books</title></head><body><h1>Books</h1>{}</body></html>"
FORM = '<form method="post" action="/buy"><input name="price" value="25.00"><button>Buy</button></form>'


class Handler(BaseHTTPRequestHandler):
    def reply(self, text, status=200, headers=()):
        body = PAGE.format(text).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def do_GET(self):
        url = urlsplit(self.path)
        number = int(parse_qs(url.query).get("order", ["0"])[0])
        order = orders.get(number)
        if url.path == "/":
            self.reply(FORM)
        elif order is None:
            self.reply("No such page", 404)
        elif url.path == "/thanks":
            paid(order, order["price"])
            self.reply("Thank you! Your books are on their way.")
        elif url.path == "/sorry":
            order["status"] = "failed"
            self.reply("Your payment failed.")
        elif url.path == "/wait":
            self.reply("We are waiting for your payment.")
        elif url.path == "/admin":
            self.reply(f'<table><tr><td>Status</td><td id="status">{order["status"]}</td></tr>'
                       f'<tr><td>Received</td><td id="received">{order["received"]} USD</td></tr>'
                       f'<tr><td>Parcels</td><td id="parcels">{order["books"]}</td></tr></table>')
        else:
            self.reply("No such page", 404)

    def do_POST(self):
        if self.path == "/buy":
            number, page = checkout(float(parse_qs(self.body())["price"][0]))
            if page:
                self.reply("", 302, [("Location", page), ("Set-Cookie", f"order={number}; Path=/")])
            else:
                self.reply("We cannot take payments now.", 500, [("Set-Cookie", f"order={number}; Path=/")])
        elif self.path == "/notify":
            notify(json.loads(self.body())["data"])
            self.reply("OK")
        else:
            self.reply("No such page", 404)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
