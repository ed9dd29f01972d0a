// Package datafile reads and checks what the operator of the service loads: institutions with their subscriptions and
// groups, people, and who holds which role where. The format is told in internal/demo/README.md.
//
// A file is taken whole or refused with all its faults at once, each with its line and, in Italian, what to do. [Read]
// finds those that the file shows by itself, [Data.Check] those that take the catalogue and what is already there. Nothing
// here writes.
package datafile

import (
	"fmt"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// Data is a file's content, in its order, with the places that faults are told by.
type Data struct {
	People       []Person
	Institutions []Institution
	Faults       Faults // those of the file by itself: with any, it is never loaded
}

// Place is a line of a file.
type Place struct {
	File string
	Line int // from 1
}

// Person is somebody by fiscal code. Whoever is a user nowhere is still an identity for the stand-in provider.
type Person struct {
	At         Place
	FiscalCode access.FiscalCode
	FirstName  string
	LastName   string
	Verified   bool // the names are those of SPID or CIE (rule D4)
}

// Institution is a body with what it has subscribed to and its people.
type Institution struct {
	At            Place
	Code          string // the name that files know it by; nobody else sees it
	Name          string
	Type          access.InstitutionType
	Subscriptions []Subscription
	Groups        []Group
	Users         []User
}

// Subscription is a product that the institution has, or had.
type Subscription struct {
	At      Place
	Product access.ProductID
	Active  bool
}

// GroupName is what a group is known by within its institution.
type GroupName struct {
	Product access.ProductID
	Name    string
}

// Group is a group of an institution.
type Group struct {
	At Place
	GroupName
	Status access.Status
}

// User is a person within the institution.
type User struct {
	At         Place
	FiscalCode access.FiscalCode
	FirstName  string // as the institution knows them: the person's, unless the file says otherwise
	LastName   string
	Email      string
	Roles      []Role
	Groups     []Membership
}

// Role is one assignment.
type Role struct {
	At Place
	access.Target
	Status access.Status
}

// Membership is a group that a user is in.
type Membership struct {
	At Place
	GroupName
}

// Person finds a person by fiscal code.
func (d Data) Person(code access.FiscalCode) (Person, bool) {
	for _, p := range d.People {
		if p.FiscalCode == code {
			return p, true
		}
	}
	return Person{}, false
}

// Fault is one thing wrong with a file, reported to the operator. It never contains a fiscal code (rule D7).
type Fault struct {
	At      Place
	Message string
}

func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.At.File, f.At.Line, f.Message) }

// Faults are all that is wrong with a file, in the order of its lines.
type Faults []Fault

// Error has a line a fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

func (fs *Faults) add(at Place, format string, args ...any) {
	*fs = append(*fs, Fault{At: at, Message: fmt.Sprintf(format, args...)})
}

// sorted are the faults by line, or no error at all.
func (fs Faults) sorted() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b Fault) int { return a.At.Line - b.At.Line })
	return fs
}
