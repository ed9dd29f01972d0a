package web

import (
	"fmt"
	"strings"

	"areariservata.example/utenti/internal/access"
)

var italianForm = FormWords{
	Problem: "C’è un problema", Continue: "Continua", Add: "Aggiungi", Assign: "Assegna", Save: "Salva", Change: "Modifica",
	AddLead: "Servono tutti i dati. Prima che la persona venga aggiunta potrai ricontrollarli.",
	Person:  "Dati della persona", Product: "Prodotto", Role: "Ruolo", ProductAndRole: "Prodotto e ruolo",
	FiscalCodeHint: "16 caratteri, come sulla tessera sanitaria.",
	EmailHint:      "L’indirizzo di lavoro, non una PEC: riceve gli avvisi sui ruoli.",
	NamesQuestion:  "Nome e cognome non corrispondono al codice fiscale",
	NamesText:      "Può capitare, per esempio con i nomi stranieri o dopo un cambio di cognome. Rileggi tutti e tre i campi: se sono giusti, conferma.",
	NamesConfirm:   "Confermo che nome, cognome e codice fiscale sono giusti",
	Existing:       "Questa persona è già tra gli utenti dell’ente",
	ExistingText:   "Non è cambiato nulla. Per assegnarle un ruolo, parti dal suo profilo.",
	ToExisting:     "Apri il profilo",
	Check:          "Controlla e conferma",
	CheckLead:      "Non è ancora stato aggiunto nessuno. Rileggi soprattutto l’indirizzo e-mail.",
	Several:        "Puoi scegliere più di un ruolo.",
	One:            "Scegli un ruolo.",
	NoneToGive:     "Adesso qui non puoi assegnare ruoli",
	ConflictTitle:  "Qualcuno ha modificato i dati prima di te",
	ConflictText:   "Le tue modifiche non sono state salvate. Confrontale con i dati di adesso, correggi se serve e salva di nuovo.",
	Now:            "Adesso:", Typed: "Hai scritto:",
	FixedCode: "Il codice fiscale non si può modificare.",
	RolesOn:   func(product string) string { return "Ruolo su " + product },
	Together: func(groups []string) string {
		return "Puoi scegliere insieme solo " + strings.Join(groups, ", oppure ") + "; gli altri si assegnano da soli."
	},
	Others: func(n int) string {
		if n == 1 {
			return "un altro"
		}
		return fmt.Sprintf("altri %d", n)
	},
	AssignTitle: func(a About) string { return "Assegna un ruolo a " + someone(a) },
	AssignLead: func(a About) string {
		return "Qui trovi i prodotti che amministri, e su cui " + someone(a) + " non ha ancora un ruolo."
	},
	AnotherTitle: func(a About) string { return "Assegna un altro ruolo a " + someone(a) },
	AnotherLead:  func(a About) string { return "Si aggiunge a quelli che ha già " + on(a.Product) + "." },
	EditTitle:    func(a About) string { return "Modifica i dati di " + someone(a) },
	JoinTitle:    func(a About) string { return "Assegna un gruppo a " + someone(a) },
	JoinLegend:   func(a About) string { return "Gruppi attivi " + of(a.Product) + " di cui non fa ancora parte" },
	FixedNames: map[access.Reason]string{
		access.NamesVerified: "Nome e cognome sono verificati con SPID o CIE e non si possono modificare.",
		access.SelfAction:    "Il tuo nome e cognome vengono verificati quando entri con SPID o CIE: non puoi modificarli tu.",
	},
	Faults:  italianFaults,
	Missing: italianMissing,
}

// italianFaults say what is wrong, and how to mend it.
var italianFaults = map[access.FieldError]string{
	access.Missing:             "Manca una risposta",
	access.FiscalCodeShape:     "Il codice fiscale ha 16 caratteri tra lettere e cifre: ricontrollalo sulla tessera sanitaria",
	access.FiscalCodeTemporary: "Serve il codice fiscale di 16 caratteri: quello di 11 cifre è provvisorio, o di un ente",
	access.FiscalCodeDate:      "Il codice fiscale contiene una data di nascita che non esiste: ricontrolla mese e giorno",
	access.FiscalCodeCheck:     "Nel codice fiscale c’è un carattere sbagliato: ricontrollalo sulla tessera sanitaria",
	access.NameShape:           "Nei nomi usa solo lettere, spazi, apostrofi, punti e trattini",
	access.NameTooLong:         "Il nome è troppo lungo: scrivilo come sui documenti, senza abbreviazioni aggiunte",
	access.NamesDiffer:         "Nome e cognome non corrispondono al codice fiscale: correggili, oppure conferma che sono giusti",
	access.EmailShape:          "L’indirizzo e-mail non è scritto bene: deve essere come nome@ente.it",
	access.EmailTooLong:        "L’indirizzo e-mail è troppo lungo: può avere al massimo 254 caratteri",
	access.EmailCertified:      "Questo è un indirizzo PEC: serve una casella e-mail ordinaria",
	access.NoSuchProduct:       "Scegli uno dei prodotti che amministri",
	access.RolesNotCombinable:  "I ruoli scelti non vanno insieme: lasciane uno, o solo quelli che si possono unire",
	access.RoleNotAssignable:   "Questo ruolo adesso non si può assegnare: scegline un altro",
	access.TitleShape:          "Nel nome del gruppo serve almeno una lettera o una cifra, e nessun carattere invisibile",
	access.TitleHasFiscalCode:  "Nel nome del gruppo non mettere codici fiscali: lo leggerebbero tutti",
	access.TitleTooLong:        "Il nome del gruppo è troppo lungo: può avere al massimo 100 caratteri",
	access.TitleTaken:          "Un altro gruppo di questo prodotto si chiama così: scegli un nome diverso",
	access.GroupNotJoinable:    "Questo gruppo non c’è più, o è stato sospeso: scegline un altro",
	access.RoleNotRecognized:   "Su questo prodotto nessun ruolo si chiama così, o più di uno: copia le parole dalla tabella dei ruoli",
	access.ConflictingData:     "Più su, allo stesso codice fiscale corrispondono un nome, un cognome o un’e-mail diversi: correggi la riga sbagliata",
}

var italianMissing = map[access.Field]string{
	access.FieldFiscalCode: "Scrivi il codice fiscale",
	access.FieldFirstName:  "Scrivi il nome",
	access.FieldLastName:   "Scrivi il cognome",
	access.FieldEmail:      "Scrivi l’e-mail istituzionale",
	access.FieldProduct:    "Scegli un prodotto",
	access.FieldRole:       "Scegli almeno un ruolo",
	access.FieldNames:      "Conferma nome e cognome, oppure correggili",
	access.FieldGroup:      "Scegli un gruppo",
	access.FieldTitle:      "Scrivi il nome del gruppo",
	access.FieldMember:     "Scegli almeno una persona",
}
