package generate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/invented"
)

// generatedPerson is a person, who can work in several institutions.
type generatedPerson struct {
	id                  access.PersonID
	firstName, lastName string
	code                access.FiscalCode
	verified            bool
}

// days is the number of possible birthdays, a prime; places is the number of birthplaces. Because they are coprime, no
// two of the first days*places people have both in common, so all fiscal codes differ.
const (
	days   = 16_001
	places = 9_990
)

// person returns the n-th person: the same for the same seed, in any order of calls.
func (g *generation) person(n int) (generatedPerson, error) {
	dice := rand.New(rand.NewPCG(g.seed, uint64(n)<<1)) //nolint:gosec // not a secret: the result must be reproducible
	p := invented.Person{Woman: dice.IntN(2) == 0}
	p.FirstName, p.LastName = pickSkewed(dice, men), surname(dice)
	if p.Woman {
		p.FirstName = pickSkewed(dice, women)
	}
	if dice.IntN(20) == 0 {
		p.FirstName += " " + pickSkewed(dice, map[bool][]string{true: women, false: men}[p.Woman])
	}
	day := (n*7_919 + int(g.seed%days)) % days
	place := (n/days + day*137) % places
	p.Born = time.Date(1957, time.January, 1+day, 0, 0, 0, 0, time.UTC)
	p.Place = fmt.Sprintf("%c%03d", "ABCDEFGHIL"[place%10], 1+(place/10*389)%999)
	code, err := invented.FiscalCode(p)
	if err != nil {
		return generatedPerson{}, fmt.Errorf("person %d: %w", n, err)
	}
	return generatedPerson{
		id:        access.PersonID(uuid(dice)),
		firstName: p.FirstName,
		lastName:  p.LastName,
		code:      code,
		verified:  dice.IntN(5) < 3,
	}, nil
}

// surname returns a surname, sometimes two joined by a space or a hyphen.
func surname(dice *rand.Rand) string {
	name := pickSkewed(dice, surnames)
	switch dice.IntN(16) {
	case 0:
		name += " " + pickSkewed(dice, surnames)
	case 1:
		name += "-" + pickSkewed(dice, surnames)
	}
	return name
}

// pickSkewed picks an element; the first ones are far more frequent than the last ones, as with real names.
func pickSkewed(dice *rand.Rand, list []string) string {
	return list[int(math.Pow(dice.Float64(), 2)*float64(len(list)))]
}

// uuid is a UUID from the given random source.
func uuid(dice *rand.Rand) string {
	high, low := dice.Uint64()&^0xf000|0x4000, dice.Uint64()&^(3<<62)|1<<63
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&(1<<48-1))
}

// placeName is an invented name of a place.
func placeName(dice *rand.Rand) string {
	return pickSkewed(
		dice,
		beginnings,
	) + pickSkewed(
		dice,
		endings,
	) + map[int]string{0: " Superiore", 1: " sul Colle", 2: " Marina"}[dice.IntN(9)]
}

var (
	women = strings.Split(
		"Maria,Anna,Giulia,Sofia,Francesca,Chiara,Sara,Laura,Elena,Paola,Giorgia,Martina,Alessandra,Valentina,Silvia,"+
			"Roberta,Federica,Elisa,Simona,Monica,Ilaria,Lucia,Angela,Rosa,Teresa,Beatrice,Alice,Rita,Caterina,Emanuela,"+
			"Marta,Daniela,Maria Teresa,Anna Maria,Rosanna,Miriam,Lidia,Nives,Zoè,Noemi,Jolanda,Désirée,Gisèle,Maria José,"+
			"Ingrid,Ulrike,Živa,Ksenija,Çiğdem,Małgorzata",
		",",
	)
	men = strings.Split(
		"Marco,Andrea,Giuseppe,Francesco,Alessandro,Luca,Antonio,Matteo,Giovanni,Lorenzo,Davide,Stefano,Paolo,Roberto,"+
			"Simone,Riccardo,Gabriele,Michele,Nicolò,Daniele,Mario,Pietro,Filippo,Vincenzo,Salvatore,Domenico,Enrico,"+
			"Massimo,Claudio,Giacomo,Tommaso,Gian Marco,Pier Luigi,Niccolò,Giosuè,Noè,Mosè,Ermes,Ivo,Calogero,Rocco,Jürgen,"+
			"Matjaž,Günther,José,René,Þór,Łukasz,Özgür,Søren",
		",",
	)
	surnames = strings.Split(
		"Rossi,Ferrari,Russo,Bianchi,Colombo,Esposito,Ricci,Romano,Marino,Greco,Bruno,Conti,Costa,Giordano,Mancini,Rizzo,"+
			"Moretti,Barbieri,Lombardo,Fontana,Santoro,Mariani,Rinaldi,Caruso,Ferrara,Galli,Martini,Leone,Longo,Gentile,"+
			"Martinelli,Vitale,Serra,Coppola,De Santis,D'Angelo,Marchetti,Parisi,Villa,Conte,Ferraro,Ferri,Fabbri,Bianco,"+
			"Marini,Grasso,Valentini,Messina,Sala,De Luca,Gatti,Pellegrini,Palumbo,Sanna,Farina,Rizzi,Monti,Cattaneo,"+
			"Morelli,Amato,Silvestri,Mazza,Testa,Grassi,Pellegrino,Carbone,Giuliani,Benedetti,Barone,Rossetti,Caputo,"+
			"Montanari,Guerra,Palmieri,Bernardi,Martino,Fiore,De Rosa,Ferretti,Bellini,Basile,Riva,Donati,Piras,Vitali,"+
			"Battaglia,Sartori,Neri,Costantini,Milani,Pagano,Ruggiero,Sorrentino,D'Amico,Orlando,Damico,Negri,Mantovani,"+
			"Niccolai,Calabrò,Cuccurù,Fazzalò,Surrò,Mirò,Cortè,Bertolè,Salò,Patanè,Nardò,Forlì,Lodà,Viganò,Frisò,Dell'Orto,"+
			"Dall'Olio,Sant'Ambrogio,L'Abbate,De' Medici,Degl'Innocenti,Della Valle,Lo Cascio,La Torre,Di Giovanni,"+
			"Delle Piane,Dal Molin,Höller,Pfösl,Müller,Gruber,Weiß,Žnidaršič,Kovačič,Čermelj,Šuligoj,Bergès,Lançon,Núñez,"+
			"Hađić,Wójcik,Åkesson,Ó Briain",
		",",
	)
	beginnings = strings.Split("Monte,Castel,Borgo,Rocca,Villa,Ponte,Campo,Acqua,Fonte,Pietra,Torre,Valle,Serra,Poggio,Prato,Selva", ",")
	endings    = strings.Split(
		"chiaro,verde,lungo,bruno,vento,maggiore,franco,scuro,fiorito,lieve,antico,rosso,sereno,grigio,gelato,dolce",
		",",
	)
)
