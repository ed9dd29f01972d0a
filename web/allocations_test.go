package web_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// fullList is a page of a list for an Administrator of eight products: 25 people, each with one role, and counts at
// every filter.
func fullList() (web.Layout, web.UsersPage) {
	const ente access.InstitutionID = "7d0a1c52-0f6a-4d0b-9c39-5d3a3f7c1b10"
	d := access.Directory{
		Institution: access.Institution{ID: ente, Name: "Comune di Prova", Type: "PA"},
		Actor:       access.User{ID: "7d0a1c52-0f6a-4d0b-9c39-000000000000", FirstName: "Anna", LastName: "Bianchi"},
		UserCounts:  map[access.ProductID]access.UserCounts{}, Groups: true,
	}
	for n := range 8 {
		p := access.Product{ID: access.ProductID(fmt.Sprintf("prod-%d", n)), Title: access.Text{It: fmt.Sprintf("Prodotto %d", n)}}
		userCounts := access.UserCounts{}
		for r := range 4 {
			category := access.Operator
			if r == 0 {
				category = access.Administrator
			}
			role := access.Role{
				ID:         access.RoleID(fmt.Sprintf("role-%d", r)),
				Category:   category,
				Label:      access.Text{It: fmt.Sprintf("Ruolo %d", r)},
				Assignable: access.AssignableHere,
			}
			p.Roles = append(p.Roles, role)
			for _, state := range []access.Status{"", access.Active, access.Suspended} {
				userCounts[access.Facet{State: state, Category: category, Role: role.ID}] = 12_000 + n
				userCounts[access.Facet{State: state, Category: category}] = 12_000 + n
				userCounts[access.Facet{State: state}] = 48_000 + n
			}
		}
		d.Products = append(d.Products, p)
		d.UserCounts[p.ID] = userCounts
		d.Actor.Assignments = append(
			d.Actor.Assignments,
			access.Assignment{Product: p.ID, Role: "role-0", Category: access.Administrator, Status: access.Active},
		)
	}
	d.Filter = access.Filter{Product: "prod-2", Page: access.Page{After: "7d0a1c52-0f6a-4d0b-9c39-000000000007"}}
	s := access.Section{
		Product: d.Products[2], Total: 48_002,
		Previous: access.Page{Before: "7d0a1c52-0f6a-4d0b-9c39-000000000010"}, Next: access.Page{After: "7d0a1c52-0f6a-4d0b-9c39-000000000034"},
	}
	for n := range 25 {
		s.Rows = append(s.Rows, access.Row{
			User: access.UserID(
				fmt.Sprintf("7d0a1c52-0f6a-4d0b-9c39-0000000000%02d", n+10),
			),
			FirstName: "Niccolò",
			LastName:  fmt.Sprintf("Dell’Angelo %02d", n),
			Email:     fmt.Sprintf("niccolo.dangelo%02d@ente.example", n),
			Category:  access.Operator,
			Roles:     []access.HeldRole{{Role: "role-2", Status: access.Active}},
		})
	}
	d.Sections = []access.Section{s}
	f := web.Layout{
		Lang: access.Italian, Address: web.UsersURL(ente, d.Filter), Person: "Anna Bianchi", UserID: d.Actor.ID, Institution: d.Institution,
		Institutions: []access.Institution{d.Institution}, MayEnterUsers: true, ActiveNav: web.NavUsers,
	}
	return f, web.UsersPage{Directory: d}
}

// The maximum for rendering a list of 25. docs/performance.md explains the number of bytes.
const (
	rendered      = 450
	renderedBytes = 38 << 10
)

// Not parallel: allocations are counted for the whole process.
func TestAListIsRenderedWithFewAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates too")
	}
	pageLayout, page := fullList()
	var b bytes.Buffer
	render := func() {
		b.Reset()
		if err := web.Users(pageLayout, page).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	render()
	n := testing.AllocsPerRun(100, render)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		render()
	}
	runtime.ReadMemStats(&after)
	size := float64(after.TotalAlloc-before.TotalAlloc) / 100
	t.Logf("%d bytes of HTML: %.0f allocations, %.0f bytes", b.Len(), n, size)
	if n > rendered || size > renderedBytes {
		t.Errorf("%.0f allocations, %.0f bytes; at most %d and %d", n, size, rendered, renderedBytes)
	}
}
