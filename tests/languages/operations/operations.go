// Calls every operation of the helper, in the order of ../operations.js, and prints what makes no request.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"milkypaymock"
)

const body = `{"data":{"a":"b\/c"}}`

type object = milkypaymock.Object

func must[T any](value T, err error) T { return milkypaymock.Must(value, err) }

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func order(account *milkypaymock.Account, headers map[string]string) string {
	fields := object{"service": "payment_card_usd_hpp", "currency": "USD", "amount": 100.55, "test_mode": true}
	var made milkypaymock.Invoice
	check(json.Unmarshal(must(account.API("POST", "/payment-invoices", fields, headers)), &made))
	return made.Data.ID
}

func main() {
	mock := milkypaymock.New("")
	mock.Token = "secret-token"
	must(mock.Health())
	must(mock.Account(""))
	account := must(mock.CreateAccount(object{"name": "operations", "outcome": "process_pending"}))
	must(mock.Account(account.ID))
	must(mock.Request("GET", "/statuses", nil))

	must(account.Update(object{"callback_url": account.SinkURL("my-shop")}))
	must(account.Snapshot("first"))
	must(account.Freeze(0))
	now := must(account.Clock()).Now
	must(account.Freeze(now + 1))
	must(account.QueueOutcomes("processed@5s", "process_pending"))
	stored := must(account.AddFault(milkypaymock.Fault{On: "callback", Fault: "bad_signature",
		Match: &milkypaymock.Match{Transition: "refunded"}, Times: 1}))
	must(account.Faults())
	check(account.RemoveFaults(stored.ID))
	check(account.RemoveFaults(""))
	must(account.AnswerSink("my-shop", 500, 200))

	id := order(account, nil)
	check(account.WaitUntilIdle(nil))
	must(account.Advance(5))
	must(account.AdvanceTo(object{"next": true, "timeout": "5s"}))
	must(account.WaitForStatus(id, "processed", object{"timeout": "5s"}))
	must(account.WaitForCallback(id, object{"transition": "processed"}))
	must(account.WaitForRequests(2, object{"sink": "my-shop", "invoice": id}))
	received := must(account.SinkRequests("my-shop", object{"invoice": id, "limit": 1})).Items[0]
	must(account.VerifySignature([]byte(received.Body), received.Headers["X-Signature"]))
	fmt.Println("isGenuine", account.IsGenuine([]byte(received.Body), received.Headers["X-Signature"]))
	must(account.Invoice(id))
	must(account.Transition(id, "partially_charged_back", object{"amount": 20}))
	must(account.Timeline(id))
	must(account.Unfreeze())

	second := order(account, map[string]string{"X-Mock-Outcome": "processed"})
	must(account.Pay(second, object{"card_number": "5519283812030000", "expiry": "1230", "cvv": "123"}))
	check(account.WaitUntilIdle(object{"within": "0", "timeout": "5s"}))
	must(account.Requests(object{"method": "POST", "path": "/payment-invoices"}))
	callback := must(account.Callbacks(object{"invoice": id})).Items[0]
	must(account.Resend(callback.ID, true))
	must(account.Report("2030-01-01", object{"timezone": "Europe/Kyiv"}))
	check(account.Reset())
	check(account.Restore("first"))

	_, badOutcome := account.QueueOutcomes("declined")
	_, badName := account.AnswerSink("a b+c", 200)
	_, late := account.WaitForStatus("cpi_none", "processed", object{"timeout": "50ms"})
	_, missing := account.API("GET", "/payment-invoices/cpi_none", nil, nil)
	for _, err := range []error{badOutcome, badName, late, missing} {
		var refused *milkypaymock.Error
		is := errors.As(err, &refused)
		fmt.Println("error", is, refused.Status, refused.Code, refused)
	}
	check(account.Delete())

	fmt.Println("publicApiUrl", mock.PublicAPIURL())
	fmt.Println("dashboardUrl", mock.DashboardURL())
	var variables []string
	for name, value := range account.Environment() {
		variables = append(variables, name+" "+value)
	}
	sort.Strings(variables)
	fmt.Println("environment", strings.Join(variables, " "))
	fmt.Println("authorization", account.Authorization())
	fmt.Println("sinkUrl", account.SinkURL("my-shop"))
	fmt.Println("sign", account.Sign([]byte(body)))
	fmt.Println("isGenuine", account.IsGenuine([]byte(body), account.Sign([]byte(body))))
	fmt.Println("isGenuine", account.IsGenuine([]byte(body), account.Sign([]byte(body+"\n"))))
}
