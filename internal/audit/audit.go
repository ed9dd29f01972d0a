// Package audit defines the events of the audit log (rule D5) and the hash chain that reveals tampering. It only
// computes: package store reads and writes events.
//
// The events of one institution are numbered without gaps, and each has the hash of the one before. A changed, removed
// or inserted event breaks the chain from there on. The hash is keyed, and the key is not in the database, so that a
// chain cannot be forged with the database alone. Events hold IDs and never fiscal codes. Edited names and e-mails are
// sealed.
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

// Event is one change in one institution.
type Event struct {
	Institution access.InstitutionID
	Seq         int64         // from 1, without gaps within the institution
	At          time.Time     // UTC, to the microsecond: what PostgreSQL keeps
	Actor       access.UserID // empty: an operator of the service, by a command
	Action      access.Action
	Subject     access.UserID // empty: the event is about a group or an exported list
	Product     access.ProductID
	Role        access.RoleID
	Before      []byte // JSON of [Details], byte for byte; nil: there was nothing before
	After       []byte // JSON of [Details], byte for byte; nil: nothing is left
	Previous    []byte // hash of the event before; empty for the first
	Hash        []byte
}

// Head is the number and the hash of the last event of an institution's log. The zero Head is that of an empty log.
type Head struct {
	Seq  int64
	Hash []byte
}

// Key is the secret key of the hashes.
type Key []byte

// Chain returns the event with its number and hashes, to be appended after the head, and the new head.
func (k Key) Chain(e Event, after Head) (Event, Head) {
	e.Seq = after.Seq + 1
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.Previous = append([]byte{}, after.Hash...) // never nil: the first event's is empty
	e.Hash = k.hash(e)
	return e, Head{Seq: e.Seq, Hash: e.Hash}
}

// Verify checks that the unaltered event follows the head, and returns the head after it. The error names the event and
// what is wrong with it.
func (k Key) Verify(e Event, after Head) (Head, error) {
	if e.Seq != after.Seq+1 {
		return Head{}, fmt.Errorf("institution %s: event %d follows event %d", e.Institution, e.Seq, after.Seq)
	}
	if !bytes.Equal(e.Previous, after.Hash) {
		return Head{}, fmt.Errorf("institution %s: event %d is not chained to the one before it", e.Institution, e.Seq)
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
