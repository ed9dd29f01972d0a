package notify

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// Message is a rendered e-mail, ready to be sent.
type Message struct {
	ID       string // the same at every attempt
	To       string // the recipient's address
	Name     string // the recipient's name
	Language access.Language
	Subject  string // product and institution, without personal data: subjects appear in notifications and in the logs of mail servers
	Text     string
	HTML     string
}

// Renderer renders e-mails that link to the site at SiteURL.
type Renderer struct{ SiteURL string }

// lastRemoval is the kind of the e-mail about the removal of the last role: the person is no longer a user of the institution
// (rule P7).
const lastRemoval access.Action = "remove-last"

// render renders an e-mail in its language, or several to one mailbox as one, each under its greeting. It fails if there
// is no e-mail of this kind.
func (r Renderer) render(ctx context.Context, id string, emails ...Email) (Message, error) {
	l := locale.For(emails[0].Language)
	p := parts{Lang: l.Language, Address: r.SiteURL, Service: l.T("email.service"), Automatic: l.T("email.automatic")}
	m := Message{ID: id, To: emails[0].Address, Name: singleLine(emails[0].Name), Language: l.Language}
	for _, e := range emails {
		if err := p.add(l, e); err != nil {
			return Message{}, err
		}
	}
	if len(emails) > 1 {
		institution := singleLine(emails[0].Institution)
		m.Name = "" // the mailbox is that of several people
		p.Subject = l.T("email.merged.subject", locale.Args{Institution: institution, Count: len(emails)})
		p.Ask = l.T("email.merged.ask", locale.Args{Institution: ofInstitution(l, institution)})
	}
	var html bytes.Buffer
	if err := page(p).Render(ctx, &html); err != nil {
		return Message{}, fmt.Errorf("e-mail: %w", err)
	}
	m.Subject, m.Text, m.HTML = p.Subject, p.text(), html.String()
	return m, nil
}

// add adds what an e-mail states: to the person's section, if there is one. No sentence is in it twice.
func (p *parts) add(l *locale.Locale, e Email) error {
	kind := e.Kind
	if e.Last && kind == access.Remove {
		kind = lastRemoval
	}
	products, before := rolesByProduct(l, e.Roles), rolesByProduct(l, e.From)
	about := locale.Args{
		Person: singleLine(e.Name), Institution: singleLine(e.Institution), Product: joinProducts(l, products), Count: len(e.Roles),
	}
	subject, known := l.Find("email.*.subject", string(kind), about)
	if !known || len(e.Roles) == 0 {
		return fmt.Errorf("there is no e-mail about %q", e.Kind)
	}
	about.Institution = ofInstitution(l, about.Institution)
	s := section{user: e.User, Hello: l.T("email.greeting", about), Then: e.statements(l, kind, about)}
	for i, of := range products {
		one := about
		one.Product, one.Role, one.Count = of.product, l.Join(of.roles), len(of.roles)
		if i < len(before) { // a change of role, which is on one product
			one.Was, one.To = l.Join(before[i].roles), l.ToRoles(one.Role)
		}
		s.What = append(s.What, l.Of("email.*.what", string(kind), one))
	}
	if !e.Closed && kind != lastRemoval {
		p.Way = l.T("email.enter")
	}
	p.Subject, p.Ask = subject, l.T("email.ask", about)
	at := slices.IndexFunc(p.Sections, func(of section) bool { return of.user == s.user && of.Hello == s.Hello })
	if at < 0 {
		p.Sections = append(p.Sections, s)
		return nil
	}
	earlier := &p.Sections[at]
	earlier.What, earlier.Then = appendNew(earlier.What, s.What), appendNew(earlier.Then, s.Then)
	return nil
}

// appendNew appends the texts that are not there yet.
func appendNew(all, more []string) []string {
	for _, text := range more {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// productRoles are the roles of a change on one product.
type productRoles struct {
	product string
	roles   []string
}

// rolesByProduct groups roles by product, in their order.
func rolesByProduct(l *locale.Locale, roles []Role) (all []productRoles) {
	for _, r := range roles {
		product, role := singleLine(r.Product.In(l.Language)), singleLine(r.Role.In(l.Language))
		at := slices.IndexFunc(all, func(p productRoles) bool { return p.product == product })
		if at < 0 {
			at, all = len(all), append(all, productRoles{product: product})
		}
		all[at].roles = append(all[at].roles, role)
	}
	return all
}

func joinProducts(l *locale.Locale, all []productRoles) string {
	var names []string
	for _, p := range all {
		names = append(names, p.product)
	}
	return l.Join(names)
}

// statements are what follows from the change. Each is made only where it is true of the user as the change left them.
func (e Email) statements(l *locale.Locale, kind access.Action, about locale.Args) (all []string) {
	if text, known := l.Find("email.*.then", string(kind), about); known {
		all = append(all, text)
	}
	if e.Closed && kind != lastRemoval {
		all = append(all, l.T("email.closed", about))
	}
	if e.Others {
		all = append(all, l.T("email.others"))
	}
	return all
}

// parts are the texts that the plain and the HTML form share.
type parts struct {
	Lang               access.Language
	Address, Subject   string
	Service, Automatic string
	Ask, Way           string    // Way is the text of the link; empty: none
	Sections           []section // one for each person
}

// section is what is said to one person.
type section struct {
	user       access.UserID
	Hello      string
	What, Then []string // a paragraph each
}

func (p parts) text() string {
	var paragraphs []string
	for _, s := range p.Sections {
		paragraphs = slices.Concat(paragraphs, []string{s.Hello}, s.What, s.Then)
	}
	if p.Way != "" {
		paragraphs = append(paragraphs, p.Way+":\n"+p.Address)
	}
	paragraphs = append(paragraphs, p.Ask, "-- \n"+p.Service+"\n"+p.Automatic)
	return strings.Join(paragraphs, "\n\n") + "\n"
}

// singleLine puts typed text on one line and removes invisible characters, so that a name cannot start a new line in a
// header or in the text.
func singleLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	}), " ")
}
