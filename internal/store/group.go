package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store/listsql"
)

// CreateGroup creates an active group without members.
func (tx *Tx) CreateGroup(ctx context.Context, product access.ProductID, name string) (access.GroupID, error) {
	var id access.GroupID
	err := tx.tx.QueryRow(ctx, `
		INSERT INTO user_group (institution, product, name, status) VALUES ($1, $2, $3, 'active')
		RETURNING id`, tx.institution, product, name).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("create group: %w", err)
	}
	return id, nil
}

// RenameGroup renames a group.
func (tx *Tx) RenameGroup(ctx context.Context, g access.GroupID, name string) error {
	return tx.onGroup(ctx, "rename group", `UPDATE user_group SET name = $3 WHERE institution = $1 AND id = $2`, g, name)
}

// SetGroupStatus suspends or re-enables a group.
func (tx *Tx) SetGroupStatus(ctx context.Context, g access.GroupID, s access.Status) error {
	return tx.onGroup(ctx, "set group status", `UPDATE user_group SET status = $3 WHERE institution = $1 AND id = $2`, g, s)
}

// DeleteGroup deletes a group and its memberships.
func (tx *Tx) DeleteGroup(ctx context.Context, g access.GroupID) error {
	if err := tx.onGroup(ctx, "delete group", `DELETE FROM group_member WHERE institution = $1 AND "group" = $2`, g); err != nil {
		return err
	}
	return tx.onGroup(ctx, "delete group", `DELETE FROM user_group WHERE institution = $1 AND id = $2`, g)
}

// Leave removes a user from a group.
func (tx *Tx) Leave(ctx context.Context, id access.UserID, g access.GroupID) error {
	return tx.onGroup(ctx, "leave", `DELETE FROM group_member WHERE institution = $1 AND "group" = $2 AND person = $3`, g, id)
}

func (tx *Tx) onGroup(ctx context.Context, doing, sql string, g access.GroupID, args ...any) error {
	if _, err := tx.tx.Exec(ctx, sql, append([]any{tx.institution, g}, args...)...); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// Users reads several users of an institution with what decisions need: names, e-mail, assignments on active products,
// groups; no fiscal code. Ids of no user are skipped. The order is that of the list.
func (q *Query) Users(dst *[]access.User, institution access.InstitutionID, ids []access.UserID) {
	q.set(listsql.ForceCustomPlan)
	of := map[access.UserID]int{}
	q.queryRows(func(rows pgx.Rows) error {
		var u access.User
		err := rows.Scan(&u.ID, &u.Person, &u.FirstName, &u.LastName, &u.Verified, &u.Email, &u.HasInactiveRoles)
		of[u.ID] = len(*dst)
		*dst = append(*dst, u)
		return err
	}, `
		SELECT u.person, u.identity, u.first_name, u.last_name, u.verified_at IS NOT NULL, u.email, EXISTS (
			SELECT 1 FROM enrolment e LEFT JOIN active_product a ON a.institution = $1 AND a.product = e.product
			WHERE e.institution = $1 AND e.person = u.person AND a.product IS NULL)
		FROM app_user u WHERE u.institution = $1 AND u.person = ANY ($2)
		ORDER BY u.last_name COLLATE "it-x-icu", u.first_name COLLATE "it-x-icu", u.person`,
		institution, ids)
	q.queryRows(func(rows pgx.Rows) error {
		var id access.UserID
		var a access.Assignment
		if err := rows.Scan(&id, &a.Product, &a.Role, &a.Category, &a.Status); err != nil {
			return err
		}
		u := &(*dst)[of[id]]
		u.Assignments = append(u.Assignments, a)
		return nil
	}, `
		SELECT a.person, a.product, a.role, a.category, a.status FROM assignment a
		JOIN active_product p ON p.institution = $1 AND p.product = a.product
		WHERE a.institution = $1 AND a.person = ANY ($2)
		ORDER BY a.product, a.role`, institution, ids)
	q.queryRows(func(rows pgx.Rows) error {
		var id access.UserID
		var g access.Group
		if err := rows.Scan(&id, &g.ID, &g.Product, &g.Name, &g.Status); err != nil {
			return err
		}
		u := &(*dst)[of[id]]
		u.Groups = append(u.Groups, g)
		return nil
	}, `
		SELECT m.person, g.id, g.product, g.name, g.status FROM group_member m
		JOIN user_group g ON g.institution = $1 AND g.id = m."group"
		WHERE m.institution = $1 AND m.person = ANY ($2)
		ORDER BY g.name COLLATE "it-x-icu", g.id`, institution, ids)
}
