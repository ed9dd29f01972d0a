package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

// italianPeople is "1 persona" or "6 persone".
func italianPeople(n int) string { return italianCount(n, "persona", "persone") }

// which is a word for one, or another for several.
func which(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

var italianSeveral = SeveralWords{
	Ask: map[access.Action]func(int, string) string{
		access.Suspend: func(n int, product string) string {
			return "Vuoi sospendere " + italianPeople(n) + " " + on(product) + "?"
		},
		access.Reactivate: func(n int, product string) string {
			return "Vuoi riabilitare " + italianPeople(n) + " " + on(product) + "?"
		},
		access.Remove: func(n int, product string) string {
			return "Vuoi rimuovere " + italianPeople(n) + " da " + product + "?"
		},
		access.Join: func(n int, product string) string {
			return "In quale gruppo di " + product + " vuoi mettere " + italianPeople(n) + "?"
		},
	},
	Nobody: map[access.Action]func(string) string{
		access.Suspend:    func(product string) string { return "Non c’è nessuno da sospendere " + on(product) },
		access.Reactivate: func(product string) string { return "Non c’è nessuno da riabilitare " + on(product) },
		access.Remove:     func(product string) string { return "Non c’è nessuno da rimuovere da " + product },
		access.Join:       func(product string) string { return "Non c’è nessuno da mettere in un gruppo di " + product },
	},
	Will: map[access.Action]func(string, int) string{
		access.Suspend:    func(roles string, _ int) string { return "Non potrà più operare come " + roles + "." },
		access.Reactivate: func(roles string, _ int) string { return "Potrà di nuovo operare come " + roles + "." },
		access.Remove:     func(roles string, n int) string { return "Perde " + which(n, "il ruolo ", "i ruoli ") + roles + "." },
	},
	Consequences: map[access.Action][]string{
		access.Suspend:    {"Vale da subito, e ognuno ne è informato per e-mail.", "Ruoli e gruppi restano: puoi riabilitare tutti quando vuoi."},
		access.Reactivate: {"Vale da subito, e ognuno ne è informato per e-mail.", "Ognuno ritrova i gruppi che aveva."},
		access.Remove:     {"Vale da subito, e ognuno ne è informato per e-mail.", "Se un ruolo servirà ancora, dovrai assegnarlo di nuovo."},
		access.Join:       {"Vale da subito. I ruoli e gli altri gruppi non cambiano."},
	},
	Button: map[access.Action]func(int) string{
		access.Suspend:    func(n int) string { return "Sospendi " + italianPeople(n) },
		access.Reactivate: func(n int) string { return "Riabilita " + italianPeople(n) },
		access.Remove:     func(n int) string { return "Rimuovi " + italianPeople(n) },
		access.Join:       func(n int) string { return "Assegna gruppo a " + italianPeople(n) },
	},
	Done: map[access.Action]func(int) string{
		access.Suspend:    func(n int) string { return italianDone(n, "sospesa", "sospese") },
		access.Reactivate: func(n int) string { return italianDone(n, "riabilitata", "riabilitate") },
		access.Remove:     func(n int) string { return italianDone(n, "rimossa", "rimosse") },
		access.Join:       func(n int) string { return italianDone(n, "aggiunta al gruppo", "aggiunte al gruppo") },
	},
	NotDone:   func(n int) string { return fmt.Sprintf(", %d no", n) },
	NotFor:    "Per chi non cambia nulla",
	Did:       "Fatto",
	DidNot:    "Non fatto",
	Them:      "le stesse persone",
	ToList:    "Torna all’elenco",
	Missing:   "Quello che avevi chiesto di cambiare non c’è più.",
	Leaves:    "Non sarà più tra gli utenti dell’ente: gruppi ed e-mail istituzionale vengono cancellati.",
	LastPower: "Non resta nessun ruolo attivo in questo ente: non potrà più entrare, e quello che ha aperto viene chiuso.",
	Temporary: "Se l’assenza è temporanea, sospendi: ruoli e gruppi restano.",
	InNoGroup: "Non fa parte di nessun gruppo.",
	As:        func(roles string) string { return "Ruoli: " + roles + "." },
	InGroups:  func(groups string) string { return "Fa parte di: " + groups + "." },
	LosesGroups: func(groups string) string {
		return "Perde anche i gruppi: " + groups + "."
	},
	Outcome: func(product string) string { return "Esito " + on(product) },
	Legend:  func(product string) string { return "Gruppi attivi di " + product },
	NoRole:  func(product string) string { return "Nessun ruolo " + on(product) + "." },
	Members: func(n int) string {
		return which(n, "1 persona ne fa già parte", fmt.Sprintf("%d persone ne fanno già parte", n))
	},
	Gone: func(n int) string {
		return italianPeople(n) + " di quelle che hai scelto non " + which(n, "è", "sono") + " più tra gli utenti dell’ente."
	},
	Left: func(n int) string {
		return italianPeople(n) + " non " + which(n, "è", "sono") + " più tra gli utenti dell’ente."
	},
	NobodyChosen: Notice{"Non hai scelto nessuno", "Torna all’elenco, seleziona le persone e premi di nuovo il pulsante."},
	TooMany:      Notice{"Hai scelto troppe persone", fmt.Sprintf("Se ne possono scegliere %d alla volta. Torna all’elenco e scegline meno.", access.MaxBulk)},
	WhyNot: map[access.Reason]sentence{
		access.SelfAction:   func(About) string { return "Sei tu: non puoi modificare i tuoi ruoli." },
		access.NotActive:    func(a About) string { return "È già sospeso tutto quello che ha " + on(a.Product) + "." },
		access.NotSuspended: func(a About) string { return "È già attivo tutto quello che ha " + on(a.Product) + "." },
		access.NotHeld:      func(a About) string { return "Non ha nessun ruolo " + on(a.Product) + "." },
		access.NoRoleThere: func(a About) string {
			return "Non ha nessun ruolo " + on(a.Product) + ", e senza non si fa parte di un gruppo."
		},
		access.AlreadyMember: func(a About) string { return "Fa già parte di tutti i gruppi attivi " + of(a.Product) + "." },
		access.NoGroup:       func(a About) string { return "Non ci sono gruppi attivi " + of(a.Product) + "." },
		access.NotAdministrator: func(a About) string {
			return "Non amministri questo prodotto: lo gestiscono gli Amministratori " + of(a.Product) + "."
		},
	},
}

// italianDone is "Nessuna persona sospesa", "1 persona sospesa", "6 persone sospese".
func italianDone(n int, one, many string) string {
	if n == 0 {
		return "Nessuna persona " + one
	}
	return italianPeople(n) + " " + which(n, one, many)
}

var italianCessation = CessationWords{
	Verb: "Cessazione",
	Of:   func(a About) string { return "di " + someone(a) },
	Ask: func(a About) string {
		return "Vuoi rimuovere i ruoli di " + someone(a) + " su tutti i prodotti che amministri?"
	},
	Goes: "Che cosa viene rimosso, da subito", Stays: "Che cosa resta",
	On: func(product, roles string) string { return product + ": " + roles },
	Groups: func(product, groups string) string {
		return "I gruppi di " + product + ": " + groups
	},
	Kept: func(product, roles string, n int) string {
		return fmt.Sprintf("%s di %s: %s gestiscono gli Amministratori di %s", roles, product, which(n, "lo", "li"), product)
	},
	StillUser: "Resta tra gli utenti dell’ente.",
	Afresh:    "Se servirà ancora, dovrai aggiungere di nuovo tutti i dati.",
	Button:    "Rimuovi i ruoli",
	Done:      "Cessazione eseguita",
	Said: func(a About) string {
		if a.Gone {
			return "Ruoli rimossi: " + someone(a) + " non è più tra gli utenti dell’ente."
		}
		return "Ruoli rimossi: qui sotto vedi che cosa resta a " + someone(a) + "."
	},
}
