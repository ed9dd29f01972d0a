package server

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// receiptTTL is how long the address of a page may report the change that led there.
const receiptTTL = 15 * time.Minute

// receiptKey is the key of the form whose change the address reports; empty if there is none.
func receiptKey(r *http.Request) store.IdempotencyKey {
	key := r.URL.Query().Get("done")
	if !isUUID(key) {
		return ""
	}
	return store.IdempotencyKey(key)
}

// undoKey is the key of the form whose change is to be undone, from an address or from a parsed form; empty if there is none.
func undoKey(v url.Values) store.IdempotencyKey {
	key := v.Get("undo")
	if !isUUID(key) {
		return ""
	}
	return store.IdempotencyKey(key)
}

// withReceipt adds to an address the key of the form whose change it reports.
func withReceipt(address string, key store.IdempotencyKey) string {
	switch {
	case key == "":
		return address
	case strings.Contains(address, "?"):
		return address + "&done=" + string(key)
	default:
		return address + "?done=" + string(key)
	}
}

// queueReceipt reads the change that the address reports.
func (s *Server) queueReceipt(q *store.Query, dst *store.Receipt, r *http.Request, in access.InstitutionID) {
	if key := receiptKey(r); key != "" {
		q.Receipt(dst, in, s.callerID(r), key, s.now().Add(-receiptTTL))
	}
}

// queueBulkReceipt reads the changes to several users that the address reports.
func (s *Server) queueBulkReceipt(q *store.Query, dst *store.BulkResult, r *http.Request, in access.InstitutionID) {
	if key := receiptKey(r); key != "" {
		q.BulkResult(dst, in, s.callerID(r), key, s.now().Add(-receiptTTL))
	}
}

// isOffboarding reports whether a form removed all roles that its actor could remove.
func isOffboarding(receipt store.Receipt) bool {
	return receipt.Action == access.Remove && receipt.Target == (access.Target{})
}
