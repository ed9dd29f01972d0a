package htmltest

// Labels of the Italian pages that many tests press or look for. The golden outlines of the gallery hold the words
// themselves.
const (
	SignIn     = "Entra con SPID o CIE"
	Suspend    = "Sospendi"
	Reactivate = "Riabilita"
	Remove     = "Rimuovi"
	Cancel     = "Annulla"
	Suspended  = "Sospeso"
)
