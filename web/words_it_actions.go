package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

var italianActions = map[access.Action]ActionWords{
	access.Add: {
		Verb: "Aggiungi utente",
		Of:   someone,
		Done: "Utente aggiunto",
		Said: func(a About) string {
			return fmt.Sprintf("%s può operare su %s come %s: entra con SPID o CIE.", somebody(a.Person), a.Product, a.Role)
		},
		Ask: func(a About) string { return fmt.Sprintf("Vuoi aggiungere %s?", someone(a)) },
	},
	access.Edit: {
		Verb: "Modifica",
		Of:   func(a About) string { return "i dati di " + someone(a) },
		Done: "Dati modificati",
		Said: func(a About) string { return fmt.Sprintf("I dati di %s sono aggiornati.", someone(a)) },
		Ask:  func(a About) string { return fmt.Sprintf("Vuoi modificare i dati di %s?", someone(a)) },
	},
	access.Assign: {
		Verb: "Assegna ruolo",
		Of:   func(a About) string { return "a " + someone(a) },
		Done: "Ruolo assegnato",
		Said: func(a About) string {
			return fmt.Sprintf("%s può operare su %s come %s.", somebody(a.Person), a.Product, a.Role)
		},
		Ask: func(a About) string { return fmt.Sprintf("Vuoi assegnare %s a %s?", a.Role, someone(a)) },
	},
	access.Suspend: {
		Verb: "Sospendi",
		Of:   func(a About) string { return a.Role + " di " + a.Person },
		Done: "Ruolo sospeso",
		Said: func(a About) string {
			return fmt.Sprintf("%s non può più operare su %s come %s.", a.Person, a.Product, a.Role)
		},
		Ask: func(a About) string {
			return fmt.Sprintf("Vuoi sospendere %s da %s su %s?", a.Person, a.Role, a.Product)
		},
	},
	access.Reactivate: {
		Verb: "Riabilita",
		Of:   func(a About) string { return a.Role + " di " + a.Person },
		Done: "Ruolo riabilitato",
		Said: func(a About) string {
			return fmt.Sprintf("%s può di nuovo operare su %s come %s.", a.Person, a.Product, a.Role)
		},
		Ask: func(a About) string {
			return fmt.Sprintf("Vuoi riabilitare %s come %s su %s?", a.Person, a.Role, a.Product)
		},
	},
	access.Remove: {
		Verb: "Rimuovi",
		Of:   func(a About) string { return a.Role + " di " + a.Person },
		Done: "Ruolo rimosso",
		Said: func(a About) string {
			if a.Gone {
				return fmt.Sprintf("Era l’ultimo ruolo: %s non è più tra gli utenti dell’ente.", someone(a))
			}
			return fmt.Sprintf("%s non è più %s su %s.", somebody(a.Person), a.Role, a.Product)
		},
		Ask: func(a About) string {
			return fmt.Sprintf("Vuoi rimuovere il ruolo %s di %s su %s?", a.Role, a.Person, a.Product)
		},
	},
	access.Join: {
		Verb: "Assegna gruppo",
		Of:   func(a About) string { return fmt.Sprintf("di %s a %s", a.Product, someone(a)) },
		Done: "Gruppo assegnato",
		Said: func(a About) string {
			return fmt.Sprintf("%s fa parte del gruppo “%s” di %s.", somebody(a.Person), a.Group, a.Product)
		},
		Ask: func(a About) string { return fmt.Sprintf("Vuoi assegnare un gruppo a %s?", someone(a)) },
	},
	access.EnterUsers: plainAction("Apri gli utenti", "Sezione aperta", "Vuoi aprire la sezione Utenti?"),
	access.View:       plainAction("Apri il profilo", "Profilo aperto", "Vuoi aprire il profilo?"),
	access.Load:       plainAction("Carica", "Dati caricati", "Vuoi caricare i dati?"),
	access.Verify:     plainAction("Verifica", "Nome e cognome verificati", "Vuoi verificare nome e cognome?"),
}

// plainAction is for what nobody is asked to confirm: its words show in registers only.
func plainAction(verb, done, ask string) ActionWords {
	always := func(s string) sentence { return func(About) string { return s } }
	return ActionWords{Verb: verb, Of: func(a About) string { return a.Person }, Done: done, Said: always(done + "."), Ask: always(ask)}
}
