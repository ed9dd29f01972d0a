package htmltest

// Labels of the Italian pages that many tests use. The gallery's golden outlines check the texts themselves.
const (
	SignIn     = "Entra con SPID o CIE"
	Suspend    = "Sospendi"
	Reactivate = "Riabilita"
	ChangeRole = "Cambia ruolo"
	Remove     = "Rimuovi"
	Cancel     = "Annulla"
	Suspended  = "Sospeso"
)
