"""The suite of the shop: python3 -m unittest, with a running mock or under `milkypay-mock exec --strict --`."""

import sys
import unittest
from pathlib import Path
from typing import Any, Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from milkypay_mock import FaultName, MilkyPayMock  # noqa: E402
from shop import Shop  # noqa: E402


# How a response is lost, and how often the shop then asks for the invoice: once if its search finds it.
LOST: Dict[FaultName, int] = {
    "commit_then_reset": 1, "truncate": 1, "reset": 2, "status": 2, "garbage": 2,
}


class ShopTest(unittest.TestCase):
    def open(self, **settings: Any) -> Shop:
        """A shop with its own account, which has the test's name."""
        self.account = MilkyPayMock().create_account(
            **{"name": self.id(), "outcome": "process_pending", **settings})
        shop = Shop(self.account.environment)
        self.addCleanup(shop.stop)
        self.addCleanup(self.account.wait_until_idle)  # before the receiver closes
        return shop

    def responses(self) -> Dict[str, List[int]]:
        """What the shop responded to each callback: the codes, by the status of the invoice."""
        return {callback["transition"]: [attempt["code"] for attempt in callback["attempts"]]
                for callback in self.account.callbacks()["items"]}

    def test_ships_an_order_that_is_paid(self) -> None:
        shop = self.open()
        invoice = shop.checkout("order-1", 19.99)
        self.account.pay(invoice, card_number="5519283812030000", expiry="1230", cvv="123")
        self.account.wait_for_callback(invoice, transition="processed")
        self.assertEqual(shop.orders["order-1"]["status"], "processed")
        self.assertEqual(shop.shipped, ["order-1"])

    def test_does_not_ship_an_order_that_is_declined(self) -> None:
        shop = self.open()
        self.account.queue_outcomes("process_failed:insufficient_funds@0")
        invoice = shop.checkout("order-1", 19.99)
        self.account.wait_for_callback(invoice, transition="process_failed")
        self.assertEqual(shop.orders["order-1"]["resolution"], "insufficient_funds")
        self.assertEqual(shop.shipped, [])

    def test_refuses_a_forged_callback(self) -> None:
        shop = self.open(outcome="processed@5s")
        self.account.freeze()
        self.account.add_fault(on="callback", fault="bad_signature", match={"transition": "processed"}, times=1)
        invoice = shop.checkout("order-1", 19.99)
        self.account.advance(5)
        self.assertEqual(shop.shipped, [])
        self.account.advance(60)  # the retry is genuine
        self.account.wait_for_callback(invoice, transition="processed")
        self.assertEqual(self.responses(), {"process_pending": [200], "processed": [403, 200]})
        self.assertEqual(shop.shipped, ["order-1"])

    def test_ships_once_if_callbacks_come_twice_and_out_of_order(self) -> None:
        shop = self.open(outcome="processed@5s")
        self.account.freeze()
        self.account.add_fault(on="callback", fault="reorder", times=1)
        self.account.add_fault(on="callback", fault="duplicate", match={"transition": "processed"}, times=1)
        shop.checkout("order-1", 19.99)
        self.account.advance(5)
        self.account.wait_until_idle()
        self.assertEqual(self.responses(), {"process_pending": [200], "processed": [200, 200]})
        self.assertEqual(shop.orders["order-1"]["status"], "processed")
        self.assertEqual(shop.shipped, ["order-1"])

    def test_creates_one_invoice_although_a_response_is_lost(self) -> None:
        for fault, creations in LOST.items():
            with self.subTest(fault):
                shop = self.open()
                self.account.add_fault(on="api", fault=fault, times=1,
                                       match={"method": "POST", "path": "/payment-invoices"})
                invoice = shop.checkout("order-1", 19.99)
                listed = self.account.api("GET", "/payment-invoices")["data"]
                self.assertEqual([each["id"] for each in listed], [invoice])
                asked = self.account.requests(method="POST", path="/payment-invoices")
                self.assertEqual(asked["total"], creations)

    def test_learns_that_nobody_paid(self) -> None:
        shop = self.open()
        shop.checkout("order-1", 19.99)
        self.account.advance(1801)
        self.assertEqual(shop.orders["order-1"]["resolution"], "expired")
        self.assertEqual(shop.shipped, [])

    def test_refunds_a_part_and_no_more_than_is_left(self) -> None:
        shop = self.open(outcome="processed", settle_after_ms=0)
        self.account.freeze(4_000_000_000)  # 2096-10-02
        invoice = shop.checkout("order-1", 19.99)
        self.account.wait_for_callback(invoice, transition="processed")
        self.assertTrue(shop.refund("order-1", "refund-5", 5))
        self.account.wait_for_callback(invoice, transition="partially_refunded")
        self.assertEqual(shop.orders["order-1"]["status"], "partially_refunded")
        self.assertFalse(shop.refund("order-1", "refund-15", 15))
        day = self.account.report("2096-10-02")["sums"][0]
        self.assertEqual((day["payments"]["amount"], day["refunds"]["amount"]), ("19.99", "-5.00"))


if __name__ == "__main__":
    unittest.main()
