// Command thousand writes the demo's crowd: one institution with a thousand users, the same at every run.
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

const howMany = 1000

func main() {
	out := flag.String("o", "thousand.yaml", "the file to write")
	flag.Parse()
	text, err := file()
	if err == nil {
		err = os.WriteFile(*out, []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "thousand:", err)
		os.Exit(1)
	}
}

const head = `# Written by internal/demo/thousand (go generate ./internal/demo): a crowd to search, sort and page through.
# Everybody is invented. The first is also among the people of data.yaml, to sign in as.
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

// file is the whole file.
func file() (string, error) {
	var people, users strings.Builder
	codes, mailboxes := map[access.FiscalCode]bool{}, map[string]int{}
	dice := rand.New(rand.NewPCG(1861, 1946))
	for n := range howMany {
		p, verified := someone(dice), dice.IntN(3) > 0
		if n == 0 {
			p, verified = beatrice(), true
		}
		code, err := invented.FiscalCode(p)
		for err == nil && codes[code] { // born on another day
			p.Born = p.Born.AddDate(0, 0, 1)
			code, err = invented.FiscalCode(p)
		}
		if err != nil {
			return "", fmt.Errorf("%s %s: %w", p.FirstName, p.LastName, err)
		}
		codes[code] = true
		fmt.Fprintf(&people, "  - {fiscalCode: %s, firstName: %q, lastName: %q%s}\n", code.Reveal(), p.FirstName, p.LastName, mark(verified))
		fmt.Fprintf(&users, "      - {person: %s, email: %s, %s}\n", code.Reveal(), mailbox(p, mailboxes), duties(dice, n))
	}
	return head + "people:\n" + people.String() + institution + users.String(), nil
}

// beatrice is the Administrator of everything, in data.yaml too.
func beatrice() invented.Person {
	return invented.Person{FirstName: "Beatrice", LastName: "Fontana", Woman: true, Born: time.Date(1979, time.May, 14, 0, 0, 0, 0, time.UTC), Place: "F205"}
}

func mark(verified bool) string {
	if verified {
		return ", verified: true"
	}
	return ""
}

// mailbox is name.surname, with a number from the second of that name on.
func mailbox(p invented.Person, taken map[string]int) string {
	name := strings.ReplaceAll(form.Fold(p.FirstName)+"."+form.Fold(p.LastName), " ", "")
	taken[name]++
	if taken[name] > 1 {
		name = fmt.Sprint(name, taken[name])
	}
	return name + "@valdombra.example"
}

func pick(dice *rand.Rand, words string) string {
	list := strings.Split(words, ", ")
	return list[dice.IntN(len(list))]
}

const (
	women = "Alba, Alessia, Allegra, Anita, Annalisa, Aurora, Camilla, Carlotta, Caterina, Cecilia, Clara, Claudia, Cristina, Daniela, Desirée, Diana, " +
		"Eleonora, Elisa, Emma, Federica, Flavia, Francesca, Gaia, Giada, Ginevra, Irene, Isabella, Letizia, Livia, Loredana, Ludovica, Maria Grazia, " +
		"Maria Sofia, Martina, Matilde, Michela, Mirella, Nicoletta, Noemi, Noèlle, Ornella, Patrizia, Rachele, Raffaella, Rebecca, Silvia, Teresa, Viola, Špela, Zoë"
	men = "Achille, Adriano, Alberto, Aldo, Amedeo, André, Bruno, Carlo, Corrado, Dario, Diego, Edoardo, Emanuele, Enea, Ettore, Fabio, Federico, Filippo, " +
		"Gian Luca, Giacomo, Giordano, Giosuè, Giovanni, Jürgen, Leonardo, Lorenzo, Luigi, Manuel, Matteo, Mattia, Mosè, Nicolò, Noè, Oreste, Ottavio, Pier Paolo, " +
		"Pietro, Raffaele, Renato, Riccardo, Salvatore, Samuele, Sergio, Stefano, Tancredi, Umberto, Valerio, Vincenzo, Žiga, Zaccaria"
	surnames = "Abbiati, Alòisi, Amadori, Ardizzone, Baldini, Basilicò, Battistella, Bellandi, Bevilacqua, Boscolo, Brambilla, Caccamo, Calì, Camilleri, Cantù, Caputo, " +
		"Carbone, Cavalcanti, Ceccarelli, Colonna, Crnigoj, D'Agostino, D'Ambrosio, D'Orazio, Da Col, Dalla Costa, De Angelis, De Luca, Degli Esposti, Del Prete, Della Rovere, " +
		"Di Bartolomeo, Di Stefano, Donà, Fabbri, Facchinetti, Forlì, Fumagalli, Gallo, Gentile, Giuffrè, Grimaldi, Hölzl, Iannone, Innerhofer, Kravanja, La Rosa, Lo Presti, " +
		"Lombardi, Macrì, Mantovani, Marchetti, Mastrangelo, Mazzanti, Merlò, Montagna, Mulè, Nicolè, Niccolai, Oberhauser, Orsini, Pagani, Palumbo, Pandolfi, Pellegrini, " +
		"Piccinini, Quaglia, Ravelli, Rinaldi, Romagnoli, Ruggeri, Sacchi, Salvemini, Sant'Agata, Scalzò, Serafini, Spadafora, Tagliabue, Tamburini, Testa, Trevisan, Tròia, " +
		"Ughetto, Valentini, Vecchietti, Venturi, Visentin, Zaccaria, Zamboni, Zuccalà, Čuk, Štefančič"
	towns = "H501, F205, L219, A944, D612, F839, G273, L736, D969, A662, C351, L424, E506, B354, G478"
)

// someone is anybody, with two surnames now and then.
func someone(dice *rand.Rand) invented.Person {
	p := invented.Person{Woman: dice.IntN(2) == 0, LastName: pick(dice, surnames), Place: pick(dice, towns)}
	p.FirstName = pick(dice, men)
	if p.Woman {
		p.FirstName = pick(dice, women)
	}
	switch dice.IntN(12) {
	case 0:
		p.LastName += " " + pick(dice, surnames)
	case 1:
		p.LastName += "-" + pick(dice, surnames)
	}
	p.Born = time.Date(1957, time.January, 1+dice.IntN(16000), 0, 0, 0, 0, time.UTC)
	return p
}

// duties are what somebody does: most are Operators of SEND, a few administer, a few are suspended.
func duties(dice *rand.Rand, n int) string {
	if n == 0 {
		return "roles: [prod-pn/admin, prod-interop/admin, prod-io/referente amministrativo]"
	}
	state := ""
	if dice.IntN(15) == 0 {
		state = " suspended"
	}
	switch d := dice.IntN(100); {
	case d < 2:
		return "roles: [prod-pn/admin" + state + "]"
	case d < 3:
		return "roles: [prod-interop/admin, prod-io/referente amministrativo" + state + "]"
	case d < 55:
		return "roles: [prod-pn/operator" + state + "]" + group(dice, "prod-pn/Sede di levante, prod-pn/Sede di ponente, prod-pn/Sede provvisoria")
	case d < 65:
		return "roles: [prod-interop/api, prod-interop/security" + state + "]" + group(dice, "prod-interop/Banche dati")
	case d < 75:
		return "roles: [prod-interop/" + pick(dice, "viewer, reviewer, api, security") + state + "]"
	case d < 90:
		return "roles: [prod-io/referente operativo" + state + "]" + group(dice, "prod-io/Redazione")
	default:
		return "roles: [prod-pn/operator, prod-io/referente operativo" + state + "]"
	}
}

// group is one of some, for every other one.
func group(dice *rand.Rand, groups string) string {
	if dice.IntN(2) == 0 {
		return ""
	}
	return ", groups: [" + pick(dice, groups) + "]"
}
