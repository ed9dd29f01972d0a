package datafile

import (
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
)

// Identity is a person as the stand-in provider of SPID and CIE offers them to choose from. The note says in Italian who
// they are in the data.
type Identity struct {
	FiscalCode string `json:"fiscalCode"`
	FirstName  string `json:"firstName"`
	LastName   string `json:"lastName"`
	Note       string `json:"note"`
}

// Identities turns people into identities, in their order; the notes tell what all the data says of them.
func Identities(people []Person, c catalogue.Catalogue, data ...Data) []Identity {
	identities := make([]Identity, 0, len(people))
	for _, p := range people {
		identities = append(identities, Identity{
			FiscalCode: p.FiscalCode.Reveal(), FirstName: p.FirstName, LastName: p.LastName,
			Note: note(p.FiscalCode, c, data),
		})
	}
	return identities
}

func note(code access.FiscalCode, c catalogue.Catalogue, data []Data) string {
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

// describeRoles says what a user does: administration first, all its products together, then each product's roles.
func describeRoles(u User, i Institution, c catalogue.Catalogue) []string {
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

// joinWords is "a, b e c".
func joinWords(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " e " + words[last]
}
