// Package shop is a small shop that takes payments with MilkyPay. It reads the same variables as a real one:
// MILKYPAY_URL and the keys.
package shop

import (
	"bytes"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
)

// Order is what the shop knows of an order.
type Order struct {
	Amount                      float64
	Invoice, Status, Resolution string
}

type Shop struct {
	environment map[string]string
	callbackURL string
	reading     sync.Mutex // one read of an invoice follows the other, so that the last one is the newest
	lock        sync.Mutex
	orders      map[string]Order // by reference
	shipped     []string
}

type invoice struct {
	ID         string
	Attributes struct {
		Reference  string `json:"reference_id"`
		Status     string
		Resolution string
		Amount     float64
	}
}

type object map[string]any

// New makes a shop whose callbacks arrive at callbackURL; they are handled by ServeHTTP.
func New(environment map[string]string, callbackURL string) *Shop {
	return &Shop{environment: environment, callbackURL: callbackURL, orders: map[string]Order{}}
}

// Order returns what the shop knows of an order.
func (s *Shop) Order(reference string) Order {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.orders[reference]
}

// Shipped returns the references of the shipped orders.
func (s *Shop) Shipped() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	return append([]string{}, s.shipped...)
}

// Checkout creates the invoice of an order once, even if a response is lost. It returns the invoice's id.
func (s *Shop) Checkout(reference string, amount float64) (string, error) {
	s.expect(reference, amount) // before a callback can arrive
	order := object{"data": object{"type": "payment-invoices", "attributes": object{
		"reference_id": reference, "service": "payment_card_usd_hpp", "currency": "USD", "amount": amount,
		"test_mode": true, "callback_url": s.callbackURL}}}
	for tries := 0; tries < 3; tries++ {
		var made struct{ Data invoice }
		status, err := s.send("POST", "/payment-invoices", order, &made)
		if err == nil && made.Data.ID != "" {
			return s.remember(reference, made.Data.ID), nil // 201, or 409 with the earlier invoice
		}
		if err == nil && status >= 400 && status < 500 {
			return "", fmt.Errorf("refused with %d", status)
		}

		// no response, or half of one: the invoice may exist all the same
		var found struct{ Data []invoice }
		filter := url.Values{"filter[reference_id]": {reference}}
		if _, err := s.send("GET", "/payment-invoices?"+filter.Encode(), nil, &found); err != nil {
			return "", err
		}
		if len(found.Data) > 0 {
			return s.remember(reference, found.Data[0].ID), nil
		}
	}
	return "", errors.New("MilkyPay does not respond")
}

// Refund reports whether MilkyPay accepts a refund of this amount. The same id refunds once, however often it is sent.
func (s *Shop) Refund(reference, id string, amount float64) (bool, error) {
	invoice := s.Order(reference).Invoice
	attributes := object{"reference_id": id, "amount": amount}
	refund := object{"data": object{"type": "refund", "id": invoice, "attributes": attributes}}
	answer := object{}
	_, err := s.send("POST", "/payment-invoices/"+invoice+"/refund", refund, &answer)
	return answer["data"] != nil, err // 200, or 409 with the earlier refund
}

// Refresh reads an order's invoice.
func (s *Shop) Refresh(reference string) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	var found struct{ Data []invoice }
	filter := url.Values{"filter[reference_id]": {reference}}
	status, err := s.send("GET", "/payment-invoices?"+filter.Encode(), nil, &found)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("not read: %d", status)
	}
	for _, each := range found.Data {
		s.apply(reference, each)
	}
	return nil
}

func (s *Shop) expect(reference string, amount float64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if _, known := s.orders[reference]; !known {
		s.orders[reference] = Order{Amount: amount}
	}
}

func (s *Shop) remember(reference, id string) string {
	s.lock.Lock()
	defer s.lock.Unlock()
	order := s.orders[reference]
	order.Invoice = id
	s.orders[reference] = order
	return id
}

func (s *Shop) send(method, path string, body, answer any) (int, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequest(method, s.environment["MILKYPAY_URL"]+path, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	request.SetBasicAuth(s.environment["MILKYPAY_ACCOUNT_ID"], s.environment["MILKYPAY_API_KEY"])
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	return response.StatusCode, json.NewDecoder(response.Body).Decode(answer)
}

func (s *Shop) isGenuine(body []byte, signature string) bool {
	secret := s.environment["MILKYPAY_SECRET_KEY"]
	digest := sha1.Sum([]byte(secret + string(body) + secret))
	expected := base64.StdEncoding.EncodeToString(digest[:])
	return subtle.ConstantTimeCompare([]byte(expected), []byte(signature)) == 1
}

// ServeHTTP receives callbacks.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !s.isGenuine(body, r.Header.Get("X-Signature")) {
		http.Error(w, "forged", http.StatusForbidden)
		return
	}
	var callback struct{ Data invoice }
	if err := json.Unmarshal(body, &callback); err != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	// Callbacks arrive twice, late and out of order. The shop takes one as a hint, and reads the invoice.
	reference := callback.Data.Attributes.Reference
	if !s.knows(reference) {
		return // not an order of this shop
	}
	if err := s.Refresh(reference); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable) // the callback comes again
	}
}

func (s *Shop) knows(reference string) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	_, known := s.orders[reference]
	return known
}

func (s *Shop) apply(reference string, read invoice) {
	s.lock.Lock()
	defer s.lock.Unlock()
	order, now := s.orders[reference], read.Attributes
	if now.Amount != order.Amount {
		return
	}
	if now.Status == "processed" && !contains(s.shipped, reference) {
		s.shipped = append(s.shipped, reference)
	}
	s.orders[reference] = Order{order.Amount, read.ID, now.Status, now.Resolution}
}

func contains(all []string, one string) bool {
	for _, each := range all {
		if each == one {
			return true
		}
	}
	return false
}
