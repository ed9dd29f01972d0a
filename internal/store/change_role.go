package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// ChangeRoles takes roles of a product away from a user and assigns others, of the category, in their place (rule P13). The
// user's groups on the product stay.
func (tx *Tx) ChangeRoles(
	ctx context.Context, user access.UserID, product access.ProductID, from, to []access.RoleID, category access.Category,
) error {
	batch := &pgx.Batch{}
	batch.Queue(`DELETE FROM assignment WHERE institution = $1 AND person = $2 AND product = $3 AND role = ANY($4)`,
		tx.institution, user, product, from)
	batch.Queue(`
		UPDATE enrolment SET category = $4 WHERE institution = $1 AND person = $2 AND product = $3 AND category <> $4`,
		tx.institution, user, product, category)
	batch.Queue(`
		INSERT INTO assignment (institution, person, product, role, category, status, sort_key)
		SELECT $1, $2, $3, role, $5, 'active', '' FROM unnest($4::text[]) AS role`,
		tx.institution, user, product, to, category)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("change role: %w", err)
	}
	return tx.List(ctx, user)
}

// changesRole is true of the events e that change a role. A change of role (rule P13) is one of all roles that the user
// holds on the product, so it has none of its own, and is changed by any later event of a role.
func changesRole(role, action string) string {
	return `(e.action = 'change-role' OR CASE WHEN ` + action + ` = 'change-role' THEN e.role <> '' ELSE e.role = ` + role + ` END)`
}
