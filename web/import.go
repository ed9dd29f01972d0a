package web

import (
	"strconv"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// ImportFault is what is wrong with a file with people as a whole: a word, of which the pages have the sentence.
type ImportFault string

// The faults that say all by themselves.
const (
	NoFile   ImportFault = "no-file"
	NoPeople ImportFault = "no-people"
	NoText   ImportFault = "no-text"
)

// ImportPage is the form that takes a file with people to be added (rule P10).
type ImportPage struct {
	Profile access.Profile // of nobody: what may be given to somebody new
	Columns []access.Field // in the order that a file without headings has
	Text    string         // rows, to be looked at again
	Kept    bool           // they are those of a session that has ended
	Fault   string         // in words; empty: none
}

// FaultIn says a file's fault in the frame's language.
func FaultIn(f Frame, fault ImportFault) string { return f.words().Files.Faults[fault] }

// TooManyRows says that a file has more rows than it may have.
func TooManyRows(f Frame, most int) string { return f.words().Files.TooMany(most) }

// TooLargeFile says that a file is larger than it may be, in KB.
func TooLargeFile(f Frame, most int) string { return f.words().Files.TooLarge(most) }

// QuotesIn says on which line quotation marks don't pair off.
func QuotesIn(f Frame, line int) string { return f.words().Files.Quotes(line) }

// NoColumns says which columns are missing.
func NoColumns(f Frame, missing []access.Field) string {
	return f.words().Files.NoColumns(f.several(ImportHeadings(f, missing)))
}

// ImportHeadings are what columns are called.
func ImportHeadings(f Frame, columns []access.Field) []string {
	var all []string
	for _, c := range columns {
		all = append(all, f.words().Files.ColumnsOf[c].Title)
	}
	return all
}

// ImportTemplate is the name of the empty file.
func ImportTemplate(f Frame) string { return f.words().Files.TemplateName }

// givenRole is a role that the actor may give to somebody new.
type givenRole struct {
	product access.Product
	role    access.Role
}

// given are all of them.
func (p ImportPage) given() []givenRole {
	var all []givenRole
	for _, product := range p.Profile.NewProducts() {
		for _, o := range p.Profile.Offers(product.ID) {
			if o.WhyNot == "" {
				all = append(all, givenRole{product, o.Role})
			}
		}
	}
	return all
}

// CheckImportPage shows what would follow from a file, before anything does.
type CheckImportPage struct {
	Plan     access.Plan
	Products []access.Product
	Text     string // the rows, to be sent again
	Unsure   bool   // the names pointed out weren't confirmed
	Once     string // the form's one-time mark
}

// button is what confirms: how many, and whether others stay out.
func (p CheckImportPage) button(f Frame) string {
	w, c := f.words().Files, p.Plan.Count()
	switch {
	case c.Assigned == 0 && c.Wrong == 0:
		return w.Add(c.Added)
	case c.Assigned == 0:
		return w.AddRight(c.Added)
	case c.Wrong == 0:
		return w.Proceed(c.Doable())
	default:
		return w.ProceedRight(c.Doable())
	}
}

// counts are what a plan comes to, in words.
func counts(f Frame, c access.Count) []string {
	w := f.words().Files
	var all []string
	for _, one := range []struct {
		n   int
		say func(int) string
	}{{c.Added, w.Adds}, {c.Assigned, w.Assigns}, {c.Nothing, w.Nothings}, {c.Wrong, w.Wrongs}} {
		if one.n > 0 {
			all = append(all, one.say(one.n))
		}
	}
	return all
}

// who is a row's person: as the institution knows them, or else as the file has them.
func who(r access.Planned) string {
	if r.Subject.LastName != "" {
		return r.Subject.LastName + " " + r.Subject.FirstName
	}
	return strings.TrimSpace(r.Draft.LastName + " " + r.Draft.FirstName)
}

// name is the same person, as a sentence names them.
func name(r access.Planned) string {
	if r.Subject.LastName != "" {
		return r.Subject.Name()
	}
	return strings.TrimSpace(r.Draft.FirstName + " " + r.Draft.LastName)
}

// what is the row's product and role: as they were understood, or else as typed.
func (p CheckImportPage) what(r access.Planned) (product, role access.Text) {
	of, known := access.ProductOf(p.Products, r.Draft.Product)
	product, role = of.Title, access.Text{It: r.Role, En: r.Role}
	if !known {
		product = access.Text{It: r.Product, En: r.Product}
	}
	if len(r.Draft.Roles) == 1 {
		role = roleLabel(of, r.Draft.Roles[0])
	}
	return product, role
}

// faultsOf is what is wrong with a row, in words: the add form's.
func (p CheckImportPage) faultsOf(f Frame, r access.Planned) []string {
	var all []string
	for _, field := range fieldOrder() {
		if said := f.fault(r.Faults, field); said != "" {
			all = append(all, said)
		}
	}
	if r.Why != "" {
		product, role := p.what(r)
		all = append(all, f.words().Reasons[r.Why].Why(f.about(name(r), role, product)))
	}
	return all
}

// follows is what a row would do, in a sentence.
func (p CheckImportPage) follows(f Frame, r access.Planned) string {
	w := f.words().Files
	product, role := p.what(r)
	about := f.about("", role, product)
	switch {
	case r.Does == access.Add:
		return w.WillAdd(about)
	case r.Does == access.Assign && r.Subject.ID == "":
		return w.WillAssignToo(about)
	case r.Does == access.Assign:
		return w.WillAssign(about)
	case r.Held == access.Suspended:
		return w.HeldSuspended
	default:
		return w.Held
	}
}

// ImportedRow is what became of one row.
type ImportedRow struct {
	Line int
	User access.User   // zero: the row is about nobody who is a user
	Note string        // the word of what it did
	Why  access.Reason // why it did nothing; empty: it did
}

// ImportedPage is what became of a file, row by row. A page of results that nobody has any more has no rows.
type ImportedPage struct{ Rows []ImportedRow }

// counts are what it came to, in words.
func (p ImportedPage) counts(f Frame) []string {
	n := map[string]int{}
	for _, r := range p.Rows {
		if r.Why != "" {
			n["left-out"]++
		} else {
			n[r.Note]++
		}
	}
	w := f.words().Files
	var all []string
	for _, note := range []string{"added", "assigned", "nothing-to-do"} {
		if n[note] > 0 {
			all = append(all, w.Done[note]+": "+strconv.Itoa(n[note]))
		}
	}
	if n["left-out"] > 0 {
		all = append(all, w.LeftOut(n["left-out"]))
	}
	return all
}

// result is what a row did, in words.
func (r ImportedRow) result(f Frame) string {
	w := f.words()
	if r.Why != "" {
		return w.Files.NotDone(w.Reasons[r.Why].Why(f.about(r.User.Name(), access.Text{}, access.Text{})))
	}
	return w.Files.Done[r.Note]
}
