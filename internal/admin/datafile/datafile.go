// Package datafile reads and checks the data that an operator imports: people, institutions with their subscriptions,
// groups, users and roles. internal/demo/README.md describes the format.
//
// A file is accepted as a whole, or refused with all its faults, each with its line and what to do. [Read] finds the
// faults of the file itself, [Data.Check] those that depend on the catalogue and existing data.
package datafile

import (
	"fmt"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// Data is a file's content, in its order, with the places for faults.
type Data struct {
	People       []Person
	Institutions []Institution
	Faults       Faults // of the file itself; with any, it is not imported
}

// Place is a line of a file.
type Place struct {
	File string
	Line int // from 1
}

// Person is a person by fiscal code. The demo offers at sign-in also those who are users of no institution.
type Person struct {
	At         Place
	FiscalCode access.FiscalCode
	FirstName  string
	LastName   string
	Verified   bool // the names are those of SPID or CIE (rule D4)
}

// Institution is an institution with its subscriptions, groups and users.
type Institution struct {
	At            Place
	Code          string // identifies it in files; not shown on pages
	Name          string
	Type          access.InstitutionType
	Subscriptions []Subscription
	Groups        []Group
	Users         []User
}

// Subscription is a product to which the institution subscribes, or subscribed.
type Subscription struct {
	At      Place
	Product access.ProductID
	Active  bool
}

// GroupName identifies a group within its institution.
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
	FirstName  string // the person's, unless the file gives the user another one
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

// Membership is a group of a user.
type Membership struct {
	At Place
	GroupName
}

// Person returns a person by fiscal code.
func (d Data) Person(code access.FiscalCode) (Person, bool) {
	for _, p := range d.People {
		if p.FiscalCode == code {
			return p, true
		}
	}
	return Person{}, false
}

// Fault is one error in a file, reported to the operator. It never contains a fiscal code (rule D7).
type Fault struct {
	At      Place
	Message string
}

func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.At.File, f.At.Line, f.Message) }

// Faults are all errors in a file, in the order of its lines.
type Faults []Fault

// Error has one line for each fault.
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

// sorted returns the faults in the order of their lines; nil if there are none.
func (fs Faults) sorted() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b Fault) int { return a.At.Line - b.At.Line })
	return fs
}
