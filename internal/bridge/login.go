package bridge

import (
	"net/http"
	"net/url"
	"slices"
)

const (
	schemeSPID = "SPID"
	schemeCIE  = "CIE"
)

// refusal is one kind of failed sign-in at SPID.
type refusal struct {
	Answer string // the form's value
	Label  string
	fault  protocolError
}

// spidRefusal returns a refusal with a number of SPID's table of errors.
func spidRefusal(number, label string) refusal {
	return refusal{Answer: number, Label: label, fault: protocolError{"access_denied", RefusalPrefix + number}}
}

const (
	answerConsent = "consent"
	answerDeny    = "22"
	answerCancel  = "25"
)

func simulatedRefusals() []refusal {
	return []refusal{
		spidRefusal("19", "Troppi tentativi con credenziali sbagliate (19)"),
		spidRefusal("20", "Credenziali di livello insufficiente (20)"),
		spidRefusal("21", "Tempo scaduto (21)"),
		spidRefusal("23", "Identità sospesa o revocata (23)"),
		{
			Answer: "server_error", Label: "Guasto del fornitore di identità",
			fault: protocolError{"server_error", "a simulated failure"},
		},
	}
}

func refusalFor(answer string) (refusal, bool) {
	all := append(simulatedRefusals(), spidRefusal(answerDeny, ""), spidRefusal(answerCancel, ""))
	i := slices.IndexFunc(all, func(r refusal) bool { return r.Answer == answer })
	if i < 0 {
		return refusal{}, false
	}
	return all[i], true
}

func (p *Provider) schemeScreen(w http.ResponseWriter, r *http.Request) {
	if id, a, ok := p.openAttempt(w, r); ok {
		p.show(w, http.StatusOK, "scheme", screen{Title: "Accedi al servizio", Request: id, Service: origin(a.redirectURI)})
	}
}

func (p *Provider) chooseScheme(w http.ResponseWriter, r *http.Request) {
	id, v, ok := p.readForm(w, r)
	if !ok {
		return
	}
	scheme := v.one("scheme")
	if scheme != schemeSPID && scheme != schemeCIE {
		p.refuse(w, http.StatusBadRequest, "Il modo di entrare va scelto tra SPID e CIE.")
		return
	}
	if !p.memory.updateAttempt(id, p.config.Now(), func(a *attempt) { a.scheme = scheme }) {
		p.showExpired(w)
		return
	}
	p.redirectToScreen(w, r, "/login/identity", id)
}

func (p *Provider) identityScreen(w http.ResponseWriter, r *http.Request) {
	id, a, ok := p.openAttempt(w, r)
	if !ok {
		return
	}
	if a.scheme == "" {
		p.redirectToScreen(w, r, "/login/scheme", id)
		return
	}
	p.show(w, http.StatusOK, "identity", screen{
		Title: "Scegli un'identità di prova", Request: id, Scheme: a.scheme, Identities: p.config.Identities(),
	})
}

func (p *Provider) chooseIdentity(w http.ResponseWriter, r *http.Request) {
	id, v, ok := p.readForm(w, r)
	if !ok {
		return
	}
	person, ok := p.identity(v.one("fiscal_code"))
	if !ok {
		p.refuse(w, http.StatusBadRequest, "L'identità scelta non è più nell'elenco. Torna indietro e scegline un'altra.")
		return
	}
	if !p.memory.updateAttempt(id, p.config.Now(), func(a *attempt) { a.fiscalCode = person.FiscalCode }) {
		p.showExpired(w)
		return
	}
	p.redirectToScreen(w, r, "/login/consent", id)
}

func (p *Provider) consentScreen(w http.ResponseWriter, r *http.Request) {
	id, a, ok := p.openAttempt(w, r)
	if !ok {
		return
	}
	person, ok := p.identity(a.fiscalCode)
	if !ok || a.scheme == "" {
		p.redirectToScreen(w, r, "/login/identity", id)
		return
	}
	p.show(w, http.StatusOK, "consent", screen{
		Title: "Acconsenti all'invio dei dati?", Request: id, Scheme: a.scheme, Service: origin(a.redirectURI),
		Person: person, Refusals: simulatedRefusals(),
	})
}

// answer ends the attempt from any screen. Only consent needs an identity.
func (p *Provider) answer(w http.ResponseWriter, r *http.Request) {
	id, v, ok := p.readForm(w, r)
	if !ok {
		return
	}
	no, refused := refusalFor(v.one("answer"))
	if !refused && v.one("answer") != answerConsent {
		p.refuse(w, http.StatusBadRequest, "La risposta non è tra quelle previste.")
		return
	}
	a, ok := p.memory.findAttempt(id, p.config.Now())
	if !ok {
		p.showExpired(w)
		return
	}
	person, chosen := p.identity(a.fiscalCode)
	if !refused && !chosen {
		p.redirectToScreen(w, r, "/login/identity", id)
		return
	}
	if _, first := p.memory.closeAttempt(id, p.config.Now()); !first {
		p.showExpired(w)
		return
	}
	if refused {
		p.sendFault(w, r, a, no.fault)
		return
	}
	code, err := p.allow(a, person)
	if err != nil {
		p.sendFault(w, r, a, protocolError{"server_error", "the sign-in could not be stored"})
		return
	}
	p.sendBack(w, r, a, url.Values{"code": {code}})
}

// openAttempt finds a screen's attempt, or shows the page of an expired one.
func (p *Provider) openAttempt(w http.ResponseWriter, r *http.Request) (string, attempt, bool) {
	v, err := readParams(r)
	id := v.one("request")
	a, ok := p.memory.findAttempt(id, p.config.Now())
	if err != nil || !ok {
		p.showExpired(w)
		return "", attempt{}, false
	}
	return id, a, true
}

// readForm reads a screen's form. Refuses forms from another site.
func (p *Provider) readForm(w http.ResponseWriter, r *http.Request) (string, params, bool) {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		p.refuse(w, http.StatusForbidden, "La richiesta arriva da un altro sito.")
		return "", nil, false
	}
	v, err := readParams(r)
	if err != nil || v.repeated() != "" {
		p.refuse(w, http.StatusBadRequest, "Il modulo inviato è malformato.")
		return "", nil, false
	}
	return v.one("request"), v, true
}

func (p *Provider) identity(fiscalCode string) (Identity, bool) {
	all := p.config.Identities()
	i := slices.IndexFunc(all, func(one Identity) bool { return one.FiscalCode == fiscalCode })
	if i < 0 || fiscalCode == "" {
		return Identity{}, false
	}
	return all[i], true
}

func (p *Provider) redirectToScreen(w http.ResponseWriter, r *http.Request, path, id string) {
	http.Redirect(w, r, p.base+path+"?"+url.Values{"request": {id}}.Encode(), http.StatusSeeOther)
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}
