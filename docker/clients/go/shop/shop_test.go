// The suite of the shop: go test ./shop, with a running mock or under `milkypay-mock exec --strict --`.
package shop_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	mock "milkypaymock"
	"milkypaymock/shop"
)

// open returns a shop with its own account, which has the test's name.
func open(t *testing.T, settings mock.Object) (*mock.Account, *shop.Shop) {
	t.Parallel()
	all := mock.Object{"name": t.Name(), "outcome": "process_pending"}
	for name, value := range settings {
		all[name] = value
	}
	account := mock.Must(mock.New("").CreateAccount(all))
	var handler http.Handler
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
	}))
	shop := shop.New(account.Environment(), receiver.URL+"/callback")
	handler = shop
	t.Cleanup(func() {
		if err := account.WaitUntilIdle(nil); err != nil { // before the receiver closes
			t.Error(err)
		}
		receiver.Close()
	})
	return account, shop
}

func same(t *testing.T, what string, is, expected any) {
	t.Helper()
	if !reflect.DeepEqual(is, expected) {
		t.Errorf("%s: %v instead of %v", what, is, expected)
	}
}

// responses returns what the shop responded to each callback: the codes, by the status of the invoice.
func responses(account *mock.Account) map[string][]int {
	codes := map[string][]int{}
	for _, callback := range mock.Must(account.Callbacks(nil)).Items {
		for _, attempt := range callback.Attempts {
			codes[callback.Transition] = append(codes[callback.Transition], *attempt.Code)
		}
	}
	return codes
}

func TestShipsAnOrderThatIsPaid(t *testing.T) {
	account, shop := open(t, nil)
	invoice := mock.Must(shop.Checkout("order-1", 19.99))
	mock.Must(account.Pay(invoice, mock.Object{"card_number": "5519283812030000", "expiry": "1230", "cvv": "123"}))
	mock.Must(account.WaitForCallback(invoice, mock.Object{"transition": "processed"}))
	same(t, "status", shop.Order("order-1").Status, "processed")
	same(t, "shipped", shop.Shipped(), []string{"order-1"})
}

func TestDoesNotShipAnOrderThatIsDeclined(t *testing.T) {
	account, shop := open(t, nil)
	mock.Must(account.QueueOutcomes("process_failed:insufficient_funds@0"))
	invoice := mock.Must(shop.Checkout("order-1", 19.99))
	mock.Must(account.WaitForCallback(invoice, mock.Object{"transition": "process_failed"}))
	same(t, "resolution", shop.Order("order-1").Resolution, "insufficient_funds")
	same(t, "shipped", shop.Shipped(), []string{})
}

func TestRefusesAForgedCallback(t *testing.T) {
	account, shop := open(t, mock.Object{"outcome": "processed@5s"})
	mock.Must(account.Freeze(0))
	mock.Must(account.AddFault(mock.Fault{On: "callback", Fault: "bad_signature", Times: 1,
		Match: &mock.Match{Transition: "processed"}}))
	invoice := mock.Must(shop.Checkout("order-1", 19.99))
	mock.Must(account.Advance(5))
	same(t, "shipped", shop.Shipped(), []string{})
	mock.Must(account.Advance(60)) // the retry is genuine
	mock.Must(account.WaitForCallback(invoice, mock.Object{"transition": "processed"}))
	same(t, "responses", responses(account), map[string][]int{"process_pending": {200}, "processed": {403, 200}})
	same(t, "shipped", shop.Shipped(), []string{"order-1"})
}

func TestShipsOnceIfCallbacksComeTwiceAndOutOfOrder(t *testing.T) {
	account, shop := open(t, mock.Object{"outcome": "processed@5s"})
	mock.Must(account.Freeze(0))
	mock.Must(account.AddFault(mock.Fault{On: "callback", Fault: "reorder", Times: 1}))
	mock.Must(account.AddFault(mock.Fault{On: "callback", Fault: "duplicate", Times: 1,
		Match: &mock.Match{Transition: "processed"}}))
	mock.Must(shop.Checkout("order-1", 19.99))
	mock.Must(account.Advance(5))
	if err := account.WaitUntilIdle(nil); err != nil {
		t.Fatal(err)
	}
	same(t, "responses", responses(account), map[string][]int{"process_pending": {200}, "processed": {200, 200}})
	same(t, "status", shop.Order("order-1").Status, "processed")
	same(t, "shipped", shop.Shipped(), []string{"order-1"})
}

// How a response is lost, and how often the shop then asks for the invoice: once if its search finds it.
var lost = map[string]int{"commit_then_reset": 1, "truncate": 1, "reset": 2, "status": 2, "garbage": 2}

func TestCreatesOneInvoiceAlthoughAResponseIsLost(t *testing.T) {
	for fault, creations := range lost {
		fault, creations := fault, creations
		t.Run(fault, func(t *testing.T) {
			account, shop := open(t, nil)
			mock.Must(account.AddFault(mock.Fault{On: "api", Fault: fault, Times: 1,
				Match: &mock.Match{Method: "POST", Path: "/payment-invoices"}}))
			invoice := mock.Must(shop.Checkout("order-1", 19.99))
			var listed struct{ Data []struct{ ID string } }
			err := json.Unmarshal(mock.Must(account.API("GET", "/payment-invoices", nil, nil)), &listed)
			if err != nil || len(listed.Data) != 1 || listed.Data[0].ID != invoice {
				t.Errorf("%v: %v instead of %s", err, listed.Data, invoice)
			}
			asked := mock.Must(account.Requests(mock.Object{"method": "POST", "path": "/payment-invoices"}))
			same(t, "creations", asked.Total, creations)
		})
	}
}

func TestLearnsThatNobodyPaid(t *testing.T) {
	account, shop := open(t, nil)
	mock.Must(shop.Checkout("order-1", 19.99))
	mock.Must(account.Advance(1801))
	same(t, "resolution", shop.Order("order-1").Resolution, "expired")
	same(t, "shipped", shop.Shipped(), []string{})
}

func TestRefundsAPartAndNoMoreThanIsLeft(t *testing.T) {
	account, shop := open(t, mock.Object{"outcome": "processed", "settle_after_ms": 0})
	mock.Must(account.Freeze(4_000_000_000)) // 2096-10-02
	invoice := mock.Must(shop.Checkout("order-1", 19.99))
	mock.Must(account.WaitForCallback(invoice, mock.Object{"transition": "processed"}))
	same(t, "accepted", mock.Must(shop.Refund("order-1", "refund-5", 5)), true)
	mock.Must(account.WaitForCallback(invoice, mock.Object{"transition": "partially_refunded"}))
	same(t, "status", shop.Order("order-1").Status, "partially_refunded")
	same(t, "accepted", mock.Must(shop.Refund("order-1", "refund-15", 15)), false)
	day := mock.Must(account.Report("2096-10-02", nil))["sums"].([]any)[0].(mock.Object)
	same(t, "payments", day["payments"].(mock.Object)["amount"], "19.99")
	same(t, "refunds", day["refunds"].(mock.Object)["amount"], "-5.00")
}
