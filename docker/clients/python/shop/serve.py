"""The shop as a server, to be rehearsed: PORT=3000 python3 serve.py"""

import json
import os
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict
from urllib.parse import parse_qsl, urlsplit

from shop import Shop

shop = Shop(os.environ)


def state(order: str) -> Any:
    return {"status": shop.orders[order].get("status", "new"), "shipped": shop.shipped.count(order)}


def refreshed(order: str) -> Any:
    shop.refresh(order)
    return state(order)


ROUTES: Dict[str, Callable[..., Any]] = {
    "GET /": lambda: {},
    "POST /orders": lambda amount: {"invoice": shop.checkout(str(uuid.uuid4()), float(amount))},
    "GET /state": state,
    "POST /refund": lambda order, amount, click: {"accepted": shop.refund(order, click, float(amount))},
    "POST /refresh": refreshed,
}


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        url = urlsplit(self.path)
        route = ROUTES.get(f"{self.command} {url.path}")
        try:
            status, value = (200, route(**dict(parse_qsl(url.query)))) if route else (404, {})
        except Exception as error:
            status, value = 503, {"error": str(error)}
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_: Any) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
