package web

import "areariservata.example/utenti/internal/access"

// of is "di SEND", or "di questo prodotto" where the product isn't known.
func of(product string) string {
	if product == "" {
		return "di questo prodotto"
	}
	return "di " + product
}

// on is "su SEND", or "su questo prodotto" where the product isn't known.
func on(product string) string {
	if product == "" {
		return "su questo prodotto"
	}
	return "su " + product
}

// somebody is the person's name, or a word for one who isn't known.
func somebody(person string) string {
	if person == "" {
		return "Questa persona"
	}
	return person
}

// italianReasons: hidden reasons answer as what doesn't exist, all in the same words (rule V9).
var italianReasons = map[access.Reason]ReasonWords{
	access.NoPowers:   italianHidden,
	access.NotVisible: italianHidden,
	access.NoSuchRole: italianHidden,
	access.NoGroup:    italianHidden,
	access.NoRule: {
		Title: "Da qui non si può fare",
		Why: func(About) string {
			return "Questa operazione non è prevista nell’Area Riservata. Per informazioni scrivi all’assistenza."
		},
	},
	access.NotAnyAdministrator: {
		Title: "La sezione Utenti è degli Amministratori",
		Why: func(About) string {
			return "Per aprirla serve un ruolo attivo di Amministratore su almeno un prodotto dell’ente. Il tuo profilo resta sempre disponibile."
		},
	},
	access.SelfAction: {
		Title: "Non puoi modificare i tuoi ruoli",
		Why:   func(a About) string { return "Chiedi a un altro Amministratore " + of(a.Product) + "." },
		Card: func(a About) string {
			if a.Another {
				return "Non puoi modificare i tuoi ruoli: chiedi a un altro Amministratore " + of(a.Product) + "."
			}
			return "Non puoi modificare i tuoi ruoli: chiedi a un Amministratore " + of(a.Product) + "."
		},
	},
	access.NotAdministrator: {
		Title: "Non amministri questo prodotto",
		Why: func(a About) string {
			return "Possono farlo solo gli Amministratori " + of(a.Product) + ". Chiedi a uno di loro."
		},
		Card: func(a About) string { return "Gestito dagli Amministratori " + of(a.Product) },
	},
	access.NoSharedProduct: {
		Title: "Non amministri nessuno dei suoi prodotti",
		Why: func(a About) string {
			return "I dati di " + someone(a) + " può modificarli chi amministra un prodotto su cui ha un ruolo."
		},
	},
	access.NeedsSignature: {
		Title: "Serve la firma del legale rappresentante",
		Why: func(a About) string {
			return "Questo ruolo si assegna con un documento firmato dal legale rappresentante dell’ente, e non da qui. Per informazioni scrivi all’assistenza."
		},
		Card: func(About) string { return "Richiede la firma del legale rappresentante" },
	},
	access.NotAssignable: {
		Title: "Da qui questo ruolo non si assegna",
		Why: func(About) string {
			return "Questo ruolo non si assegna dalla sezione Utenti. Per informazioni scrivi all’assistenza."
		},
	},
	access.PhasingOut: {
		Title: "Il prodotto è in dismissione",
		Why: func(a About) string {
			return "Non si assegnano più ruoli. Chi ne ha già uno " + on(a.Product) + " lo conserva."
		},
		Card: func(About) string { return "Prodotto in dismissione: non si assegnano più ruoli" },
	},
	access.AlreadyUser: {
		Title: "Questa persona è già tra gli utenti",
		Why: func(About) string {
			return "Non è stato cambiato nulla. Apri il suo profilo: da lì puoi assegnarle un ruolo."
		},
	},
	access.AlreadyHeld: {
		Title: "Il ruolo c’è già",
		Why: func(a About) string {
			return "Nel frattempo " + someone(a) + " ha avuto questo ruolo. Non è cambiato altro: qui sotto vedi la situazione di adesso."
		},
		Card: func(About) string { return "Già assegnato" },
	},
	access.OtherCategory: {
		Title: "Amministratore e Operatore non vanno insieme",
		Why: func(a About) string {
			return somebody(a.Person) + " ha già un ruolo dell’altra categoria " + on(a.Product) + ". Prima rimuovi quello."
		},
		Card: func(About) string { return "Nessuno può essere insieme Amministratore e Operatore" },
	},
	access.AllSuspendedThere: {
		Title: "I ruoli su questo prodotto sono sospesi",
		Why: func(a About) string {
			return "Prima riabilita un ruolo di " + someone(a) + " " + on(a.Product) + ", poi assegnane un altro."
		},
		Card: func(About) string { return "Prima riabilita un ruolo su questo prodotto" },
	},
	access.NotCombinable: {
		Title: "I ruoli non vanno insieme",
		Why: func(a About) string {
			return "Questo ruolo non si può avere insieme a quelli che " + someone(a) + " ha già " + on(a.Product) + "."
		},
		Card: func(About) string { return "Non va insieme a un ruolo già assegnato" },
	},
	access.AllSuspended: {
		Title: "Tutti i ruoli sono sospesi",
		Why: func(a About) string {
			return "Per modificare i dati di " + someone(a) + ", prima riabilita almeno un ruolo."
		},
	},
	access.NamesVerified: {
		Title: "Nome e cognome sono verificati",
		Why: func(About) string {
			return "Li ha confermati SPID o CIE, e non si possono più cambiare. Anche il resto non è stato salvato: riprova con i campi rimasti."
		},
	},
	access.NoRoleThere: {
		Title: "Serve un ruolo sul prodotto",
		Why: func(a About) string {
			return "Nel frattempo " + someone(a) + " ha perso i ruoli " + on(a.Product) + ": senza un ruolo non si può far parte di un gruppo."
		},
	},
	access.AlreadyMember: {
		Title: "Fa già parte del gruppo",
		Why: func(a About) string {
			return somebody(a.Person) + " fa già parte di questo gruppo. Non è cambiato nulla."
		},
	},
	access.GroupSuspended: {
		Title: "Il gruppo è sospeso",
		Why: func(About) string {
			return "Ai gruppi sospesi non si assegna nessuno. Scegline un altro, oppure riabilitalo."
		},
	},
	access.NotMember: {
		Title: "Non fa parte del gruppo",
		Why: func(a About) string {
			return somebody(a.Person) + " non fa parte di questo gruppo: forse qualcuno ha già provveduto. Non è cambiato nulla."
		},
	},
	access.GroupNotActive: {
		Title: "Il gruppo è già sospeso",
		Why:   func(About) string { return "Qualcuno lo ha sospeso prima di te. Non è cambiato nulla." },
	},
	access.GroupActive: {
		Title: "Il gruppo è già attivo",
		Why:   func(About) string { return "Qualcuno lo ha riabilitato prima di te. Non è cambiato nulla." },
	},
	access.GroupNameTaken: {
		Title: "C’è già un gruppo con questo nome",
		Why: func(a About) string {
			return "Un altro gruppo " + of(a.Product) + " si chiama così. Scegli un nome diverso."
		},
	},
	access.Edited: {
		Title: "Qualcuno ha modificato i dati prima di te",
		Why: func(About) string {
			return "Le tue modifiche non sono state salvate. Guarda com’è adesso, poi salva di nuovo se serve ancora."
		},
	},
	access.NotHeld: {
		Title: "Il ruolo non c’è più",
		Why: func(a About) string {
			return "Nel frattempo " + someone(a) + " ha perso questo ruolo. Non è cambiato altro: qui sotto vedi la situazione di adesso."
		},
	},
	access.NotActive: {
		Title: "Il ruolo era già sospeso",
		Why: func(a About) string {
			return "Qualcuno lo ha sospeso prima di te. Non è cambiato altro: qui sotto vedi la situazione di adesso."
		},
	},
	access.NotSuspended: {
		Title: "Il ruolo era già attivo",
		Why: func(a About) string {
			return "Qualcuno lo ha riabilitato prima di te. Non è cambiato altro: qui sotto vedi la situazione di adesso."
		},
	},
	access.LastAdministrator: {
		Title: "È l’unico Amministratore attivo",
		Why: func(a About) string {
			return somebody(a.Person) + " è l’unico Amministratore attivo " + of(a.Product) +
				". Prima ne serve un altro: assegna il ruolo a un collega, o riabilitane uno sospeso."
		},
	},
	access.FormUsed: {
		Title: "Questa conferma è già servita",
		Why: func(About) string {
			return "La stessa pagina di conferma ha già fatto un’altra modifica, e questa non è stata fatta. Se serve ancora, ricomincia dall’inizio."
		},
	},
}

// italianHidden tells nothing: neither that there is something, nor that it is kept from who asks.
var italianHidden = ReasonWords{
	Title: italianErrors[404].Title,
	Why:   func(About) string { return italianErrors[404].Text },
}

// someone is the person's name inside a sentence.
func someone(a About) string {
	if a.Person == "" {
		return "questa persona"
	}
	return a.Person
}

var italianErrors = map[int]Notice{
	400: {"Richiesta non valida", "L’indirizzo o i dati inviati non sono completi. Torna indietro e riprova."},
	403: {"Non hai il permesso", "Il tuo ruolo non permette questa operazione. Chiedi a un Amministratore del tuo ente."},
	404: {"Pagina non trovata", "L’indirizzo è sbagliato, oppure quello che cerchi non c’è più. Controllalo, o riparti dalla pagina iniziale."},
	405: {"Richiesta non valida", "Questa pagina non si può aprire in questo modo. Riparti dalla pagina iniziale."},
	409: {"Adesso non si può fare", "Nel frattempo la situazione è cambiata. Apri di nuovo la pagina per vedere com’è adesso."},
	413: {"Hai inviato troppi dati", "La richiesta è troppo grande e non è stata letta. Accorcia quello che hai scritto e riprova."},
	422: {"Qualcosa non è scritto bene", "Torna indietro, controlla quello che hai scritto e riprova."},
	429: {"Troppe richieste", "Hai inviato troppe richieste in poco tempo. Aspetta un minuto e riprova."},
	500: {"Qualcosa non ha funzionato", "L’errore è nostro e non hai perso nulla di già salvato. Riprova tra poco; se succede ancora, scrivi all’assistenza."},
	503: {"Servizio non disponibile", "Per qualche minuto non possiamo rispondere. Riprova tra poco."},
}

// italianSignInFaults: the numbers are those of SPID's refusals.
var italianSignInFaults = map[string]Notice{
	"19":          {"Troppi tentativi", "Le credenziali sono state sbagliate troppe volte. Aspetta qualche minuto, controlla nome utente e password e riprova."},
	"20":          {"Il tuo SPID non ha il livello richiesto", "Serve un’identità di livello 2 o superiore. Chiedi al tuo gestore di identità di attivarlo, poi entra di nuovo."},
	"21":          {"Tempo scaduto", "L’accesso è rimasto a metà troppo a lungo. Riprova e completalo senza pause."},
	"22":          {"Non hai dato il consenso", "Senza nome, cognome e codice fiscale non possiamo riconoscerti. Riprova e acconsenti all’invio dei dati."},
	"23":          {"La tua identità digitale è sospesa o revocata", "Con questa identità non puoi entrare. Chiedi al tuo gestore di identità come riattivarla."},
	"25":          {"Hai annullato l’accesso", "Non è successo nulla. Quando vuoi, riprova."},
	"30":          {"Identità non adatta", "Serve un’identità digitale personale: quelle per uso professionale o di un’azienda qui non valgono. Riprova con la tua."},
	"expired":     {"L’accesso è scaduto", "La richiesta di accesso era vecchia, o già usata in un’altra finestra. Riparti dall’inizio."},
	"unavailable": {"Il servizio di identità non risponde", "Ora non è possibile entrare con SPID o CIE. Riprova tra qualche minuto."},
	"level":       {"Il livello di sicurezza è troppo basso", "Serve un accesso di livello 2 o superiore. Riprova scegliendo un accesso con due passaggi, per esempio con l’app o un codice."},
	"identity":    {"Non abbiamo ricevuto il tuo codice fiscale", "Serve un’identità con un codice fiscale italiano. Riprova con un’altra identità, o chiedi al tuo gestore."},
	"generic":     {"Non è stato possibile entrare", "Qualcosa non ha funzionato durante l’accesso. Riprova; se succede ancora, scrivi all’assistenza."},
}
