package users_test

import (
	"encoding/json"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/refmodel"
)

// encode converts an event to the reference model's.
func encode(e refmodel.Event) (refmodel.Event, error) {
	before, err := detailOf(e.Before)
	if err != nil {
		return e, err
	}
	after, err := detailOf(e.After)
	e.Before, e.After = before.Status+strings.Join(before.Fields, " "), after.Status+strings.Join(after.Fields, " ")
	e.PreviousRoles, e.Roles = before.Roles, after.Roles
	e.PreviousName, e.Name, e.Group = before.Name, after.Name, after.Group
	if e.Group == "" {
		e.Group = before.Group
	}
	return e, err
}

// detail is the before or after of an event.
type detail struct {
	Status, Group, Name string
	Fields, Roles       []string
}

func detailOf(text string) (d detail, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &d)
	}
	return d, err
}

// catalogue converts the institution's catalogue to the reference model's.
func (w modelFixture) catalogue(t testing.TB) refmodel.Catalogue {
	t.Helper()
	q := w.store.Query()
	var products []access.Product
	var groups []access.Group
	q.Products(&products, w.institution)
	q.Groups(&groups, w.institution)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	var c refmodel.Catalogue
	for _, p := range products {
		of := refmodel.CatalogueProduct{ID: string(p.ID), Active: true, PhaseOut: p.PhaseOut}
		for _, r := range p.Roles {
			of.Roles = append(of.Roles, refmodel.CatalogueRole{
				ID: string(r.ID), Category: string(r.Category), Combines: r.Combines, Assignable: string(r.Assignable),
			})
		}
		c.Products = append(c.Products, of)
	}
	for _, g := range groups {
		c.Groups = append(c.Groups, refmodel.CatalogueGroup{ID: string(g.ID), Product: string(g.Product), Name: g.Name, Status: string(g.Status)})
	}
	return c
}
