"""The MilkyPay mock in tests: accounts, clocks, outcomes, waits, faults, sinks, signatures.

Copy this file into your project. It needs Python 3.8 or later and no packages. server/docs/clients.md lists its
operations.
"""

import base64
import hashlib
import hmac
import json
import os
import urllib.error
import urllib.request
from typing import Any, Dict, Literal, Optional, Union
from urllib.parse import quote, urlencode

__all__ = ["FaultName", "MilkyPayAccount", "MilkyPayError", "MilkyPayMock", "Status"]

Json = Dict[str, Any]
Status = Literal[
    "created", "process_pending", "processed", "partially_processed", "process_failed", "verified", "expired",
    "terminated", "refund_pending", "partially_refunded", "refunded", "refund_failed", "charged_back",
    "partially_charged_back", "processing", "process_error", "verify_failed", "authorize_failed", "refunding",
    "canceled", "partially_canceled", "canceling", "cancel_pending", "cancel_error", "cancel_failed",
]
FaultName = Literal[
    "status", "delay", "reset", "empty", "garbage", "truncate", "slow", "commit_then_reset", "commit_then_timeout",
    "drop", "duplicate", "duplicate_at_once", "overlap", "reorder", "before_response", "before_return", "after_return",
    "bad_signature", "wrong_secret", "no_signature", "reencoded", "wrong_amount", "unknown_status",
]


class MilkyPayError(Exception):
    """An error response of the mock, or a wait that timed out: status, the code of its error, and the body."""

    def __init__(self, what: str, status: int, code: Optional[str], message: str, body: Any) -> None:
        super().__init__(" ".join(part for part in (f"{what}: {status}", code, message) if part))
        self.status = status
        self.code = code
        self.body = body


def _decoded(headers: Any, body: bytes) -> Any:
    text = body.decode()
    return json.loads(text) if "json" in headers.get("Content-Type", "") else text


def _send(url: str, method: str, path: str, headers: Dict[str, str], body: Any) -> Any:
    """Sends a request and reads the response. Raises a MilkyPayError for an error response, with the reason."""
    request = urllib.request.Request(url + path, method=method, headers=headers)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with _OPENER.open(request) as response:
            return _decoded(response.headers, response.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            answer = _decoded(refusal.headers, refusal.read())
        error = answer.get("error") if isinstance(answer, dict) else None
        reason = error or {"message": refusal.headers.get("X-Mock-Reason") or json.dumps(answer)}
        raise MilkyPayError(f"{method} {path}", refusal.code, reason.get("code"), reason["message"], answer) from None


# the mock is on this machine: no proxy
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _query(parameters: Json) -> str:
    given = {name: _text(value) for name, value in parameters.items() if value is not None}
    return "?" + urlencode(given) if given else ""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bytes(text: Union[bytes, str]) -> bytes:
    return text.encode() if isinstance(text, str) else text


class MilkyPayMock:
    """A running mock."""

    def __init__(self, url: Optional[str] = None, token: Optional[str] = None) -> None:
        """The default URL is MILKYPAY_URL, which `milkypay-mock exec` sets. `token`: the value of --control-token."""
        self.url = (url or os.environ.get("MILKYPAY_URL") or "http://127.0.0.1:8080").rstrip("/")
        self._headers = {"X-Mock-Token": token} if token else {}

    @property
    def public_api_url(self) -> str:
        return self.url + "/public-api"

    @property
    def dashboard_url(self) -> str:
        return self.url + "/_mock/"

    def health(self) -> Json:
        health: Json = self.request("GET", "/health")
        return health

    def account(self, id: Optional[str] = None) -> "MilkyPayAccount":
        """The account with this id; by default the demo account."""
        if id is None:
            return MilkyPayAccount(self, self.request("GET", "/accounts?limit=1")["items"][0])
        return MilkyPayAccount(self, self.request("GET", "/accounts/" + quote(id, safe="")))

    def create_account(self, **settings: Any) -> "MilkyPayAccount":
        """Creates an account with its own keys, invoices, clock, callbacks and faults.

        Name it after the test: `create_account(name=self.id(), outcome="process_pending")`.
        """
        return MilkyPayAccount(self, self.request("POST", "/accounts", settings))

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Any call of the control API; `path` is the part after /_mock."""
        return _send(self.url, method, "/_mock" + path, self._headers, body)


class MilkyPayAccount:
    """A merchant account of the mock."""

    def __init__(self, mock: MilkyPayMock, document: Json) -> None:
        self._mock = mock
        self.id: str = document["id"]
        self.api_key: str = document["api_key"]
        self.public_key: str = document["public_key"]
        self.public_live_key: str = document["public_live_key"]
        self.secret_key: str = document["secret_key"]
        self.secret_live_key: str = document["secret_live_key"]
        self.settings: Json = document["settings"]

    @property
    def environment(self) -> Dict[str, str]:
        """The environment variables that `milkypay-mock exec` sets for a shop."""
        return {
            "MILKYPAY_URL": self._mock.url,
            "MILKYPAY_ACCOUNT_ID": self.id,
            "MILKYPAY_API_KEY": self.api_key,
            "MILKYPAY_PUBLIC_KEY": self.public_key,
            "MILKYPAY_SECRET_KEY": self.secret_key,
        }

    @property
    def authorization(self) -> str:
        """The value of the Authorization header for the private API."""
        return "Basic " + base64.b64encode(f"{self.id}:{self.api_key}".encode()).decode()

    def api(self, method: str, path: str, body: Any = None, headers: Optional[Dict[str, str]] = None) -> Any:
        """A call of the platform's private API with the account's login: what your shop sends."""
        return _send(self._mock.url, method, path, {"Authorization": self.authorization, **(headers or {})}, body)

    def _call(self, method: str, path: str, body: Any = None, /, **parameters: Any) -> Json:
        answer: Json = self._mock.request(method, path + _query({"account": self.id, **parameters}), body)
        return answer

    # ---- the account

    def update(self, **settings: Any) -> Json:
        self.settings = self._mock.request("PATCH", "/accounts/" + self.id, settings)["settings"]
        return self.settings

    def delete(self) -> Any:
        return self._mock.request("DELETE", "/accounts/" + self.id)

    def reset(self) -> Any:
        return self._call("POST", "/reset")

    def snapshot(self, name: str) -> Json:
        return self._call("POST", "/snapshots/" + quote(name, safe=""))

    def restore(self, name: str) -> Any:
        return self._call("POST", f"/snapshots/{quote(name, safe='')}/restore")

    # ---- the account's clock

    def clock(self) -> Json:
        return self._call("GET", "/clock")

    def freeze(self, now: Optional[int] = None) -> Json:
        """Stops the clock, at `now` (unix seconds) if given."""
        return self._call("PUT", "/clock", {"mode": "frozen", **({} if now is None else {"now": now})})

    def unfreeze(self) -> Json:
        return self._call("PUT", "/clock", {"mode": "real"})

    def advance(self, seconds: Optional[int] = None, **how: Any) -> Json:
        """Seconds, or to=..., or next=True, with timeout=... Returns when every due event is done."""
        return self._call("POST", "/clock/advance", {**({} if seconds is None else {"seconds": seconds}), **how})

    # ---- outcomes of invoices

    def queue_outcomes(self, *outcomes: str) -> Json:
        """Outcomes for the next invoices, one each: "processed", "process_failed:declined@5s"."""
        return self._call("POST", "/outcomes", {"outcomes": outcomes})

    def invoice(self, id: str) -> Json:
        return self._call("GET", "/payment-invoices/" + id)

    def pay(self, id: str, **visit: Any) -> Json:
        """Pays like a payer, without a browser: card_number, expiry, cvv, three_ds; or cancel=True."""
        return self._call("POST", f"/payment-invoices/{id}/pay", visit)

    def transition(self, id: str, status: Status, **change: Any) -> Json:
        """Also: resolution, amount, force=True."""
        return self._call("POST", f"/payment-invoices/{id}/transition", {"status": status, **change})

    def timeline(self, id: str) -> Json:
        return self._call("GET", f"/payment-invoices/{id}/timeline")

    # ---- waits; a timeout raises a MilkyPayError with status 408 that describes the current state

    def wait_for_status(self, invoice: str, status: Status, timeout: Optional[str] = None) -> Json:
        return self._call("GET", "/wait", invoice=invoice, status=status, timeout=timeout)

    def wait_for_callback(self, invoice: str, transition: Optional[Status] = None,
                          result: Literal["delivered", "failed"] = "delivered",
                          timeout: Optional[str] = None) -> Json:
        """`result`: delivered or failed; `transition`: only the callback that reports this status."""
        return self._call("GET", "/wait", invoice=invoice, callback=result, transition=transition, timeout=timeout)

    def wait_for_requests(self, count: int, /, **filter: Any) -> Json:
        """Waits until this many requests arrived; the filters are those of requests(), or sink and invoice."""
        return self._call("GET", "/wait", requests=count, **filter)

    def wait_until_idle(self, within: Optional[str] = None, timeout: Optional[str] = None) -> Json:
        """Waits until nothing is being sent and nothing is due. Call it before you close your receiver."""
        return self._call("GET", "/wait", idle=True, within=within, timeout=timeout)

    # ---- faults

    def add_fault(self, on: Literal["api", "page", "callback"], fault: FaultName, **fields: Any) -> Json:
        """`on`: api, page or callback. Fields: match, times, after, and those of the fault."""
        return self._call("POST", "/faults", {"on": on, "fault": fault, **fields})

    def faults(self) -> Json:
        return self._call("GET", "/faults")

    def remove_faults(self, id: Optional[str] = None) -> Json:
        """Removes all faults, or the fault with this id."""
        return self._call("DELETE", "/faults" if id is None else "/faults/" + id)

    # ---- sinks: built-in receivers of callbacks

    def sink_url(self, name: str) -> str:
        return f"{self._mock.url}/_mock/sink/{quote(name, safe='')}?account={self.id}"

    def answer_sink(self, name: str, *responses: int) -> Json:
        """Statuses for the next callbacks; the last one repeats."""
        return self._call("PUT", "/sink/" + quote(name, safe=""), {"responses": responses})

    def sink_requests(self, name: str, /, **filter: Any) -> Json:
        """What the sink received, oldest first. Filters: invoice, signature, order, limit, after."""
        return self._call("GET", f"/sink/{quote(name, safe='')}/requests", **filter)

    # ---- what happened

    def requests(self, **filter: Any) -> Json:
        """Filters: method, path, status, invoice, reference_id, kind, unmatched, limit, after."""
        return self._call("GET", "/requests", **filter)

    def callbacks(self, **filter: Any) -> Json:
        """Filters: invoice, state, limit, after."""
        return self._call("GET", "/callbacks", **filter)

    def resend(self, callback: str, resign: bool = False) -> Json:
        return self._call("POST", f"/callbacks/{callback}/resend", {"resign": resign})

    # ---- signatures

    def sign(self, body: Union[bytes, str], secret: Optional[str] = None) -> str:
        """The signature of a callback: base64(SHA1(secret + body + secret)), over the exact bytes of the body."""
        key = (self.secret_key if secret is None else secret).encode()
        return base64.b64encode(hashlib.sha1(key + _bytes(body) + key).digest()).decode()

    def is_genuine(self, body: Union[bytes, str], signature: Optional[str], secret: Optional[str] = None) -> bool:
        return hmac.compare_digest(self.sign(body, secret).encode(), (signature or "").encode())

    def verify_signature(self, body: Union[bytes, str], signature: str, key: Optional[str] = None) -> Json:
        """Asks the mock, which names the likely mistake if the signature is wrong."""
        check = {"body_base64": base64.b64encode(_bytes(body)).decode(), "signature": signature}
        return self._call("POST", "/verify-signature", {**check, **({} if key is None else {"key": key})})

    # ---- money

    def report(self, date: str, **options: Any) -> Any:
        """The payments, refunds, chargebacks and payouts of a day, "YYYY-MM-DD". Options: timezone, format, limit."""
        return self._call("GET", "/report", date=date, **options)
