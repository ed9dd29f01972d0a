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
	access.Leave: {
		Verb: "Togli dal gruppo",
		Of:   someone,
		Done: "Tolto dal gruppo",
		Said: func(a About) string {
			return fmt.Sprintf("%s non fa più parte del gruppo “%s” di %s.", somebody(a.Person), a.Group, a.Product)
		},
		Ask: func(a About) string { return fmt.Sprintf("Vuoi togliere %s dal gruppo “%s”?", someone(a), a.Group) },
	},
	access.CreateGroup: {
		Verb: "Crea gruppo",
		Of:   func(a About) string { return "di " + a.Product },
		Done: "Gruppo creato",
		Said: func(a About) string {
			return fmt.Sprintf("Il gruppo “%s” di %s è pronto: aggiungi chi ne fa parte.", a.Group, a.Product)
		},
		Ask: func(a About) string { return fmt.Sprintf("Vuoi creare un gruppo di %s?", a.Product) },
	},
	access.RenameGroup: {
		Verb: "Rinomina",
		Of:   italianGroup,
		Done: "Gruppo rinominato",
		Said: func(a About) string { return fmt.Sprintf("Il gruppo si chiama “%s”.", a.Group) },
		Ask:  func(a About) string { return fmt.Sprintf("Come si deve chiamare il gruppo “%s”?", a.Group) },
	},
	access.SuspendGroup: {
		Verb: "Sospendi",
		Of:   italianGroup,
		Done: "Gruppo sospeso",
		Said: func(a About) string {
			return fmt.Sprintf("Nessuno può più entrare nel gruppo “%s”; chi ne fa parte resta.", a.Group)
		},
		Ask: func(a About) string {
			return fmt.Sprintf("Vuoi sospendere il gruppo “%s” di %s?", a.Group, a.Product)
		},
	},
	access.ReactivateGroup: {
		Verb: "Riabilita",
		Of:   italianGroup,
		Done: "Gruppo riabilitato",
		Said: func(a About) string { return fmt.Sprintf("Nel gruppo “%s” si può di nuovo entrare.", a.Group) },
		Ask: func(a About) string {
			return fmt.Sprintf("Vuoi riabilitare il gruppo “%s” di %s?", a.Group, a.Product)
		},
	},
	access.DeleteGroup: {
		Verb: "Elimina",
		Of:   italianGroup,
		Done: "Gruppo eliminato",
		Said: func(a About) string {
			if a.Group == "" {
				return "Il gruppo non c’è più. I ruoli di chi ne faceva parte sono rimasti."
			}
			return fmt.Sprintf("Il gruppo “%s” non c’è più. I ruoli di chi ne faceva parte sono rimasti.", a.Group)
		},
		Ask: func(a About) string {
			return fmt.Sprintf("Vuoi eliminare il gruppo “%s” di %s?", a.Group, a.Product)
		},
	},
	access.Export:     plainAction("Esporta", "Elenco esportato", "Vuoi esportare l’elenco?"),
	access.EnterUsers: plainAction("Apri gli utenti", "Sezione aperta", "Vuoi aprire la sezione Utenti?"),
	access.View:       plainAction("Apri il profilo", "Profilo aperto", "Vuoi aprire il profilo?"),
	access.Load:       plainAction("Carica", "Dati caricati", "Vuoi caricare i dati?"),
	access.Verify:     plainAction("Verifica", "Nome e cognome verificati", "Vuoi verificare nome e cognome?"),
}

// italianGroup names a group: "il gruppo “Sviluppo” di SEND".
func italianGroup(a About) string { return fmt.Sprintf("il gruppo “%s” di %s", a.Group, a.Product) }

// plainAction is for what nobody is asked to confirm: its words show in registers only.
func plainAction(verb, done, ask string) ActionWords {
	always := func(s string) sentence { return func(About) string { return s } }
	return ActionWords{Verb: verb, Of: func(a About) string { return a.Person }, Done: done, Said: always(done + "."), Ask: always(ask)}
}
