package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

var italianProfile = ProfileWords{
	Data: "Dati", Roles: "Ruoli", Groups: "Gruppi",
	FirstName: "Nome", LastName: "Cognome", FiscalCode: "Codice fiscale", Email: "E-mail istituzionale",
	Verified: "Nome e cognome verificati con SPID o CIE", NotVerified: "Nome e cognome non ancora verificati con SPID o CIE",
	CopyFiscalCode: "Copia il codice fiscale", SuspendedGroup: "sospeso",
	NoRoles: func(a About) string {
		if a.Oneself {
			return "Non hai nessun ruolo in questo ente."
		}
		return a.Person + " non ha nessun ruolo in questo ente."
	},
	Another:   "Assegna un altro ruolo",
	AnotherOf: func(a About) string { return on(a.Product) + " a " + someone(a) },
	NoOther: map[access.Reason]sentence{
		access.AllSuspendedThere: func(a About) string {
			return "Per assegnare un altro ruolo su " + a.Product + ", prima riabilitane uno."
		},
		access.PhasingOut: func(a About) string {
			return a.Product + " è in dismissione: non si assegnano altri ruoli."
		},
		access.NotCombinable: func(a About) string {
			return "Gli altri ruoli di " + a.Product + " non si possono avere insieme a quelli di adesso."
		},
		access.NeedsSignature: func(a About) string {
			return "Per gli altri ruoli di " + a.Product + " serve la firma del legale rappresentante."
		},
		access.OtherCategory: func(a About) string {
			return "Su " + a.Product + " non ci sono altri ruoli da aggiungere: Amministratore e Operatore non vanno insieme."
		},
	},
	NoEdit: map[access.Reason]string{
		access.NoSharedProduct: "Questi dati può modificarli chi amministra uno dei suoi prodotti.",
		access.AllSuspended:    "I ruoli sono tutti sospesi: per modificare questi dati, prima riabilitane uno.",
	},
	AllGroups: func(a About) string {
		if a.Oneself {
			return "Fai già parte di tutti i gruppi attivi " + of(a.Product) + "."
		}
		return "Fa già parte di tutti i gruppi attivi " + of(a.Product) + "."
	},
}

var italianConfirm = ConfirmWords{
	Follows: "Che cosa succede",
	Buttons: map[access.Action]string{access.Suspend: "Sospendi", access.Reactivate: "Riabilita", access.Remove: "Rimuovi"},
	Consequences: map[access.Action][]sentence{
		access.Suspend: {
			func(a About) string {
				return fmt.Sprintf("Non potrà più operare su %s come %s, da subito.", a.Product, a.Role)
			},
			func(About) string { return "Conserva il ruolo e i gruppi: puoi riabilitare il ruolo quando vuoi." },
		},
		access.Reactivate: {
			func(a About) string {
				return fmt.Sprintf("Potrà di nuovo operare su %s come %s, da subito.", a.Product, a.Role)
			},
			func(About) string { return "Ritrova i gruppi che aveva." },
		},
	},
	RemoveOne: []sentence{
		func(a About) string {
			return fmt.Sprintf("Non potrà più operare su %s come %s, da subito.", a.Product, a.Role)
		},
		func(a About) string { return "Su " + a.Product + " conserva gli altri ruoli e i gruppi." },
	},
	RemoveLastOnProduct: []sentence{
		func(a About) string { return "Non potrà più operare su " + a.Product + ", da subito." },
		func(a About) string {
			return fmt.Sprintf("Era il suo ultimo ruolo su %s: perde anche i gruppi di %s.", a.Product, a.Product)
		},
	},
	RemoveLastAtAll: []sentence{
		func(a About) string {
			return fmt.Sprintf("È il suo ultimo ruolo: %s non sarà più tra gli utenti dell’ente, da subito.", someone(a))
		},
		func(About) string { return "I gruppi e l’e-mail istituzionale vengono cancellati." },
		func(About) string { return "Se servirà ancora, dovrai aggiungere di nuovo tutti i dati." },
	},
	Temporary: "Se l’assenza è temporanea, sospendi: ruolo e gruppi restano.",
	LastPower: func(About) string {
		return "È il suo ultimo ruolo attivo in questo ente: non potrà più entrare, e quello che ha aperto viene chiuso."
	},
}
