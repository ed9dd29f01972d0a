package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

var italianFiles = FilesWords{
	Export: "Esporta l’elenco, con i filtri di adesso", CSV: "Esporta in CSV", XLSX: "Esporta in Excel", Name: "utenti", Sheet: "Utenti",
	Columns:   []string{"Cognome", "Nome", "E-mail", "Prodotto", "Categoria", "Ruoli", "Stato"},
	RoleState: func(role, state string) string { return role + ": " + state },
	Capped: func(rows int) string {
		return fmt.Sprintf("Elenco interrotto dopo %s righe: ce ne sono altre. Restringi i filtri ed esporta di nuovo.", italianNumber(rows))
	},

	Import: "Aggiungi da un file", ImportLead: "Hai i nuovi colleghi in un foglio di calcolo? Prima che qualcuno venga aggiunto vedrai che cosa succederebbe, riga per riga.",
	Prepare: "Come preparare il file", PrepareText: "Un file CSV con queste colonne. Con le intestazioni, l’ordine non conta.",
	EachRole: "Una riga per ogni ruolo: chi ne ha più di uno sta su più righe. Di chi è già tra gli utenti bastano codice fiscale, prodotto e ruolo: i suoi dati restano quelli che sono.",
	ColumnsOf: map[access.Field]Notice{
		access.FieldFiscalCode: {"Codice fiscale", "16 caratteri, come sulla tessera sanitaria"},
		access.FieldLastName:   {"Cognome", "come sui documenti"},
		access.FieldFirstName:  {"Nome", "come sui documenti"},
		access.FieldEmail:      {"E-mail", "l’indirizzo di lavoro, non una PEC"},
		access.FieldProduct:    {"Prodotto", "come nella tabella dei ruoli"},
		access.FieldRole:       {"Ruolo", "come nella tabella dei ruoli; maiuscole e accenti non contano"},
	},
	Template: "Scarica un modello vuoto (CSV)", TemplateName: "modello-utenti.csv",
	Upload: "File CSV", UploadHint: fmt.Sprintf("In Excel: File, Salva con nome, CSV UTF-8. Al massimo %d righe e %d KB.", access.MaxImport, access.MaxImportSize>>10),
	Paste: "Oppure incolla qui le righe", PasteHint: "Anche copiate direttamente dal foglio di calcolo.", Check: "Controlla le righe",
	RolesTitle: "Prodotti e ruoli che puoi assegnare", RolesText: "Scrivi queste parole nelle colonne Prodotto e Ruolo; al posto del nome del ruolo va bene anche il codice.", Code: "Codice",
	Kept: Notice{"La sessione era scaduta", "Abbiamo conservato le righe che stavi caricando: le trovi qui sotto. Non è stato aggiunto nessuno: controllale di nuovo."},
	Faults: map[ImportError]string{
		NoFile: "Scegli un file CSV, oppure incolla le righe",
		NoRows: "Non ci sono righe con persone: sotto le intestazioni scrivi una riga per ogni ruolo",
		NoText: "Questo file non è un CSV: in Excel scegli File, Salva con nome, CSV UTF-8",
	},
	TooMany:  func(most int) string { return fmt.Sprintf("Le righe sono troppe: al massimo %d per volta", most) },
	TooLarge: func(most int) string { return fmt.Sprintf("Il file è troppo grande: al massimo %d KB", most) },
	Quotes: func(line int) string {
		return fmt.Sprintf("Riga %d: ci sono virgolette che non si chiudono, o in mezzo a una cella", line)
	},
	NoColumns: func(columns string) string { return "Tra le intestazioni manca: " + columns },

	CheckTitle: "Controlla le righe", CheckLead: "Non è ancora stato aggiunto nessuno. Rileggi soprattutto gli indirizzi e-mail.",
	Adds: func(n int) string { return italianCount(n, "persona verrà aggiunta", "persone verranno aggiunte") },
	Assigns: func(n int) string {
		return italianCount(n, "altro ruolo verrà assegnato", "altri ruoli verranno assegnati")
	},
	Nothings: func(n int) string { return italianCount(n, "riga senza niente da fare", "righe senza niente da fare") },
	Wrongs:   func(n int) string { return italianCount(n, "riga con errori", "righe con errori") },
	LeftOut:  func(n int) string { return italianCount(n, "riga lasciata fuori", "righe lasciate fuori") },
	WrongTitle: func(n int) string {
		return italianCount(n, "riga ha qualcosa da correggere", "righe hanno qualcosa da correggere")
	},
	WrongText:   "Correggi il file e caricalo di nuovo, oppure vai avanti con le altre righe soltanto.",
	NobodyTitle: "Niente da aggiungere", NobodyText: "Da queste righe non segue niente: correggi il file e caricalo di nuovo.",
	NamesText:    "In alcune righe nome e cognome non corrispondono al codice fiscale. Può capitare, per esempio con i nomi stranieri o dopo un cambio di cognome: rileggile.",
	NamesConfirm: "Confermo i nomi segnalati",
	NamesMissing: "Conferma i nomi segnalati, oppure correggi il file",
	Line:         "Riga", Person: "Persona", Follows: "Che cosa succederà", Result: "Esito",
	WillAdd: func(a About) string { return "Sarà aggiunta come " + a.Role + " " + on(a.Product) + "." },
	WillAssign: func(a About) string {
		return "È già tra gli utenti: le verrà assegnato il ruolo " + a.Role + " " + on(a.Product) + ", i dati restano quelli."
	},
	WillAssignToo: func(a About) string {
		return "Le verrà assegnato anche il ruolo " + a.Role + " " + on(a.Product) + "."
	},
	Held:          "Ha già questo ruolo: niente da fare.",
	HeldSuspended: "Ha già questo ruolo, sospeso: niente da fare. Si può riabilitare dal profilo.",
	Doubtful:      "Nome e cognome non corrispondono al codice fiscale: rileggili.",
	Add:           func(n int) string { return "Aggiungi " + italianCount(n, "utente", "utenti") },
	AddRight: func(n int) string {
		if n == 1 {
			return "Aggiungi l’utente senza errori"
		}
		return fmt.Sprintf("Aggiungi i %d utenti senza errori", n)
	},
	Proceed: func(n int) string { return "Procedi con " + italianCount(n, "riga", "righe") },
	ProceedRight: func(n int) string {
		if n == 1 {
			return "Procedi con la riga senza errori"
		}
		return fmt.Sprintf("Procedi con le %d righe senza errori", n)
	},
	Back: "Torna al file", Another: "Carica un altro file",

	DoneTitle: "Esito del caricamento",
	Done: map[string]string{
		"added": "Aggiunta agli utenti", "assigned": "Ruolo assegnato", "nothing-to-do": "Aveva già questo ruolo: niente da fare",
		"left-out": "Lasciata fuori: nella riga c’era qualcosa da correggere",
	},
	NotDone: func(why string) string { return "Non fatto. " + why },
	Unnamed: "Nessuno",
	Expired: Notice{"Questo esito non c’è più", "Gli esiti si possono rileggere per poco tempo. Che cosa è stato fatto si legge nel registro attività."},
}

// italianCount is a number and what it counts.
func italianCount(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return italianNumber(n) + " " + several
}
