package gallery

import (
	"fmt"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// partyOf names a user in a log.
func partyOf(u access.User) access.Party { return access.Party{ID: u.ID, Name: u.Name()} }

// sampleEvents are events of every kind, latest first.
func sampleEvents() []access.Event {
	gone := access.Party{ID: uuid(800)}
	long := access.Party{ID: uuid(900), Name: "Massimiliano Alessandro Bartolomeo Castelbarco-Pindemonte-Rezzonico della Torre Valsassina"}
	all := []access.Event{
		{
			Actor:   partyOf(anna()),
			Action:  access.Suspend,
			Subject: partyOf(giulio()),
			Product: "prod-interop",
			Role:    "security",
			Before:  access.Active,
			After:   access.Suspended,
		},
		{
			Actor: partyOf(anna()), Action: access.ChangeRole, Subject: partyOf(giulio()), Product: "prod-interop",
			PreviousRoles: []access.RoleID{"api", "security"}, Roles: []access.RoleID{"admin"},
		},
		{Actor: partyOf(anna()), Action: access.Edit, Subject: partyOf(anna()), Data: []access.Datum{access.DatumEmail}},
		{Actor: partyOf(anna()), Action: access.Join, Subject: partyOf(giulio()), Product: "prod-pn", Group: "Ufficio Tributi"},
		{
			Actor:   gone,
			Action:  access.Reactivate,
			Subject: partyOf(marco()),
			Product: "prod-pn",
			Role:    "operator",
			Before:  access.Suspended,
			After:   access.Active,
		},
		{Actor: partyOf(anna()), Action: access.Remove, Subject: gone, Product: "prod-pn", Role: "archivista", Before: access.Active},
		{Actor: partyOf(marco()), Action: access.Verify, Subject: partyOf(marco()), Data: []access.Datum{access.DatumNames}},
		{Actor: long, Action: access.Edit, Subject: partyOf(giulio()), Data: []access.Datum{access.DatumNames, access.DatumEmail}},
		{Actor: partyOf(anna()), Action: access.Assign, Subject: long, Product: "prod-interop", Role: "api", After: access.Active},
		{Actor: partyOf(anna()), Action: access.Add, Subject: long},
		{Action: access.Load, Subject: partyOf(anna()), Product: "prod-pn", Role: "admin", After: access.Active},
		{Action: access.Load, Subject: partyOf(giulio()), Product: "prod-pn", Role: "operator", After: access.Suspended},
	}
	at := time.Date(2026, time.November, 21, 13, 5, 12, 0, time.UTC)
	for n := range all {
		all[n].Number, all[n].At = int64(130-n), at.Add(-time.Duration(n*n)*31*time.Hour)
	}
	return all
}

func activityPages(l access.Language) []Page {
	f, filter := layoutFor(
		l,
		web.NavActivity,
	), access.EventFilter{
		Person:  giulio().ID,
		Product: "prod-interop",
		Action:  access.Suspend,
		From:    "2026-11-01",
		To:      "2026-11-21",
	}
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		panic(fmt.Sprint("gallery: ", err))
	}
	log := func(f access.EventFilter, events ...access.Event) web.ActivityPage {
		return web.ActivityPage{
			Filter:         f,
			Products:       products(),
			FilterProducts: products()[:2],
			List:           access.EventList{Events: events},
			Zone:           zone,
		}
	}
	whole := log(access.EventFilter{Page: access.EventPage{Below: 131}}, sampleEvents()...)
	whole.List.Newer, whole.List.Older = access.EventPage{Above: 130}, access.EventPage{Below: 120}
	narrowed := log(filter, sampleEvents()[0])
	narrowed.Person = giulio().Name()
	history := func(u access.User) web.ActivityPage {
		p := log(access.EventFilter{Subject: u.ID})
		p.User = u
		for _, e := range sampleEvents() {
			if e.Subject.ID == u.ID {
				p.List.Events = append(p.List.Events, e)
			}
		}
		return p
	}
	return []Page{
		{"activity", "Registro attività, una pagina in mezzo", web.ActivityLog(f, whole)},
		{"activity-filtered", "Registro attività, con cinque filtri", web.ActivityLog(f, narrowed)},
		{
			"activity-removed",
			"Registro attività, di una persona rimossa",
			web.ActivityLog(f, log(access.EventFilter{Person: uuid(800)}, sampleEvents()[3:5]...)),
		},
		{"activity-no-match", "Registro attività, niente corrisponde", web.ActivityLog(f, log(access.EventFilter{Action: access.Join}))},
		{"activity-empty", "Registro attività vuoto", web.ActivityLog(f, log(access.EventFilter{}))},
		{
			"activity-no-period",
			"Registro attività, un periodo che finisce prima di cominciare",
			web.ActivityLog(f, log(access.EventFilter{From: "2026-11-21", To: "2026-11-02"})),
		},
		{"history", "Cronologia di un utente", web.ActivityLog(layoutFor(l, web.NavUsers), history(giulio()))},
		{
			"history-own-operator",
			"La propria cronologia, di un Operatore",
			web.ActivityLog(operatorLayout(l, web.NavOwnProfile), history(giulio())),
		},
	}
}
