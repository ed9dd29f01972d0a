package store

import (
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Products reads the institution's active products, in the catalogue's order, each with its roles for institutions of this
// type (rules, section 1).
func (q *Query) Products(dst *[]access.Product, institution access.InstitutionID) {
	var chosen access.InstitutionType // of the current product's roles
	var p access.Product              // the destinations of each row
	var r access.Role
	var of access.InstitutionType
	q.queryRows(func(rows pgx.Rows) error {
		err := rows.Scan((*string)(&of), (*string)(&p.ID), &p.Title.It, &p.Title.En, &p.Description.It, &p.Description.En, &p.PhaseOut,
			(*string)(&r.ID), (*string)(&r.Category), &r.Label.It, &r.Label.En, &r.Description.It, &r.Description.En,
			&r.Combines, (*string)(&r.Assignable))
		if last := len(*dst) - 1; last < 0 || (*dst)[last].ID != p.ID {
			*dst = append(*dst, p)
			chosen = of
		}
		if of == chosen { // roles for this type precede those for all others
			last := &(*dst)[len(*dst)-1]
			last.Roles = append(last.Roles, r)
		}
		return err
	}, `
		SELECT o.institution_type, p.id, p.title_it, p.title_en, p.description_it, p.description_en, p.status = 'phase_out',
		       o.role, o.category, o.label_it, o.label_en, o.description_it, o.description_en, o.combines, o.assignable
		FROM institution i
		JOIN active_product a ON a.institution = i.id
		JOIN product p ON p.id = a.product
		JOIN role_offer o ON o.product = p.id AND o.institution_type IN (i.type, '')
		WHERE i.id = $1
		ORDER BY p.position, o.institution_type COLLATE "C" DESC, o.position`, institution)
}
