"""A small shop that takes payments with MilkyPay. It reads the same variables as a real one: MILKYPAY_URL and the keys."""

import base64
import hashlib
import hmac
import http.client
import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Mapping, Tuple
from urllib.parse import urlencode


class Refused(Exception):
    """MilkyPay does not accept the order."""


class Shop:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._url = environment["MILKYPAY_URL"]
        self._secret = environment["MILKYPAY_SECRET_KEY"].encode()
        login = f"{environment['MILKYPAY_ACCOUNT_ID']}:{environment['MILKYPAY_API_KEY']}"
        self._authorization = "Basic " + base64.b64encode(login.encode()).decode()
        self._lock = threading.Lock()
        self.orders: Dict[str, Dict[str, Any]] = {}  # reference -> amount, invoice, status, resolution
        self.shipped: List[str] = []

        shop = self

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(shop._callback(body, self.headers.get("X-Signature", "")))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self._callback_url = f"http://127.0.0.1:{self._receiver.server_port}/callback"
        threading.Thread(target=self._receiver.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._receiver.shutdown()
        self._receiver.server_close()

    def checkout(self, reference: str, amount: float) -> str:
        """Creates the invoice of an order once, even if a response is lost. Returns its id."""
        self.orders.setdefault(reference, {"amount": amount})  # before a callback can arrive
        attributes = {"reference_id": reference, "service": "payment_card_usd_hpp", "currency": "USD",
                      "amount": amount, "test_mode": True, "callback_url": self._callback_url}
        for _ in range(3):
            try:
                status, made = self._send("POST", "/payment-invoices",
                                          {"data": {"type": "payment-invoices", "attributes": attributes}})
            except (OSError, ValueError, http.client.HTTPException):
                status, made = 0, {}  # no response, or half of one
            if "data" in made:
                return self._remember(reference, made["data"]["id"])  # 201, or 409 with the earlier invoice
            if 400 <= status < 500:
                raise Refused(f"refused with {status}")

            # the invoice may exist all the same
            _, found = self._send("GET", "/payment-invoices?" + urlencode({"filter[reference_id]": reference}))
            if found["data"]:
                return self._remember(reference, found["data"][0]["id"])
        raise Refused("MilkyPay does not respond")

    def refund(self, reference: str, refund: str, amount: float) -> bool:
        """Whether MilkyPay accepts a refund of this amount. The same id of a refund counts once."""
        invoice = self.orders[reference]["invoice"]
        attributes = {"reference_id": refund, "amount": amount}
        _, answer = self._send("POST", f"/payment-invoices/{invoice}/refund",
                               {"data": {"type": "refund", "id": invoice, "attributes": attributes}})
        return "data" in answer  # 200, or 409 with the earlier refund

    def _remember(self, reference: str, invoice: str) -> str:
        with self._lock:
            self.orders[reference]["invoice"] = invoice
        return invoice

    def refresh(self, reference: str) -> None:
        """Reads an order's invoice. One read follows the other, so that the last one is the newest."""
        with self._lock:
            _, found = self._send("GET", "/payment-invoices?" + urlencode({"filter[reference_id]": reference}))
            order = self.orders[reference]
            for invoice in found["data"]:
                told = invoice["attributes"]
                if told["amount"] != order["amount"]:
                    continue
                if told["status"] == "processed" and reference not in self.shipped:
                    self.shipped.append(reference)
                order.update(invoice=invoice["id"], status=told["status"], resolution=told["resolution"])

    def _send(self, method: str, path: str, body: Any = None) -> Tuple[int, Dict[str, Any]]:
        request = urllib.request.Request(self._url + path, method=method,
                                         headers={"Authorization": self._authorization},
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def _callback(self, body: bytes, signature: str) -> int:
        """The status of the response to a callback."""
        expected = base64.b64encode(hashlib.sha1(self._secret + body + self._secret).digest())
        if not hmac.compare_digest(expected, signature.encode()):
            return 403

        # Callbacks arrive twice, late and out of order. The shop takes one as a hint, and reads the invoice.
        reference = json.loads(body)["data"]["attributes"]["reference_id"]
        if reference not in self.orders:
            return 200  # not an order of this shop
        try:
            self.refresh(reference)
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return 503  # the callback comes again
        return 200
