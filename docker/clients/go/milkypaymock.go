// Package milkypaymock drives the MilkyPay mock in tests: accounts, clocks, outcomes, waits, faults, sinks, signatures.
//
// Copy this file into a folder milkypaymock of your module. It needs Go 1.19 or later and no modules.
// server/docs/clients.md lists its operations.
package milkypaymock

import (
	"bytes"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// Object is the body of a request, or the options of a call.
type Object = map[string]any

// Error is an error response of the mock, or a wait that timed out.
type Error struct {
	What    string // the call
	Status  int
	Code    string // of the error; empty for the platform's endpoints
	Message string
	Body    []byte
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %d", e.What, e.Status)
	for _, part := range []string{e.Code, e.Message} {
		if part != "" {
			text += " " + part
		}
	}
	return text
}

// Must returns the value, or panics with the error: Must(account.Advance(60)).
func Must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// List is a page of a list.
type List[T any] struct {
	Items []T     `json:"items"`
	Total int     `json:"total"`
	Next  *string `json:"next"`
}

type Clock struct {
	Mode string `json:"mode"`
	Now  int64  `json:"now"`
}

type Advanced struct {
	Now      int64 `json:"now"`
	Complete bool  `json:"complete"`
	Events   []struct {
		At       int64  `json:"at"`
		Kind     string `json:"kind"` // transition or callback
		Invoice  string `json:"invoice"`
		From     string `json:"from"`
		To       string `json:"to"`
		Callback string `json:"callback"`
		Attempt  int    `json:"attempt"`
		Result   string `json:"result"` // done or failed
	} `json:"events"`
}

// Invoice is the private view of an invoice, as the platform returns it.
type Invoice struct {
	Data struct {
		Type       string `json:"type"`
		ID         string `json:"id"`
		Attributes struct {
			Status          string   `json:"status"`
			Resolution      string   `json:"resolution"`
			ReferenceID     string   `json:"reference_id"`
			Currency        string   `json:"currency"`
			Amount          float64  `json:"amount"`
			ProcessedAmount *float64 `json:"processed_amount"`
			RefundedAmount  *float64 `json:"refunded_amount"`
			Updated         int64    `json:"updated"`
			HppURL          string   `json:"hpp_url"`
		} `json:"attributes"`
	} `json:"data"`
	Left *float64 `json:"left"` // what can be refunded; of Account.Invoice
}

type Message struct {
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

type Callback struct {
	ID         string `json:"id"`
	Invoice    string `json:"invoice"`
	Transition string `json:"transition"`
	URL        string `json:"url"`
	State      string `json:"state"` // queued, sending, done, failed or dropped
	Attempts   []struct {
		Number   int      `json:"number"`
		At       int64    `json:"at"`
		Code     *int     `json:"code"`
		Error    *string  `json:"error"`
		Request  Message  `json:"request"`
		Response *Message `json:"response"`
	} `json:"attempts"`
}

// Match limits a fault; all members that are given must match.
type Match struct {
	Method     string `json:"method,omitempty"`
	Path       string `json:"path,omitempty"`
	Invoice    string `json:"invoice,omitempty"`
	Transition string `json:"transition,omitempty"`
}

type Fault struct {
	ID          string  `json:"id,omitempty"`     // of a stored fault
	Hits        int     `json:"hits,omitempty"`   // of a stored fault
	Active      bool    `json:"active,omitempty"` // of a stored fault
	On          string  `json:"on"`               // api, page or callback
	Fault       string  `json:"fault"`
	Match       *Match  `json:"match,omitempty"`
	Times       int     `json:"times,omitempty"`
	After       int     `json:"after,omitempty"`
	Probability float64 `json:"probability,omitempty"`
	Status      int     `json:"status,omitempty"`
	RetryAfter  int     `json:"retry_after,omitempty"`
	Delay       string  `json:"delay,omitempty"`
	Median      string  `json:"median,omitempty"`
	Sigma       float64 `json:"sigma,omitempty"`
	Bytes       int     `json:"bytes,omitempty"`
	BytesPerS   int     `json:"bytes_per_s,omitempty"`
	Hold        string  `json:"hold,omitempty"`
}

type SinkRequest struct {
	At           int64             `json:"at"`
	Method       string            `json:"method"`
	Path         string            `json:"path"`
	Headers      map[string]string `json:"headers"`
	Body         string            `json:"body"`
	ResponseCode int               `json:"response_code"`
	Signature    string            `json:"signature"` // valid, invalid or missing
}

type Judgement struct {
	Valid    bool    `json:"valid"`
	Expected string  `json:"expected"`
	Reason   *string `json:"reason"`
	Message  string  `json:"message"`
}

// Mock is a running mock.
type Mock struct {
	URL   string
	Token string // the value of --control-token
}

// New uses the mock at this URL. If it is empty: at MILKYPAY_URL, which `milkypay-mock exec` sets.
func New(url string) *Mock {
	for _, other := range []string{os.Getenv("MILKYPAY_URL"), "http://127.0.0.1:8080"} {
		if url == "" {
			url = other
		}
	}
	return &Mock{URL: strings.TrimRight(url, "/")}
}

func (m *Mock) PublicAPIURL() string { return m.URL + "/public-api" }

func (m *Mock) DashboardURL() string { return m.URL + "/_mock/" }

func (m *Mock) Health() (Object, error) { return answer[Object](m.Request("GET", "/health", nil)) }

// Account returns the account with this id, or the demo account if the id is empty.
func (m *Mock) Account(id string) (*Account, error) {
	if id != "" {
		return m.opened(answer[*Account](m.Request("GET", "/accounts/"+url.PathEscape(id), nil)))
	}
	page, err := answer[List[*Account]](m.Request("GET", "/accounts?limit=1", nil))
	if err != nil {
		return nil, err
	}
	return m.opened(page.Items[0], nil)
}

// CreateAccount creates an account with its own keys, invoices, clock, callbacks and faults. Name it after the test:
// CreateAccount(Object{"name": t.Name(), "outcome": "process_pending"}).
func (m *Mock) CreateAccount(settings Object) (*Account, error) {
	return m.opened(answer[*Account](m.Request("POST", "/accounts", settings)))
}

func (m *Mock) opened(account *Account, err error) (*Account, error) {
	if err == nil {
		account.mock = m
	}
	return account, err
}

// Request is any call of the control API; path is the part after /_mock. A nil body sends none.
func (m *Mock) Request(method, path string, body any) ([]byte, error) {
	headers := map[string]string{}
	if m.Token != "" {
		headers["X-Mock-Token"] = m.Token
	}
	return m.send(method, "/_mock"+path, headers, body)
}

// the mock is on this machine: no proxy
var client = &http.Client{Transport: &http.Transport{Proxy: nil}}

// send sends a request and reads the response. An error response is an *Error with the reason.
func (m *Mock) send(method, path string, headers map[string]string, body any) ([]byte, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, m.URL+path, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode < 300 {
		return text, err
	}
	return nil, refusal(method+" "+path, response, text)
}

func refusal(what string, response *http.Response, text []byte) *Error {
	var body struct {
		Error struct{ Code, Message string }
	}
	found := &Error{What: what, Status: response.StatusCode, Body: text}
	if json.Unmarshal(text, &body) == nil {
		found.Code, found.Message = body.Error.Code, body.Error.Message
	}
	for _, other := range []string{response.Header.Get("X-Mock-Reason"), string(text)} {
		if found.Message == "" {
			found.Message = other
		}
	}
	return found
}

func answer[T any](text []byte, err error) (T, error) {
	var value T
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	return value, err
}

// Account is a merchant account of the mock.
type Account struct {
	ID            string `json:"id"`
	APIKey        string `json:"api_key"`
	PublicKey     string `json:"public_key"`
	PublicLiveKey string `json:"public_live_key"`
	SecretKey     string `json:"secret_key"`
	SecretLiveKey string `json:"secret_live_key"`
	Settings      Object `json:"settings"`
	mock          *Mock
}

// Environment has the environment variables that `milkypay-mock exec` sets for a shop.
func (a *Account) Environment() map[string]string {
	return map[string]string{
		"MILKYPAY_URL":        a.mock.URL,
		"MILKYPAY_ACCOUNT_ID": a.ID,
		"MILKYPAY_API_KEY":    a.APIKey,
		"MILKYPAY_PUBLIC_KEY": a.PublicKey,
		"MILKYPAY_SECRET_KEY": a.SecretKey,
	}
}

// Authorization is the value of the Authorization header for the private API.
func (a *Account) Authorization() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(a.ID+":"+a.APIKey))
}

// API is a call of the platform's private API with the account's login: what your shop sends.
func (a *Account) API(method, path string, body any, headers map[string]string) ([]byte, error) {
	all := map[string]string{"Authorization": a.Authorization()}
	for name, value := range headers {
		all[name] = value
	}
	return a.mock.send(method, path, all, body)
}

func (a *Account) call(method, path string, body any, parameters Object) ([]byte, error) {
	query := url.Values{"account": {a.ID}}
	for name, value := range parameters {
		query.Set(name, fmt.Sprint(value))
	}
	return a.mock.Request(method, path+"?"+query.Encode(), body)
}

func with(options Object, more Object) Object {
	all := Object{}
	for _, some := range []Object{options, more} {
		for name, value := range some {
			all[name] = value
		}
	}
	return all
}

// ---- the account

func (a *Account) Update(settings Object) (Object, error) {
	changed, err := answer[Account](a.mock.Request("PATCH", "/accounts/"+a.ID, settings))
	if err == nil {
		a.Settings = changed.Settings
	}
	return a.Settings, err
}

func (a *Account) Delete() error {
	_, err := a.mock.Request("DELETE", "/accounts/"+a.ID, nil)
	return err
}

func (a *Account) Reset() error {
	_, err := a.call("POST", "/reset", nil, nil)
	return err
}

func (a *Account) Snapshot(name string) (Object, error) {
	return answer[Object](a.call("POST", "/snapshots/"+url.PathEscape(name), nil, nil))
}

func (a *Account) Restore(name string) error {
	_, err := a.call("POST", "/snapshots/"+url.PathEscape(name)+"/restore", nil, nil)
	return err
}

// ---- the account's clock

func (a *Account) Clock() (Clock, error) { return answer[Clock](a.call("GET", "/clock", nil, nil)) }

// Freeze stops the clock, at now (unix seconds) unless it is 0.
func (a *Account) Freeze(now int64) (Clock, error) {
	how := Object{"mode": "frozen"}
	if now != 0 {
		how["now"] = now
	}
	return answer[Clock](a.call("PUT", "/clock", how, nil))
}

func (a *Account) Unfreeze() (Clock, error) {
	return answer[Clock](a.call("PUT", "/clock", Object{"mode": "real"}, nil))
}

// Advance moves the clock by seconds, and returns when every due event is done.
func (a *Account) Advance(seconds int) (Advanced, error) {
	return a.AdvanceTo(Object{"seconds": seconds})
}

// AdvanceTo is Advance with seconds, to or next, and timeout.
func (a *Account) AdvanceTo(how Object) (Advanced, error) {
	return answer[Advanced](a.call("POST", "/clock/advance", how, nil))
}

// ---- outcomes of invoices

// QueueOutcomes sets the outcomes of the next invoices, one each: "processed", "process_failed:declined@5s".
func (a *Account) QueueOutcomes(outcomes ...string) (Object, error) {
	return answer[Object](a.call("POST", "/outcomes", Object{"outcomes": outcomes}, nil))
}

func (a *Account) Invoice(id string) (Invoice, error) {
	return answer[Invoice](a.call("GET", "/payment-invoices/"+id, nil, nil))
}

// Pay pays like a payer, without a browser: card_number, expiry, cvv, three_ds; or cancel.
func (a *Account) Pay(id string, visit Object) (Invoice, error) {
	return answer[Invoice](a.call("POST", "/payment-invoices/"+id+"/pay", visit, nil))
}

// Transition has the options resolution, amount and force.
func (a *Account) Transition(id, status string, options Object) (Invoice, error) {
	change := with(options, Object{"status": status})
	return answer[Invoice](a.call("POST", "/payment-invoices/"+id+"/transition", change, nil))
}

func (a *Account) Timeline(id string) (List[Object], error) {
	return answer[List[Object]](a.call("GET", "/payment-invoices/"+id+"/timeline", nil, nil))
}

// ---- waits, with the option timeout; a timeout is an *Error with status 408 that describes the current state

func (a *Account) wait(options, more Object) ([]byte, error) {
	return a.call("GET", "/wait", nil, with(options, more))
}

func (a *Account) WaitForStatus(invoice, status string, options Object) (Invoice, error) {
	return answer[Invoice](a.wait(options, Object{"invoice": invoice, "status": status}))
}

// WaitForCallback waits until a callback is delivered. Options: transition (the status that it reports), result
// ("failed": until it has failed for good), timeout.
func (a *Account) WaitForCallback(invoice string, options Object) (Callback, error) {
	all := with(Object{"result": "delivered"}, options)
	all["callback"] = all["result"]
	delete(all, "result")
	return answer[Callback](a.wait(all, Object{"invoice": invoice}))
}

// WaitForRequests waits until this many requests arrived; the filters are those of Requests, or sink and invoice.
func (a *Account) WaitForRequests(count int, filter Object) (Object, error) {
	return answer[Object](a.wait(filter, Object{"requests": count}))
}

// WaitUntilIdle waits until nothing is being sent and nothing is due. Call it before you close your receiver.
// Options: within, timeout.
func (a *Account) WaitUntilIdle(options Object) error {
	_, err := a.wait(options, Object{"idle": true})
	return err
}

// ---- faults

func (a *Account) AddFault(fault Fault) (Fault, error) {
	return answer[Fault](a.call("POST", "/faults", fault, nil))
}

func (a *Account) Faults() (List[Fault], error) {
	return answer[List[Fault]](a.call("GET", "/faults", nil, nil))
}

// RemoveFaults removes the fault with this id, or all faults if it is empty.
func (a *Account) RemoveFaults(id string) error {
	_, err := a.call("DELETE", strings.TrimRight("/faults/"+id, "/"), nil, nil)
	return err
}

// ---- sinks: built-in receivers of callbacks

func (a *Account) SinkURL(name string) string {
	return a.mock.URL + "/_mock/sink/" + url.PathEscape(name) + "?account=" + a.ID
}

// AnswerSink sets the statuses for the next callbacks; the last one repeats.
func (a *Account) AnswerSink(name string, responses ...int) (Object, error) {
	return answer[Object](a.call("PUT", "/sink/"+url.PathEscape(name), Object{"responses": responses}, nil))
}

// SinkRequests returns what the sink received, oldest first. Filters: invoice, signature, order, limit, after.
func (a *Account) SinkRequests(name string, filter Object) (List[SinkRequest], error) {
	return answer[List[SinkRequest]](a.call("GET", "/sink/"+url.PathEscape(name)+"/requests", nil, filter))
}

// ---- what happened

// Requests has the filters method, path, status, invoice, reference_id, kind, unmatched, limit, after.
func (a *Account) Requests(filter Object) (List[Object], error) {
	return answer[List[Object]](a.call("GET", "/requests", nil, filter))
}

// Callbacks has the filters invoice, state, limit, after.
func (a *Account) Callbacks(filter Object) (List[Callback], error) {
	return answer[List[Callback]](a.call("GET", "/callbacks", nil, filter))
}

// Resend sends a callback once more; resign: with a new signature.
func (a *Account) Resend(callback string, resign bool) (Callback, error) {
	return answer[Callback](a.call("POST", "/callbacks/"+callback+"/resend", Object{"resign": resign}, nil))
}

// ---- signatures

// Sign makes the signature of a callback: base64(SHA1(secret + body + secret)), over the exact bytes of the body.
func (a *Account) Sign(body []byte) string {
	digest := sha1.Sum([]byte(a.SecretKey + string(body) + a.SecretKey))
	return base64.StdEncoding.EncodeToString(digest[:])
}

func (a *Account) IsGenuine(body []byte, signature string) bool {
	return subtle.ConstantTimeCompare([]byte(a.Sign(body)), []byte(signature)) == 1
}

// VerifySignature asks the mock, which names the likely mistake if the signature is wrong.
func (a *Account) VerifySignature(body []byte, signature string) (Judgement, error) {
	check := Object{"body_base64": base64.StdEncoding.EncodeToString(body), "signature": signature}
	return answer[Judgement](a.call("POST", "/verify-signature", check, nil))
}

// ---- money

// Report returns the payments, refunds, chargebacks and payouts of a day, "YYYY-MM-DD". Options: timezone, limit, after.
func (a *Account) Report(date string, options Object) (Object, error) {
	return answer[Object](a.call("GET", "/report", nil, with(options, Object{"date": date})))
}
