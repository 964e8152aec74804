// The shop as a server, to be rehearsed: PORT=3000 go run ./shop/serve
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"milkypaymock/shop"
)

type object map[string]any

func environment() map[string]string {
	all := map[string]string{}
	for _, each := range os.Environ() {
		name, value, _ := strings.Cut(each, "=")
		all[name] = value
	}
	return all
}

func newReference() string {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		log.Fatal(err)
	}
	return hex.EncodeToString(bytes)
}

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	ours := shop.New(environment(), "http://"+address+"/callback")

	state := func(order string) object {
		status, shipped := ours.Order(order).Status, 0
		if status == "" {
			status = "new"
		}
		for _, each := range ours.Shipped() {
			if each == order {
				shipped++
			}
		}
		return object{"status": status, "shipped": shipped}
	}
	routes := map[string]func(query url.Values, amount float64) (object, error){
		"GET /": func(url.Values, float64) (object, error) { return object{}, nil },
		"POST /orders": func(_ url.Values, amount float64) (object, error) {
			invoice, err := ours.Checkout(newReference(), amount)
			return object{"invoice": invoice}, err
		},
		"GET /state": func(query url.Values, _ float64) (object, error) { return state(query.Get("order")), nil },
		"POST /refund": func(query url.Values, amount float64) (object, error) {
			accepted, err := ours.Refund(query.Get("order"), query.Get("click"), amount)
			return object{"accepted": accepted}, err
		},
		"POST /refresh": func(query url.Values, _ float64) (object, error) {
			err := ours.Refresh(query.Get("order"))
			return state(query.Get("order")), err
		},
	}

	http.Handle("/callback", ours)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		route, found := routes[r.Method+" "+r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		query := r.URL.Query()
		amount, _ := strconv.ParseFloat(query.Get("amount"), 64)
		answer, err := route(query, amount)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe(address, nil))
}
