// Package audit is the record of who did what to whom (rule D5) and the chain that shows tampering. It is pure: it
// computes; package store writes and reads.
//
// Events of one institution are numbered without gaps, and each carries the hash of the one before it, so that a changed,
// removed or inserted event breaks the chain from there on. The hash is keyed, and the key isn't in the database: whoever
// has the whole of it can't make the chain anew either. Events hold ids, never fiscal codes; names and e-mails that were
// edited are sealed in them.
package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"time"

	"areariservata.example/utenti/internal/access"
)

// Event is one change.
type Event struct {
	Institution access.InstitutionID
	Seq         int64         // from 1, without gaps within the institution
	At          time.Time     // UTC, to the microsecond: what PostgreSQL keeps
	Actor       access.UserID // empty: the operator of the service, by a command
	Action      access.Action
	Subject     access.UserID // empty: it is about a group, or about a list
	Product     access.ProductID
	Role        access.RoleID
	Before      []byte // JSON, as written; nil: nothing was there
	After       []byte // JSON, as written; nil: nothing is left
	Previous    []byte // the hash of the event before; empty for the first
	Hash        []byte
}

// Head is the end of an institution's log: the number and the hash of its last event. The zero Head is an empty log.
type Head struct {
	Seq  int64
	Hash []byte
}

// Key is what events are hashed with.
type Key []byte

// Chain gives the event its number, its place after the head, and its hash; it returns the event and the new head.
func (k Key) Chain(e Event, after Head) (Event, Head) {
	e.Seq = after.Seq + 1
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.Previous = append([]byte{}, after.Hash...) // never nil: the first event's is empty
	e.Hash = k.hash(e)
	return e, Head{Seq: e.Seq, Hash: e.Hash}
}

// Verify says whether the event follows the head unaltered, and returns the head after it. The error names the event and what is wrong with it.
func (k Key) Verify(e Event, after Head) (Head, error) {
	if e.Seq != after.Seq+1 {
		return Head{}, fmt.Errorf("institution %s: event %d follows event %d", e.Institution, e.Seq, after.Seq)
	}
	if !bytes.Equal(e.Previous, after.Hash) {
		return Head{}, fmt.Errorf("institution %s: event %d isn't chained to the one before it", e.Institution, e.Seq)
	}
	if !hmac.Equal(e.Hash, k.hash(e)) {
		return Head{}, fmt.Errorf("institution %s: event %d has been altered", e.Institution, e.Seq)
	}
	return Head{Seq: e.Seq, Hash: e.Hash}, nil
}

func (k Key) hash(e Event) []byte {
	return SumFields(hmac.New(sha256.New, k),
		e.Previous,
		[]byte(e.Institution),
		binary.BigEndian.AppendUint64(nil, uint64(e.Seq)), //nolint:gosec // events are numbered from 1
		binary.BigEndian.AppendUint64(nil, uint64(e.At.UnixMicro())),
		[]byte(e.Actor), []byte(e.Action), []byte(e.Subject), []byte(e.Product), []byte(e.Role),
		e.Before, e.After,
	)
}

// SumFields hashes fields with the length of each before it, so that no two lists of fields give the same input.
func SumFields(h hash.Hash, fields ...[]byte) []byte {
	for _, field := range fields {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write(field)
	}
	return h.Sum(nil)
}
