package web

import (
	"fmt"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
)

var italianActivity = ActivityWords{
	Title: "Registro attività", Lead: "Chi ha fatto che cosa, sui prodotti che amministri e sui dati degli utenti.",
	History: "Cronologia", OwnHistory: "La tua cronologia",
	HistoryLead:    "Che cosa è cambiato per questa persona, sui prodotti che amministri e nei suoi dati.",
	OwnHistoryLead: "Tutto quello che è cambiato per te in questo ente.",
	HistoryOf:      func(name string) string { return "Cronologia di " + name },
	When:           "Quando", Who: "Chi", What: "Che cosa",
	Filter: "Filtra il registro", Product: "Prodotto", Action: "Azione", From: "Dal giorno", To: "Al giorno",
	AnyProduct: "Tutti", AnyAction: "Tutte",
	ByPerson: "Cerchi una persona sola? Apri la sua Cronologia dal profilo:",
	InLog:    "Vedi anche quello che ha fatto, nel registro attività", Export: "Esporta in CSV",
	Removed: "Persona rimossa", Loading: "Caricamento dati", Service: "Il servizio",
	Nothing: "Nessuna attività trovata", NothingText: "Niente corrisponde a quello che cerchi. Allarga il periodo, oppure togli i filtri.",
	NothingYet: "Non c’è ancora nessuna attività da mostrare.",
	Newer:      "Più recenti", Older: "Meno recenti", Pages: "Pagine del registro",
	Actions: map[access.Action]string{
		access.Add: "Aggiunta di un utente", access.Edit: "Modifica dei dati", access.Assign: "Assegnazione di un ruolo",
		access.Suspend: "Sospensione", access.Reactivate: "Riabilitazione", access.Remove: "Rimozione di un ruolo",
		access.Join: "Ingresso in un gruppo", access.Leave: "Uscita da un gruppo",
		access.CreateGroup: "Creazione di un gruppo", access.RenameGroup: "Nuovo nome di un gruppo",
		access.SuspendGroup: "Sospensione di un gruppo", access.ReactivateGroup: "Riabilitazione di un gruppo",
		access.DeleteGroup: "Eliminazione di un gruppo", access.Export: "Esportazione di un elenco",
		access.Load: "Caricamento dati", access.Verify: "Verifica con SPID o CIE",
	},
	Did:   italianDeeds,
	Data:  map[access.Datum]string{access.DatumNames: "nome e cognome", access.DatumEmail: "e-mail"},
	At:    func(t time.Time) string { return italianDay(t) + t.Format(", 15:04") },
	Since: func(day time.Time) string { return "Dal giorno " + italianDay(day) },
	Until: func(day time.Time) string { return "Al giorno " + italianDay(day) },
	Faults: map[access.PeriodError]string{
		access.InvalidFrom:     "Il primo giorno non è una data. Scrivila così: 2026-11-21.",
		access.InvalidTo:       "L’ultimo giorno non è una data. Scrivila così: 2026-11-21.",
		access.PeriodBackwards: "Il periodo finisce prima di cominciare. Scegli un ultimo giorno che venga dopo il primo.",
	},
	File: "registro-attivita.csv", HistoryFile: "cronologia.csv",
	Columns: []string{
		"Data e ora", "Chi", "Azione", "Persona", "Prodotto", "Ruolo", "Stato prima", "Stato dopo", "Gruppo", "Dati modificati",
		"Che cosa", "ID di chi", "ID della persona",
	},
	Capped: func(rows int) string {
		return fmt.Sprintf("Elenco interrotto dopo %s righe: ce ne sono altre. Scegli un periodo più breve ed esporta di nuovo.", italianNumber(rows))
	},
}

// italianDeeds follow who did it: "Anna Bianchi" "ha sospeso Operatore API di Oto Neri su Interoperabilità".
var italianDeeds = map[access.Action]func(EventArgs) string{
	access.Add: func(d EventArgs) string {
		if d.Role != "" {
			return fmt.Sprintf("ha aggiunto %s agli utenti dell’ente come %s su %s", d.Person, d.Role, d.Product)
		}
		return fmt.Sprintf("ha aggiunto %s agli utenti dell’ente", d.Person)
	},
	access.Edit: func(d EventArgs) string {
		what := "i dati di " + d.Person
		if d.IsSelf {
			what = "i propri dati"
		}
		if d.Data == "" {
			return "ha modificato " + what
		}
		return "ha modificato " + what + ": " + d.Data
	},
	access.Assign: func(d EventArgs) string {
		return fmt.Sprintf("ha assegnato %s il ruolo %s su %s", italianTo(d), d.Role, d.Product) + ifSuspended(d)
	},
	access.Suspend: func(d EventArgs) string {
		return fmt.Sprintf("ha sospeso %s di %s su %s", d.Role, d.Person, d.Product)
	},
	access.Reactivate: func(d EventArgs) string {
		return fmt.Sprintf("ha riabilitato %s di %s su %s", d.Role, d.Person, d.Product)
	},
	access.Remove: func(d EventArgs) string {
		return fmt.Sprintf("ha rimosso %s di %s da %s", d.Role, d.Person, d.Product)
	},
	access.Join: func(d EventArgs) string {
		if d.Group == "" {
			return fmt.Sprintf("ha aggiunto %s a un gruppo di %s che non c’è più", d.Person, d.Product)
		}
		return fmt.Sprintf("ha aggiunto %s al gruppo “%s” di %s", d.Person, d.Group, d.Product)
	},
	access.Leave: func(d EventArgs) string {
		if d.Group == "" {
			return fmt.Sprintf("ha tolto %s da un gruppo di %s che non c’è più", d.Person, d.Product)
		}
		return fmt.Sprintf("ha tolto %s dal gruppo “%s” di %s", d.Person, d.Group, d.Product)
	},
	access.CreateGroup: func(d EventArgs) string { return fmt.Sprintf("ha creato il gruppo “%s” di %s", d.Group, d.Product) },
	access.RenameGroup: func(d EventArgs) string {
		return fmt.Sprintf("ha rinominato il gruppo “%s” di %s: ora si chiama “%s”", d.OldName, d.Product, d.Group)
	},
	access.SuspendGroup: func(d EventArgs) string {
		return fmt.Sprintf("ha sospeso il gruppo “%s” di %s", d.Group, d.Product)
	},
	access.ReactivateGroup: func(d EventArgs) string {
		return fmt.Sprintf("ha riabilitato il gruppo “%s” di %s", d.Group, d.Product)
	},
	access.DeleteGroup: func(d EventArgs) string {
		return fmt.Sprintf("ha eliminato il gruppo “%s” di %s", d.Group, d.Product)
	},
	access.Export: func(d EventArgs) string {
		if d.Product == "" {
			return "ha esportato l’elenco degli utenti"
		}
		return "ha esportato l’elenco degli utenti di " + d.Product
	},
	access.Load: func(d EventArgs) string {
		return fmt.Sprintf("ha dato %s il ruolo %s su %s", italianTo(d), d.Role, d.Product) + ifSuspended(d)
	},
	access.Verify: func(d EventArgs) string {
		what := d.Data
		if what == "" {
			what = "nome e cognome"
		}
		if d.IsSelf {
			return "ha confermato " + what + " entrando con SPID o CIE"
		}
		return "ha verificato con SPID o CIE " + what + " di " + d.Person
	},
}

// ifSuspended ends the sentence of a role that was suspended from the start.
func ifSuspended(d EventArgs) string {
	if d.After == access.Suspended {
		return ", già sospeso"
	}
	return ""
}

// italianTo is to whom it was done: "a Oto Neri", "ad Anna Bianchi".
func italianTo(d EventArgs) string {
	if d.Name != "" && strings.ContainsAny(d.Name[:1], "Aa") {
		return "ad " + d.Person
	}
	return "a " + d.Person
}

// italianDay is a day as it is said: "21 novembre 2026".
func italianDay(t time.Time) string {
	months := strings.Fields("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre")
	return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1], t.Year())
}

// italianNumber groups the digits of a number that isn't negative: "50.000".
func italianNumber(n int) string { return groupThousands(n, ".") }
