package web

// Both texts say what is true of a product that hasn't been declared yet, and no more.

var italianAccessibility = TextPage{
	Title: "Accessibilità",
	Lead:  "Vogliamo che l’Area Riservata si possa usare con ogni strumento: tastiera, lettore di schermo, ingrandimento, comandi vocali.",
	Sections: []Notice{
		{"A che punto siamo", "Il servizio non ha ancora una dichiarazione di accessibilità. Lo costruiamo seguendo le WCAG 2.2, livello AA, e la pubblicheremo quando le verifiche saranno complete."},
		{"Che cosa controlliamo", "A ogni modifica un controllo automatico esamina tutte le pagine in un browser. Ogni percorso deve funzionare con la sola tastiera, senza JavaScript, con il testo ingrandito, in schermi larghi 320 pixel e con i colori ad alto contrasto."},
		{"Che cosa manca", "Le prove automatiche non bastano: mancano ancora prove con persone che usano tecnologie assistive ogni giorno. La modalità scura non c’è; i colori ad alto contrasto del sistema operativo sono rispettati."},
		{"Se trovi un ostacolo", "Scrivici che cosa volevi fare, in quale pagina, e con quale strumento. Non inviare codici fiscali né dati di altre persone."},
	},
	Contact:   "Segnala un ostacolo",
	NoContact: "L’indirizzo per le segnalazioni non è ancora stato pubblicato: rivolgiti all’assistenza del servizio.",
}

var italianPrivacy = TextPage{
	Title: "Privacy",
	Lead:  "Quali dati usa questo servizio, chi li vede e che cosa ne facciamo. L’informativa completa è quella del servizio che lo ospita.",
	Sections: []Notice{
		{"Quali dati", "Nome, cognome, codice fiscale, e-mail istituzionale, ruoli e gruppi di chi lavora per un ente sui prodotti PagoPA, e la lingua che scegli."},
		{"Da dove vengono", "Li inserisce un Amministratore dell’ente. Quando entri con SPID o CIE, nome e cognome vengono verificati."},
		{"Chi li vede", "Tu, e gli Amministratori dei prodotti del tuo ente. Nessun ente vede quello che ha scritto un altro, né per chi altro lavori."},
		{"Che cosa resta scritto", "Ogni modifica ai ruoli viene registrata: chi l’ha fatta, su chi, e quando. Il registro non si può cambiare."},
		{"Cookie", "Solo tecnici: tengono aperta la sessione, proteggono l’accesso, ritrovano il modulo che stavi compilando quando la sessione è finita, e ricordano per un anno la lingua che hai scelto. Nessuna statistica, nessun servizio di terzi."},
	},
	Contact:   "Per i tuoi diritti sui dati",
	NoContact: "Per i tuoi diritti sui dati rivolgiti all’ente per cui lavori.",
}
