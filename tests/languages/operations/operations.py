"""Calls every operation of the helper, in the order of ../operations.js, and prints what makes no request."""

from milkypay_mock import MilkyPayError, MilkyPayMock

BODY = '{"data":{"a":"b\\/c"}}'
ORDER = {"service": "payment_card_usd_hpp", "currency": "USD", "amount": 100.55, "test_mode": True}


def shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


mock = MilkyPayMock(token="secret-token")
mock.health()
mock.account()
account = mock.create_account(name="operations", outcome="process_pending")
mock.account(account.id)
mock.request("GET", "/statuses")

account.update(callback_url=account.sink_url("my-shop"))
account.snapshot("first")
account.freeze()
now = account.clock()["now"]
account.freeze(now + 1)
account.queue_outcomes("processed@5s", "process_pending")
stored = account.add_fault(on="callback", fault="bad_signature", match={"transition": "refunded"}, times=1)
account.faults()
account.remove_faults(stored["id"])
account.remove_faults()
account.answer_sink("my-shop", 500, 200)

invoice = account.api("POST", "/payment-invoices", ORDER)["data"]["id"]
account.wait_until_idle()
account.advance(5)
account.advance(next=True, timeout="5s")
account.wait_for_status(invoice, "processed", timeout="5s")
account.wait_for_callback(invoice, transition="processed")
account.wait_for_requests(2, sink="my-shop", invoice=invoice)
received = account.sink_requests("my-shop", invoice=invoice, limit=1)["items"][0]
account.verify_signature(received["body"], received["headers"]["X-Signature"])
print("isGenuine", shown(account.is_genuine(received["body"], received["headers"]["X-Signature"])))
account.invoice(invoice)
account.transition(invoice, "partially_charged_back", amount=20)
account.timeline(invoice)
account.unfreeze()

second = account.api("POST", "/payment-invoices", ORDER, {"X-Mock-Outcome": "processed"})["data"]["id"]
account.pay(second, card_number="5519283812030000", expiry="1230", cvv="123")
account.wait_until_idle(within="0", timeout="5s")
account.requests(method="POST", path="/payment-invoices")
callback = account.callbacks(invoice=invoice)["items"][0]
account.resend(callback["id"], resign=True)
account.report("2030-01-01", timezone="Europe/Kyiv")
account.reset()
account.restore("first")

for refused in (
    lambda: account.queue_outcomes("declined"),
    lambda: account.answer_sink("a b+c", 200),
    lambda: account.wait_for_status("cpi_none", "processed", timeout="50ms"),
    lambda: account.api("GET", "/payment-invoices/cpi_none"),
):
    try:
        refused()
    except MilkyPayError as error:
        print("error", f"true {error.status} {error.code or ''} {error}")
account.delete()

print("publicApiUrl", mock.public_api_url)
print("dashboardUrl", mock.dashboard_url)
print("environment", *(f"{name} {value}" for name, value in sorted(account.environment.items())))
print("authorization", account.authorization)
print("sinkUrl", account.sink_url("my-shop"))
print("sign", account.sign(BODY))
print("isGenuine", shown(account.is_genuine(BODY, account.sign(BODY))))
print("isGenuine", shown(account.is_genuine(BODY, account.sign(BODY + "\n"))))
