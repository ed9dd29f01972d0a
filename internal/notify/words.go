package notify

import "areariservata.example/utenti/internal/access"

// lastRemoval is the letter about the removal of the last role: the person is no longer a user of the institution (rule P7).
const lastRemoval access.Action = "farewell"

// emailWords are what all letters of one language say.
type emailWords struct {
	Service, Automatic string
	hello, ask         sentence
	kinds              map[access.Action]emailTexts
}

// sentence is built from what it speaks of.
type sentence func(parts) string

// emailTexts is what one kind of letter says: what has changed, what follows from it, and where to go now.
type emailTexts struct {
	subject           string
	describe, explain sentence
	linkText          string // empty: there is nowhere to go
}

func constant(s string) sentence { return func(parts) string { return s } }

// wordsByLanguage are those of each language.
func wordsByLanguage() map[string]emailWords {
	return map[string]emailWords{"it": italian(), "en": english()}
}

func italian() emailWords {
	const enter = "Entra nell’Area Riservata"
	return emailWords{
		Service:   "Area Riservata",
		Automatic: "Questo messaggio è automatico: le risposte a questo indirizzo non vengono lette.",
		hello:     func(p parts) string { return "Ciao " + p.Name + "," },
		ask: func(p parts) string {
			return "Qualcosa non torna? Chiedi a chi amministra " + p.Product + " per " + p.Institution + "."
		},
		kinds: map[access.Action]emailTexts{
			access.Add: {
				subject: "Area Riservata: ora puoi accedere",
				describe: func(p parts) string {
					return "Da ora puoi accedere all’Area Riservata per conto di " + p.Institution + ", come " + p.Role + " su " + p.Product + "."
				},
				explain:  constant("Per entrare usa SPID o CIE: non serve registrarsi e non ci sono password da scegliere."),
				linkText: enter,
			},
			access.Assign: {
				subject: "Area Riservata: hai un nuovo ruolo",
				describe: func(p parts) string {
					return "Da ora puoi operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + "."
				},
				explain:  constant("Gli altri ruoli che hai restano come sono."),
				linkText: enter,
			},
			access.Suspend: {
				subject: "Area Riservata: un tuo ruolo è stato sospeso",
				describe: func(p parts) string {
					return "Non puoi più operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + ": questo ruolo è sospeso."
				},
				explain:  constant("La sospensione non cancella il ruolo, che può essere riabilitato. Gli altri ruoli che hai restano come sono."),
				linkText: enter,
			},
			access.Reactivate: {
				subject: "Area Riservata: un tuo ruolo è di nuovo attivo",
				describe: func(p parts) string {
					return "Puoi di nuovo operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + "."
				},
				explain:  constant("Tutto è come prima della sospensione."),
				linkText: enter,
			},
			access.Remove: {
				subject: "Area Riservata: un tuo ruolo è stato rimosso",
				describe: func(p parts) string {
					return "Non puoi più operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + ": questo ruolo è stato rimosso."
				},
				explain:  constant("Gli altri ruoli che hai restano come sono."),
				linkText: enter,
			},
			lastRemoval: {
				subject: "Area Riservata: il tuo accesso è terminato",
				describe: func(p parts) string {
					return "Non puoi più accedere all’Area Riservata per conto di " + p.Institution + ": il tuo ultimo ruolo, " + p.Role + " su " + p.Product + ", è stato rimosso."
				},
				explain: constant("L’indirizzo e-mail che l’ente aveva indicato per te e la tua presenza nei suoi gruppi sono stati cancellati."),
			},
		},
	}
}

func english() emailWords {
	const enter = "Go to the Area Riservata"
	return emailWords{
		Service:   "Area Riservata",
		Automatic: "This is an automatic message: replies to this address are not read.",
		hello:     func(p parts) string { return "Hello " + p.Name + "," },
		ask: func(p parts) string {
			return "Something wrong? Ask an Administrator of " + p.Product + " at " + p.Institution + "."
		},
		kinds: map[access.Action]emailTexts{
			access.Add: {
				subject: "Area Riservata: you can now sign in",
				describe: func(p parts) string {
					return "You can now sign in to the Area Riservata on behalf of " + p.Institution + ", as " + p.Role + " on " + p.Product + "."
				},
				explain:  constant("Use SPID or CIE to sign in: there is nothing to register for and no password to choose."),
				linkText: enter,
			},
			access.Assign: {
				subject: "Area Riservata: you have a new role",
				describe: func(p parts) string {
					return "You can now work on " + p.Product + " as " + p.Role + ", on behalf of " + p.Institution + "."
				},
				explain:  constant("Your other roles stay as they are."),
				linkText: enter,
			},
			access.Suspend: {
				subject: "Area Riservata: a role of yours was suspended",
				describe: func(p parts) string {
					return "You can no longer work on " + p.Product + " as " + p.Role + ", on behalf of " + p.Institution + ": this role is suspended."
				},
				explain:  constant("A suspended role is not deleted and can be re-enabled. Your other roles stay as they are."),
				linkText: enter,
			},
			access.Reactivate: {
				subject: "Area Riservata: a role of yours is active again",
				describe: func(p parts) string {
					return "You can work on " + p.Product + " as " + p.Role + " again, on behalf of " + p.Institution + "."
				},
				explain:  constant("Everything is as it was before the suspension."),
				linkText: enter,
			},
			access.Remove: {
				subject: "Area Riservata: a role of yours was revoked",
				describe: func(p parts) string {
					return "You can no longer work on " + p.Product + " as " + p.Role + ", on behalf of " + p.Institution + ": this role was revoked."
				},
				explain:  constant("Your other roles stay as they are."),
				linkText: enter,
			},
			lastRemoval: {
				subject: "Area Riservata: your access has ended",
				describe: func(p parts) string {
					return "You can no longer sign in to the Area Riservata on behalf of " + p.Institution + ": your last role, " + p.Role + " on " + p.Product + ", was revoked."
				},
				explain: constant("The e-mail address that the institution kept for you and your place in its groups were deleted."),
			},
		},
	}
}
