package notify

import (
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// ofInstitution is an institution's name as it follows "per conto" and "on behalf of". An Italian name with an unknown
// first word follows "dell’ente", which is right for every name.
func ofInstitution(l *locale.Locale, name string) string {
	if l.Language != access.Italian {
		return name
	}
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	return prepositionFor(first) + name
}

// prepositionFor is the Italian preposition with the article of a public body's name, by the name's first word.
func prepositionFor(first string) string {
	switch first {
	case "centro", "collegio", "comitato", "commissariato", "comune", "consiglio", "consorzio", "dipartimento", "fondo",
		"gestore", "ministero", "municipio", "parco", "policlinico", "politecnico", "tribunale":
		return "del "
	case "banca", "camera", "cassa", "città", "comunità", "corte", "direzione", "federazione", "fondazione", "prefettura",
		"presidenza", "provincia", "questura", "regione", "scuola", "società":
		return "della "
	case "accademia", "agenzia", "archivio", "associazione", "autorità", "avvocatura", "azienda", "ente", "ispettorato",
		"istituto", "ordine", "ospedale", "ufficio", "unione", "università":
		return "dell’"
	}
	return "dell’ente "
}
