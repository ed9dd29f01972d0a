package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

// italian is read only. Sentences: second person, the consequence first, then what to do.
var italian = Words{
	Service: "Area Riservata", ErrorPrefix: "Errore: ", Skip: "Vai al contenuto", Demo: "Ambiente dimostrativo: i dati sono inventati",
	Manual: "Manuale", Assistance: "Assistenza", SignOut: "Esci", Signed: "Hai fatto l’accesso come",
	Switch: "Cambia ente", SwitchTo: "Passa a un altro ente", Navigation: "Sezioni dell’ente", Trail: "Percorso di navigazione",
	Overview: "Panoramica", Users: "Utenti", Me: "Il tuo profilo",
	Footer: "Informazioni sul servizio", Languages: "Lingua", Accessibility: "Accessibilità", Privacy: "Privacy",
	You: "(tu)", Copy: "Copia", Copied: "Codice fiscale copiato", Cancel: "Annulla", Retry: "Riprova", Back: "Torna indietro", Start: "Vai alla pagina iniziale",
	Reference:    "Numero da citare all’assistenza:",
	SuspendedTag: "Sospeso",
	Statuses:     map[access.Status]string{access.Active: "Attivo", access.Suspended: "Sospeso"},
	Categories:   map[access.Category]string{access.Administrator: "Amministratore", access.Operator: "Operatore"},
	Actions:      italianActions,
	Reasons:      italianReasons,
	Errors:       italianErrors,
	SignInFaults: italianSignInFaults,
	Login: LoginWords{
		Title:  "Accedi all’Area Riservata",
		Lead:   "Gestisci chi lavora sui prodotti PagoPA per il tuo ente.",
		Button: "Entra con SPID o CIE",
		Help:   "Serve un’identità digitale personale di livello 2. Se non riesci a entrare, chiedi a un Amministratore del tuo ente se il tuo ruolo è attivo.",
		Why: map[SignInReason]Notice{
			LostPowers:  {"Sei fuori dall’Area Riservata", "Nel frattempo i tuoi ruoli sono stati sospesi o rimossi, e la sessione è stata chiusa. Chiedi a un Amministratore del tuo ente."},
			Expired:     {"La sessione è scaduta", "È passato troppo tempo dall’ultima pagina aperta. Entra di nuovo: torni dov’eri."},
			AfterLogout: {"Sei uscito", "La sessione è chiusa. Se il computer è condiviso, chiudi anche il browser."},
		},
	},
	NoPowers: NoPowersWords{
		Title:          "Non hai accesso a nessun ente",
		Unknown:        "Il tuo codice fiscale non è registrato in nessun ente, oppure i tuoi ruoli sono stati rimossi.",
		Suspended:      "I tuoi ruoli sono sospesi",
		SuspendedIntro: "Finché non vengono riabilitati non puoi entrare. Sono sospesi su:",
		WayOut:         "Chiedi a un Amministratore del tuo ente di aggiungerti o di riabilitarti. Poi entra di nuovo.",
		SignOut:        "Esci dall’Area Riservata",
		At:             func(product, institution string) string { return product + ", " + institution },
	},
	SignedOut: SignedOutWords{
		Title: "Sei uscito", Text: "La sessione nell’Area Riservata è chiusa. Se il computer è condiviso, chiudi anche il browser.",
		Provider: "Esci anche dal servizio di identità", Again: "Entra di nuovo",
	},
	Home: HomeWords{
		Lead: "I prodotti su cui lavori per questo ente.", Cards: "I tuoi prodotti",
		ToUsers: "Utenti", ToUsersText: "Trova un collega, guarda i suoi ruoli, sospendi o riabilita chi lavora sui prodotti che amministri.",
		ToMe: "Il tuo profilo", ToMeText: "I tuoi dati, i tuoi ruoli e i tuoi gruppi.",
		Choose: "Seleziona il tuo ente", ChooseLead: "Lavori per più di un ente. Puoi cambiarlo in ogni momento dall’intestazione.",
	},
	List:              italianList,
	Profile:           italianProfile,
	Confirm:           italianConfirm,
	Activity:          italianActivity,
	Form:              italianForm,
	Groups:            italianGroups,
	Several:           italianSeveral,
	Cessation:         italianCessation,
	Files:             italianFiles,
	And:               " e ",
	Gone:              "Utente rimosso dall’ente",
	SeveralAssigned:   "Ruoli assegnati",
	AccessibilityPage: italianAccessibility,
	PrivacyPage:       italianPrivacy,
}

var italianList = ListWords{
	Lead:       "Chi lavora per il tuo ente, prodotto per prodotto.",
	LeadSingle: "Chi lavora per il tuo ente su questo prodotto.",
	Tabs:       "Elenchi per prodotto", All: "Tutti",
	Filter: "Filtra gli utenti", FilterSummary: "Cerca e filtra", SearchHint: "Nome, e-mail o codice fiscale",
	Category: "Categoria", Role: "Ruolo", State: "Stato",
	AnyCategory: "Tutte", AnyRole: "Tutti", AnyState: "Tutti",
	Apply: "Filtra", Clear: "Rimuovi filtri", Applied: "Filtri applicati", RemoveFilter: "Rimuovi il filtro",
	Name: "Cognome e nome", Email: "E-mail", Roles: "Ruolo",
	SortUp: "ordina dalla A alla Z", SortDown: "ordina dalla Z alla A",
	Previous: "Precedente", Next: "Successiva", Pages: "Pagine dell’elenco",
	NobodyYet:         "Nessuno lavora ancora su questo prodotto.",
	NobodyHere:        "In questa pagina non c’è nessuno da mostrare: l’elenco continua nelle altre.",
	NobodyMatches:     "Nessun utente trovato",
	NobodyMatchesText: "Nessuno corrisponde a quello che cerchi. Prova con una parte del cognome, oppure togli i filtri.",
	Unknown:           "Codice fiscale non trovato",
	UnknownText:       "Nessun utente del tuo ente ha questo codice fiscale. Controlla di averlo scritto bene: sono 16 caratteri.",
	UnknownAll:        "Mostra tutti gli utenti",
	FilterCount: func(n int) string {
		if n == 1 {
			return "1 filtro applicato"
		}
		return fmt.Sprintf("%d filtri applicati", n)
	},
	Count: func(n int) string {
		if n == 1 {
			return "1 utente"
		}
		return italianNumber(n) + " utenti"
	},
	Over:   "oltre 1.000 utenti",
	Number: func(n int) string { return "(" + italianNumber(n) + ")" },
	Select: func(person string) string { return "Seleziona " + person }, SelectAll: "Seleziona tutti gli utenti della pagina",
	SelectedNone: "Utenti selezionati:", SelectedOne: "1 selezionato", SelectedMany: "# selezionati",
	MoreRoles: func(n int) string { return fmt.Sprintf("altri %d ruoli", n) },
	More:      func(product string) string { return "Mostra tutti gli utenti di " + product },
	Caption:   func(product string) string { return "Utenti di " + product },
	Actions:   "Azioni",
	ActionsOn: func(person string) string { return "per " + person },
	Live:      "L’elenco cambia mentre scrivi; un codice fiscale si cerca con il pulsante.",
	ManagedBy: func(product string) string { return "Gestito dagli Amministratori di " + product },
	PartlySuspended: func(suspended, all int) string {
		if suspended == 1 {
			return fmt.Sprintf("1 ruolo su %d sospeso", all)
		}
		return fmt.Sprintf("%d ruoli su %d sospesi", suspended, all)
	},
}
