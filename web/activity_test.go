package web

import (
	"net/url"
	"testing"

	"areariservata.example/utenti/internal/access"
)

func TestALogsFilterIsReadFromItsAddress(t *testing.T) {
	t.Parallel()
	for _, want := range []access.EventFilter{
		{},
		{Person: "5d3c1a2b", Product: "prod-x&y", Action: access.Suspend, From: "2026-11-01", To: "2026-11-21"},
		{Action: access.Verify, From: "21/11/2026", Page: access.EventPage{Below: 51}},
		{To: "ieri?", Page: access.EventPage{Above: 1 << 60}},
	} {
		address, err := url.Parse(ActivityURL("ente", want))
		if err != nil {
			t.Fatal(err)
		}
		if got := ReadEventFilter(address.Query()); got != want {
			t.Errorf("%s reads back as %+v, want %+v", address, got, want)
		}
	}
	full := access.EventFilter{Subject: "u/1", Product: "p", Page: access.EventPage{Below: 9}}
	if got, want := ActivityURL("e", full), "/dashboard/e/users/u%2F1/activity?page=below.9&product=p"; got != want {
		t.Errorf("address %s, want %s", got, want)
	}
	if got, want := ActivityFileURL("e", full), "/dashboard/e/users/u%2F1/activity.csv?product=p"; got != want {
		t.Errorf("address %s, want %s", got, want)
	}
}

func TestInvalidFiltersOfALogAreDropped(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"action=boss", "action=view", "page=7", "page=below.x", "page=below.-3", "page=below.0", "page=around.3", "from=+",
		"q=x",
	} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := ReadEventFilter(v); got != (access.EventFilter{}) {
			t.Errorf("%s reads as %+v", query, got)
		}
	}
}

func TestEveryChangeHasASentence(t *testing.T) {
	t.Parallel()
	p := ActivityPage{
		Products: []access.Product{
			{ID: "p", Title: access.Text{It: "SEND"}, Roles: []access.Role{{ID: "r", Label: access.Text{It: "Operatore"}}}},
		},
	}
	oto, anna := access.Party{ID: "oto", Name: "Oto Neri"}, access.Party{ID: "anna", Name: "Anna Bianchi"}
	for _, row := range []struct {
		event access.Event
		want  string
	}{
		{access.Event{Action: access.Add, Subject: oto}, "ha aggiunto Oto Neri agli utenti dell’ente"},
		{access.Event{Action: access.Edit, Subject: oto}, "ha modificato i dati di Oto Neri"},
		{
			access.Event{Action: access.Edit, Subject: oto, Data: []access.Datum{"names", "email"}},
			"ha modificato i dati di Oto Neri: nome e cognome, e-mail",
		},
		{access.Event{Action: access.Edit, Actor: oto, Subject: oto, Data: []access.Datum{"email"}}, "ha modificato i propri dati: e-mail"},
		{access.Event{Action: access.Assign, Subject: oto, Product: "p", Role: "r"}, "ha assegnato a Oto Neri il ruolo Operatore su SEND"},
		{access.Event{Action: access.Assign, Subject: anna, Product: "p", Role: "gone"}, "ha assegnato ad Anna Bianchi il ruolo gone su SEND"},
		{access.Event{Action: access.Suspend, Subject: oto, Product: "gone", Role: "r"}, "ha sospeso r di Oto Neri su gone"},
		{access.Event{Action: access.Reactivate, Subject: oto, Product: "p", Role: "r"}, "ha riabilitato Operatore di Oto Neri su SEND"},
		{
			access.Event{Action: access.Remove, Subject: access.Party{ID: "x"}, Product: "p", Role: "r"},
			"ha rimosso Operatore di Persona rimossa da SEND",
		},
		{access.Event{Action: access.Join, Subject: oto, Product: "p", Group: "Tributi"}, "ha aggiunto Oto Neri al gruppo “Tributi” di SEND"},
		{access.Event{Action: access.Join, Subject: oto, Product: "p"}, "ha aggiunto Oto Neri a un gruppo di SEND che non c’è più"},
		{
			access.Event{Action: access.Load, Subject: oto, Product: "p", Role: "r", After: access.Suspended},
			"ha dato a Oto Neri il ruolo Operatore su SEND, già sospeso",
		},
		{access.Event{Action: access.Verify, Subject: oto}, "ha verificato con SPID o CIE nome e cognome di Oto Neri"},
		{access.Event{Action: access.Verify, Actor: oto, Subject: oto}, "ha confermato nome e cognome entrando con SPID o CIE"},
		{access.Event{Action: "dream", Subject: oto}, "dream"},
	} {
		before, person, after := p.splitSentence(Layout{}, row.event)
		if got := before + person + after; got != row.want {
			t.Errorf("%s: %q, want %q", row.event.Action, got, row.want)
		}
	}
}

// The actor is named, also if it is the service.
func TestTheActorIsNamed(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]access.Event{
		"Oto Neri":         {Actor: access.Party{ID: "oto", Name: "Oto Neri"}, Action: access.Load},
		"Persona rimossa":  {Actor: access.Party{ID: "oto"}, Action: access.Suspend},
		"Caricamento dati": {Action: access.Load},
		"Il servizio":      {Action: access.Verify},
	} {
		if got := (Layout{}).actorName(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
