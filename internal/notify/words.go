package notify

import "areariservata.example/utenti/internal/access"

// farewell is the letter about the removal of the last role: the person is no longer a user of the institution (rule P7).
const farewell access.Action = "farewell"

// letterWords are what all letters of one language say.
type letterWords struct {
	Service, Automatic string
	hello, ask         sentence
	kinds              map[access.Action]letterKind
}

// sentence is built from what it speaks of.
type sentence func(parts) string

// letterKind is what one kind of letter says: what has changed, what follows from it, and where to go now.
type letterKind struct {
	subject    string
	what, then sentence
	way        string // empty: there is nowhere to go
}

func says(s string) sentence { return func(parts) string { return s } }

// words are those of each language.
func words() map[string]letterWords {
	return map[string]letterWords{"it": italian(), "en": english()}
}

func italian() letterWords {
	const enter = "Entra nell’Area Riservata"
	return letterWords{
		Service:   "Area Riservata",
		Automatic: "Questo messaggio è automatico: le risposte a questo indirizzo non vengono lette.",
		hello:     func(p parts) string { return "Ciao " + p.Name + "," },
		ask: func(p parts) string {
			return "Qualcosa non torna? Chiedi a chi amministra " + p.Product + " per " + p.Institution + "."
		},
		kinds: map[access.Action]letterKind{
			access.Add: {
				subject: "Area Riservata: ora puoi accedere",
				what: func(p parts) string {
					return "Da ora puoi accedere all’Area Riservata per conto di " + p.Institution + ", come " + p.Role + " su " + p.Product + "."
				},
				then: says("Per entrare usa SPID o CIE: non serve registrarsi e non ci sono password da scegliere."),
				way:  enter,
			},
			access.Assign: {
				subject: "Area Riservata: hai un nuovo ruolo",
				what: func(p parts) string {
					return "Da ora puoi operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + "."
				},
				then: says("Gli altri ruoli che hai restano come sono."),
				way:  enter,
			},
			access.Suspend: {
				subject: "Area Riservata: un tuo ruolo è stato sospeso",
				what: func(p parts) string {
					return "Non puoi più operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + ": questo ruolo è sospeso."
				},
				then: says("La sospensione non cancella il ruolo, che può essere riabilitato. Gli altri ruoli che hai restano come sono."),
				way:  enter,
			},
			access.Reactivate: {
				subject: "Area Riservata: un tuo ruolo è di nuovo attivo",
				what: func(p parts) string {
					return "Puoi di nuovo operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + "."
				},
				then: says("Tutto è come prima della sospensione."),
				way:  enter,
			},
			access.Remove: {
				subject: "Area Riservata: un tuo ruolo è stato rimosso",
				what: func(p parts) string {
					return "Non puoi più operare su " + p.Product + " come " + p.Role + ", per conto di " + p.Institution + ": questo ruolo è stato rimosso."
				},
				then: says("Gli altri ruoli che hai restano come sono."),
				way:  enter,
			},
			farewell: {
				subject: "Area Riservata: il tuo accesso è terminato",
				what: func(p parts) string {
					return "Non puoi più accedere all’Area Riservata per conto di " + p.Institution + ": il tuo ultimo ruolo, " + p.Role + " su " + p.Product + ", è stato rimosso."
				},
				then: says("L’indirizzo e-mail che l’ente aveva indicato per te e la tua presenza nei suoi gruppi sono stati cancellati."),
			},
		},
	}
}

func english() letterWords {
	const enter = "Go to the Area Riservata"
	return letterWords{
		Service:   "Area Riservata",
		Automatic: "This is an automatic message: replies to this address are not read.",
		hello:     func(p parts) string { return "Hello " + p.Name + "," },
		ask: func(p parts) string {
			return "Something wrong? Ask an Administrator of " + p.Product + " at " + p.Institution + "."
		},
		kinds: map[access.Action]letterKind{
			access.Add: {
				subject: "Area Riservata: you can now sign in",
				what: func(p parts) string {
					return "You can now sign in to the Area Riservata on behalf of " + p.Institution + ", as " + p.Role + " on " + p.Product + "."
				},
				then: says("Use SPID or CIE to sign in: there is nothing to register for and no password to choose."),
				way:  enter,
			},
			access.Assign: {
				subject: "Area Riservata: you have a new role",
				what: func(p parts) string {
					return "You can now work on " + p.Product + " as " + p.Role + ", on behalf of " + p.Institution + "."
				},
				then: says("Your other roles stay as they are."),
				way:  enter,
			},
			access.Suspend: {
				subject: "Area Riservata: a role of yours was suspended",
				what: func(p parts) string {
					return "You can no longer work on " + p.Product + " as " + p.Role + ", on behalf of " + p.Institution + ": this role is suspended."
				},
				then: says("A suspended role is not deleted and can be re-enabled. Your other roles stay as they are."),
				way:  enter,
			},
			access.Reactivate: {
				subject: "Area Riservata: a role of yours is active again",
				what: func(p parts) string {
					return "You can work on " + p.Product + " as " + p.Role + " again, on behalf of " + p.Institution + "."
				},
				then: says("Everything is as it was before the suspension."),
				way:  enter,
			},
			access.Remove: {
				subject: "Area Riservata: a role of yours was revoked",
				what: func(p parts) string {
					return "You can no longer work on " + p.Product + " as " + p.Role + ", on behalf of " + p.Institution + ": this role was revoked."
				},
				then: says("Your other roles stay as they are."),
				way:  enter,
			},
			farewell: {
				subject: "Area Riservata: your access has ended",
				what: func(p parts) string {
					return "You can no longer sign in to the Area Riservata on behalf of " + p.Institution + ": your last role, " + p.Role + " on " + p.Product + ", was revoked."
				},
				then: says("The e-mail address that the institution kept for you and your place in its groups were deleted."),
			},
		},
	}
}
