package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

var italianGroups = GroupsWords{
	Title: "Gruppi", Lead: "Chi lavora insieme, prodotto per prodotto.", Tabs: "Gruppi per prodotto", Data: "Il gruppo",
	Group: "Gruppo", Members: "Chi ne fa parte", Name: "Nome del gruppo", NameHint: "Per esempio quello dell’ufficio. Lo vedono tutti gli utenti che ne fanno parte.",
	None: "Non ci sono ancora gruppi.", NoneYet: "Crea il primo: poi scegli chi ne fa parte.",
	Empty: "Nessuno fa ancora parte di questo gruppo.", EmptyYet: "Aggiungi le prime persone.",
	Closed:    "Il gruppo è sospeso: chi ne fa parte resta, ma non si può aggiungere nessuno. Per aggiungere persone, prima riabilitalo.",
	AddPeople: "Aggiungi persone", AddToGroup: "Aggiungi al gruppo", TakeOut: "Togli",
	Search: "Cerca tra gli utenti del prodotto", Find: "Cerca", ShowAll: "Mostra tutte le persone che si possono aggiungere",
	NoMatch: "Nessuno da aggiungere", AllInText: "Per aggiungere altre persone al gruppo, prima assegna loro un ruolo sul prodotto dalla sezione Utenti.",
	ThisPage: "Vengono aggiunte le persone scelte in questa pagina.",
	Nobody:   "Una persona che non è più tra gli utenti dell’ente.",
	Instead:  "Se il gruppo servirà ancora, sospendilo: chi ne fa parte resta.",
	Count:    func(n int) string { return italianCount(n, "gruppo", "gruppi") },
	People: func(n int) string {
		switch {
		case n == 0:
			return "nessuno"
		case n > access.MaxTotal:
			return "oltre " + italianNumber(access.MaxTotal) + " persone"
		default:
			return italianPeople(n)
		}
	},
	Added: func(n int) string {
		switch n {
		case 0:
			return "Nessuna persona aggiunta"
		case 1:
			return "1 persona aggiunta"
		default:
			return fmt.Sprintf("%d persone aggiunte", n)
		}
	},
	NotAdded: func(n int) string {
		if n == 1 {
			return "Una persona non è stata aggiunta:"
		}
		return fmt.Sprintf("%d persone non sono state aggiunte:", n)
	},
	Ends: func(n int, over bool) string {
		switch {
		case over:
			return "Oltre " + italianNumber(n) + " persone smettono di farne parte, da subito."
		case n == 0:
			return "Nessuno ne fa parte: non cambia niente per nessuno."
		case n == 1:
			return "1 persona smette di farne parte, da subito."
		default:
			return italianNumber(n) + " persone smettono di farne parte, da subito."
		}
	},
	Caption:   func(product string) string { return "Gruppi di " + product },
	MembersOf: func(group string) string { return "Chi fa parte del gruppo “" + group + "”" },
	BackTo:    func(group string) string { return "Torna al gruppo “" + group + "”" },
	TakeOutOf: func(person string) string { return person + " dal gruppo" },
	NewTitle:  func(a About) string { return "Crea un gruppo " + of(a.Product) },
	AddTitle:  func(a About) string { return "Aggiungi persone al gruppo “" + a.Group + "”" },
	AddLead: func(a About) string {
		return "Può farne parte chi ha un ruolo " + on(a.Product) + ", anche sospeso."
	},
	AddLegend: func(a About) string { return "Utenti " + of(a.Product) + " che non ne fanno parte" },
	AllIn:     func(a About) string { return "Tutti gli utenti " + of(a.Product) + " fanno già parte del gruppo" },
	NoMatchText: func(a About) string {
		return "Chi cerchi non ha un ruolo " + on(a.Product) + ", oppure fa già parte del gruppo. Prova con una parte del cognome."
	},
	Consequences: map[access.Action][]sentence{
		access.SuspendGroup: {
			func(About) string { return "Nessuno potrà più entrare nel gruppo, da subito." },
			func(About) string {
				return "Chi ne fa parte resta, e conserva i suoi ruoli: puoi riabilitare il gruppo quando vuoi."
			},
		},
		access.ReactivateGroup: {
			func(About) string { return "Nel gruppo si potrà di nuovo entrare, da subito." },
			func(About) string { return "Chi ne fa parte resta." },
		},
		access.DeleteGroup: {
			func(a About) string { return "Nessuno perde i suoi ruoli " + on(a.Product) + "." },
			func(About) string { return "Il gruppo non si può recuperare: dovrai crearlo di nuovo." },
		},
		access.Leave: {
			func(a About) string {
				return fmt.Sprintf("%s non farà più parte del gruppo “%s”, da subito.", somebody(a.Person), a.Group)
			},
			func(a About) string { return "I suoi ruoli " + on(a.Product) + " restano come sono." },
		},
	},
}
