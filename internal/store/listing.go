package store

import (
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store/listsql"
)

// The rows of a page of one product's list, and those of each product in "Tutti".
const (
	PageSize  = 25
	FirstRows = 10
)

// List is a list of users with the numbers beside it. It can have products that are not active: the scope has those that are.
type List struct {
	Sections       []access.Section                       // none for a product without users
	UserCounts     map[access.ProductID]access.UserCounts // as the page shows them; nil for a search, whose matches are counted
	HasActiveGroup bool                                   // the list's product has an active group, which users can join
}

// List reads a list of users as its page shows it.
func (q *Query) List(dst *List, institution access.InstitutionID, f access.Filter) {
	if listsql.HasSearch(f) {
		q.Sections(&dst.Sections, institution, f)
		if f.Product != "" {
			q.queryRow(func(row pgx.Row) error { return row.Scan(&dst.HasActiveGroup) },
				`SELECT EXISTS (SELECT 1 FROM user_group WHERE institution = $1 AND product = $2 AND status = 'active')`, institution, f.Product)
		}
		return
	}
	q.listCounts(dst, institution, f)
	q.pageRows(&dst.Sections, institution, f)
}

// listCounts reads the numbers of a list that does not search, and adds its sections.
func (q *Query) listCounts(dst *List, institution access.InstitutionID, f access.Filter) {
	dst.UserCounts = map[access.ProductID]access.UserCounts{}
	tab := access.Facet{State: f.State, Category: f.Category} // of the tab of another product
	of := access.ProductID(listsql.ProductOf(f))
	q.queryRows(func(rows pgx.Rows) error {
		var product, text string
		var ofTab int
		var hasActiveGroup bool
		err := rows.Scan(&product, &text, &ofTab, &hasActiveGroup)
		users, id := access.UserCounts{tab: ofTab}, access.ProductID(product)
		if err == nil && text != "" {
			users, err = parseUserCounts(text)
		}
		dst.UserCounts[id] = users
		dst.HasActiveGroup = dst.HasActiveGroup || hasActiveGroup
		if of == "" || of == id {
			dst.Sections = append(dst.Sections, access.Section{Product: access.Product{ID: id}, Total: users.Count(f)})
		}
		return err
	}, listsql.ListCounts, institution, f.Product, tab.State+"/"+access.Status(tab.Category)+"/")
}

// Sections reads the lists that a filter asks for: one product's page, or the first rows of every active product, each
// with its total. Only the product's id is filled in. A product that the institution does not have gives no section.
//
// It costs one ordered index scan a product, for any size of the list and any depth of the page: a row of listing has
// all that a list shows of a user, a page starts at the last row of the page before, and user_count has the totals.
// Only the rows that a text finds are counted, up to [access.MaxTotal].
func (q *Query) Sections(dst *[]access.Section, institution access.InstitutionID, f access.Filter) {
	q.CountRows(dst, institution, f, access.MaxTotal)
	q.pageRows(dst, institution, f)
}

// pageRows reads the rows of a page into its sections, which must have been read before.
func (q *Query) pageRows(dst *[]access.Section, institution access.InstitutionID, f access.Filter) {
	f.Page = q.keys.withPage(f.Page)
	page := listsql.Page(institution, f, pageLimit(f))
	q.set(page.Plan.Settings...)
	q.batch.Queue(page.SQL, page.Args...).Query(func(rows pgx.Rows) error {
		var reader rowReader
		for rows.Next() {
			product, row, err := reader.read(rows)
			if err != nil {
				return err
			}
			for i := range *dst {
				if s := &(*dst)[i]; s.Product.ID == product {
					s.Rows = append(s.Rows, row)
				}
			}
		}
		for i := range *dst {
			q.trimPage(&(*dst)[i], pageLimit(f), f)
		}
		return rows.Err()
	})
}

// CountRows reads how many rows a list has on all its pages: from user_count, or counted up to most for a text. It
// gives one section for each product in the catalogue's order, also where no row matches.
func (q *Query) CountRows(dst *[]access.Section, institution access.InstitutionID, f access.Filter, most int) {
	if !listsql.HasSearch(f) {
		q.userCounts(func(product access.ProductID, users access.UserCounts) {
			*dst = append(*dst, access.Section{Product: access.Product{ID: product}, Total: users.Count(f)})
		}, institution, listsql.ProductOf(f))
		return
	}
	count := listsql.Count(institution, f, most)
	q.set(count.Plan.Settings...)
	q.queryRows(func(rows pgx.Rows) error {
		var s access.Section
		err := rows.Scan(&s.Product.ID, &s.Total)
		if s.Total > most {
			s.Total, s.Capped = most, true
		}
		*dst = append(*dst, s)
		return err
	}, count.SQL, count.Args...)
}

// Rows reads the next rows of a product's list: after a row, or from the start if it is zero. The filter's page is
// ignored. Reading a list to its end this way misses no user when others are removed meanwhile, because it continues
// from the row's sort key, not from the row.
func (q *Query) Rows(dst *[]access.Row, institution access.InstitutionID, f access.Filter, after access.Row, limit int) {
	next := listsql.File(institution, f, after, SortKey(after.FirstName, after.LastName), limit)
	q.set(next.Plan.Settings...)
	var reader rowReader
	q.queryRows(func(rows pgx.Rows) error {
		_, row, err := reader.read(rows)
		*dst = append(*dst, row)
		return err
	}, next.SQL, next.Args...)
}

// rowReader scans the rows of a list into the same variables, because lists are long. Their types are plain strings:
// for named string types the driver would use reflection.
type rowReader struct {
	product                          access.ProductID // of the previous row
	user, firstName, lastName, email string
	section, category                pgtype.DriverBytes // not copied: few values, which repeat
	roles, statuses                  []string
	roleBuffer                       []access.HeldRole // the roles of all rows
	scanTargets                      []any             // pointers to the columns above
}

func (r *rowReader) read(rows pgx.Rows) (access.ProductID, access.Row, error) {
	if r.scanTargets == nil {
		r.scanTargets = []any{&r.section, &r.user, &r.firstName, &r.lastName, &r.email, &r.category, &r.roles, &r.statuses}
		r.roleBuffer = make([]access.HeldRole, 0, 2*PageSize)
	}
	if err := rows.Scan(r.scanTargets...); err != nil {
		return "", access.Row{}, err
	}
	first := len(r.roleBuffer)
	for i, role := range r.roles {
		r.roleBuffer = append(r.roleBuffer, access.HeldRole{Role: access.RoleID(role), Status: access.Status(r.statuses[i])})
	}
	if string(r.section) != string(r.product) {
		r.product = access.ProductID(r.section)
	}
	row := access.Row{
		User: access.UserID(r.user), FirstName: r.firstName, LastName: r.lastName, Email: r.email,
		Roles: r.roleBuffer[first:len(r.roleBuffer):len(r.roleBuffer)],
	}
	row.Category = readCategory(r.category)
	return r.product, row, nil
}

// readCategory copies no bytes; it is empty in a boundary row.
func readCategory(column pgtype.DriverBytes) access.Category {
	switch string(column) {
	case string(access.Operator):
		return access.Operator
	case string(access.Administrator):
		return access.Administrator
	}
	return ""
}

// trimPage removes the extra row, which shows that there are more, and sets where the previous and the next page start.
// If the page ends at a boundary row, the next one starts there.
func (q *Query) trimPage(s *access.Section, limit int, f access.Filter) {
	page, backwards := f.Page, f.Page.Before != ""
	var boundary access.UserID
	if last := len(s.Rows) - 1; last >= 0 && s.Rows[last].Category == "" {
		boundary, s.Rows = s.Rows[last].User, s.Rows[:last]
	}
	more := len(s.Rows) > limit
	if more {
		s.Rows = s.Rows[:limit]
	}
	if backwards {
		slices.Reverse(s.Rows)
	}
	var before, after access.Row
	if len(s.Rows) > 0 {
		before, after = s.Rows[0], s.Rows[len(s.Rows)-1]
	}
	if !more && boundary != "" {
		more = true
		if backwards {
			before = access.Row{User: boundary}
		} else {
			after = access.Row{User: boundary}
		}
	}
	if before.User != "" && (more && backwards || page.After != "") {
		s.Previous = access.Page{Before: before.User, Key: q.pageKey(before, f.Sort)}
	}
	if after.User != "" && (more || backwards) {
		s.Next = access.Page{After: after.User, Key: q.pageKey(after, f.Sort)}
	}
}

// maxPageKey is the length of the longest sort key in an address, in bytes. A page that starts at a longer one is looked up.
const maxPageKey = 120

// pageKey is the row's place in the order, encrypted; without a place for a boundary row, which has no names.
func (q *Query) pageKey(r access.Row, sort access.Sort) string {
	key := SortKey(r.FirstName, r.LastName)
	if sort == access.ByEmail || sort == access.ByEmailDesc {
		key = r.Email
	}
	if r.Category == "" || len(key) > maxPageKey {
		key = ""
	}
	return q.keys.sealPage(r.User, key)
}

func pageLimit(f access.Filter) int {
	if f.Product == "" {
		return FirstRows
	}
	return PageSize
}
