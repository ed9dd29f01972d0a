// Package identities creates the identities that the demo's stand-in for SPID and CIE offers, from data files.
package identities

import (
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
)

// Identity is a person in the stand-in's list, in the JSON of package bridge. The note is in Italian, as that list is.
type Identity struct {
	FiscalCode string `json:"fiscalCode"`
	FirstName  string `json:"firstName"`
	LastName   string `json:"lastName"`
	Note       string `json:"note"`
}

// Of returns one identity for each person, in order. Its note lists the person's roles in all data files.
func Of(people []datafile.Person, c catalogue.Catalogue, data ...datafile.Data) []Identity {
	all := make([]Identity, 0, len(people))
	for _, p := range people {
		all = append(all, Identity{
			FiscalCode: p.FiscalCode.Reveal(), FirstName: p.FirstName, LastName: p.LastName,
			Note: note(p.FiscalCode, c, data),
		})
	}
	return all
}

func note(code access.FiscalCode, c catalogue.Catalogue, data []datafile.Data) string {
	var notes []string
	for _, d := range data {
		for _, i := range d.Institutions {
			for _, u := range i.Users {
				if u.FiscalCode == code {
					notes = append(notes, strings.Join(describeRoles(u, i, c), "; ")+", "+i.Name)
				}
			}
		}
	}
	if len(notes) == 0 {
		return "Non risulta in nessun ente"
	}
	return strings.Join(notes, " · ")
}

// describeRoles lists the products that a user administers first, then the other roles of each product.
func describeRoles(u datafile.User, i datafile.Institution, c catalogue.Catalogue) []string {
	var active, suspended, working []string
	for _, s := range i.Subscriptions {
		p, _ := c.Product(s.Product)
		title := p.Title.It
		if !s.Active {
			title += " (adesione non attiva)"
		}
		var roles []string
		for _, r := range u.Roles {
			role, _ := p.Role(i.Type, r.Role)
			switch {
			case r.Product != s.Product:
			case role.Category == access.Administrator && r.Status == access.Active:
				active = append(active, title)
			case role.Category == access.Administrator:
				suspended = append(suspended, title)
			case r.Status == access.Active:
				roles = append(roles, role.Label.It)
			default:
				roles = append(roles, role.Label.It+" (sospeso)")
			}
		}
		if len(roles) > 0 {
			working = append(working, joinWords(roles)+" di "+title)
		}
	}
	var all []string
	if len(active) > 0 {
		all = append(all, "Amministratore di "+joinWords(active))
	}
	if len(suspended) > 0 {
		all = append(all, "Amministratore sospeso di "+joinWords(suspended))
	}
	return append(all, working...)
}

// joinWords joins words as "a, b e c".
func joinWords(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " e " + words[last]
}
