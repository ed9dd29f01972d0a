// Command thousand writes the demo's institution with a thousand users, the same at every run.
//
//	go run ./internal/demo/thousand -o internal/demo/thousand.yaml
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/invented"
	"areariservata.example/utenti/internal/form"
)

const personCount = 1000

func main() {
	out := flag.String("o", "thousand.yaml", "the file to write")
	flag.Parse()
	text, err := renderFile()
	if err == nil {
		err = os.WriteFile(*out, []byte(text), 0o644) //nolint:gosec // invented people, for every reader
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "thousand:", err)
		os.Exit(1)
	}
}

const head = `# Written by internal/demo/thousand (go generate ./internal/demo): a list long enough to search, sort and page.
# All people are invented. The first one is also in data.yaml, to sign in as.
`

const institution = `institutions:
  - code: agenzia-valdombra
    name: Agenzia per i Servizi di Valdombra
    type: PA
    subscriptions: [prod-pn, prod-interop, prod-io]
    groups:
      - prod-pn/Sede di levante
      - prod-pn/Sede di ponente
      - prod-pn/Sede provvisoria suspended
      - prod-interop/Banche dati
      - prod-io/Redazione
    users:
`

// renderFile returns the content of the file.
func renderFile() (string, error) {
	var people, users strings.Builder
	codes, mailboxes := map[access.FiscalCode]bool{}, map[string]int{}
	rng := rand.New(rand.NewPCG(1861, 1946)) //nolint:gosec // reproducible, not a secret
	for n := range personCount {
		p, verified := randomPerson(rng), rng.IntN(3) > 0
		if n == 0 {
			p, verified = beatrice(), true
		}
		code, err := invented.FiscalCode(p)
		for err == nil && codes[code] { // the same code again: try another birthday
			p.Born = p.Born.AddDate(0, 0, 1)
			code, err = invented.FiscalCode(p)
		}
		if err != nil {
			return "", fmt.Errorf("%s %s: %w", p.FirstName, p.LastName, err)
		}
		codes[code] = true
		fmt.Fprintf(
			&people,
			"  - {fiscalCode: %s, firstName: %q, lastName: %q%s}\n",
			code.Reveal(),
			p.FirstName,
			p.LastName,
			verifiedField(verified),
		)
		fmt.Fprintf(&users, "      - {person: %s, email: %s, %s}\n", code.Reveal(), uniqueEmail(p, mailboxes), randomRoles(rng, n))
	}
	return head + "people:\n" + people.String() + institution + users.String(), nil
}

// beatrice is the Administrator of every product, also in data.yaml.
func beatrice() invented.Person {
	return invented.Person{
		FirstName: "Beatrice",
		LastName:  "Fontana",
		Woman:     true,
		Born:      time.Date(1979, time.May, 14, 0, 0, 0, 0, time.UTC),
		Place:     "F205",
	}
}

func verifiedField(verified bool) string {
	if verified {
		return ", verified: true"
	}
	return ""
}

// uniqueEmail is name.surname, with a number if the name occurred before.
func uniqueEmail(p invented.Person, taken map[string]int) string {
	name := strings.ReplaceAll(form.Fold(p.FirstName)+"."+form.Fold(p.LastName), " ", "")
	taken[name]++
	if taken[name] > 1 {
		name = fmt.Sprint(name, taken[name])
	}
	return name + "@valdombra.example"
}

func pick(rng *rand.Rand, words string) string {
	list := strings.Split(words, ", ")
	return list[rng.IntN(len(list))]
}

const (
	women = "Alba, Alessia, Allegra, Anita, Annalisa, Aurora, Camilla, Carlotta, Caterina, Cecilia, Clara, Claudia, " +
		"Cristina, Daniela, Desirée, Diana, Eleonora, Elisa, Emma, Federica, Flavia, Francesca, Gaia, Giada, Ginevra, " +
		"Irene, Isabella, Letizia, Livia, Loredana, Ludovica, Maria Grazia, Maria Sofia, Martina, Matilde, Michela, " +
		"Mirella, Nicoletta, Noemi, Noèlle, Ornella, Patrizia, Rachele, Raffaella, Rebecca, Silvia, Teresa, Viola, " +
		"Špela, Zoë"
	men = "Achille, Adriano, Alberto, Aldo, Amedeo, André, Bruno, Carlo, Corrado, Dario, Diego, Edoardo, Emanuele, " +
		"Enea, Ettore, Fabio, Federico, Filippo, Gian Luca, Giacomo, Giordano, Giosuè, Giovanni, Jürgen, Leonardo, " +
		"Lorenzo, Luigi, Manuel, Matteo, Mattia, Mosè, Nicolò, Noè, Oreste, Ottavio, Pier Paolo, Pietro, Raffaele, " +
		"Renato, Riccardo, Salvatore, Samuele, Sergio, Stefano, Tancredi, Umberto, Valerio, Vincenzo, Žiga, Zaccaria"
	surnames = "Abbiati, Alòisi, Amadori, Ardizzone, Baldini, Basilicò, Battistella, Bellandi, Bevilacqua, Boscolo, " +
		"Brambilla, Caccamo, Calì, Camilleri, Cantù, Caputo, Carbone, Cavalcanti, Ceccarelli, Colonna, Crnigoj, " +
		"D'Agostino, D'Ambrosio, D'Orazio, Da Col, Dalla Costa, De Angelis, De Luca, Degli Esposti, Del Prete, " +
		"Della Rovere, Di Bartolomeo, Di Stefano, Donà, Fabbri, Facchinetti, Forlì, Fumagalli, Gallo, Gentile, Giuffrè, " +
		"Grimaldi, Hölzl, Iannone, Innerhofer, Kravanja, La Rosa, Lo Presti, Lombardi, Macrì, Mantovani, Marchetti, " +
		"Mastrangelo, Mazzanti, Merlò, Montagna, Mulè, Nicolè, Niccolai, Oberhauser, Orsini, Pagani, Palumbo, Pandolfi, " +
		"Pellegrini, Piccinini, Quaglia, Ravelli, Rinaldi, Romagnoli, Ruggeri, Sacchi, Salvemini, Sant'Agata, Scalzò, " +
		"Serafini, Spadafora, Tagliabue, Tamburini, Testa, Trevisan, Tròia, Ughetto, Valentini, Vecchietti, Venturi, " +
		"Visentin, Zaccaria, Zamboni, Zuccalà, Čuk, Štefančič"
	towns = "H501, F205, L219, A944, D612, F839, G273, L736, D969, A662, C351, L424, E506, B354, G478"
)

// randomPerson returns a person, sometimes with two surnames.
func randomPerson(rng *rand.Rand) invented.Person {
	p := invented.Person{Woman: rng.IntN(2) == 0, LastName: pick(rng, surnames), Place: pick(rng, towns)}
	p.FirstName = pick(rng, men)
	if p.Woman {
		p.FirstName = pick(rng, women)
	}
	switch rng.IntN(12) {
	case 0:
		p.LastName += " " + pick(rng, surnames)
	case 1:
		p.LastName += "-" + pick(rng, surnames)
	}
	p.Born = time.Date(1957, time.January, 1+rng.IntN(16000), 0, 0, 0, 0, time.UTC)
	return p
}

// randomRoles returns a person's roles: most are Operators of SEND, a few administer, a few are suspended.
func randomRoles(rng *rand.Rand, n int) string {
	if n == 0 {
		return "roles: [prod-pn/admin, prod-interop/admin, prod-io/referente amministrativo]"
	}
	state := ""
	if rng.IntN(15) == 0 {
		state = " suspended"
	}
	switch d := rng.IntN(100); {
	case d < 2:
		return "roles: [prod-pn/admin" + state + "]"
	case d < 3:
		return "roles: [prod-interop/admin, prod-io/referente amministrativo" + state + "]"
	case d < 55:
		return "roles: [prod-pn/operator" + state + "]" + randomGroup(
			rng,
			"prod-pn/Sede di levante, prod-pn/Sede di ponente, prod-pn/Sede provvisoria",
		)
	case d < 65:
		return "roles: [prod-interop/api, prod-interop/security" + state + "]" + randomGroup(rng, "prod-interop/Banche dati")
	case d < 75:
		return "roles: [prod-interop/" + pick(rng, "viewer, reviewer, api, security") + state + "]"
	case d < 90:
		return "roles: [prod-io/referente operativo" + state + "]" + randomGroup(rng, "prod-io/Redazione")
	default:
		return "roles: [prod-pn/operator, prod-io/referente operativo" + state + "]"
	}
}

// randomGroup returns a group for every other person.
func randomGroup(rng *rand.Rand, groups string) string {
	if rng.IntN(2) == 0 {
		return ""
	}
	return ", groups: [" + pick(rng, groups) + "]"
}
