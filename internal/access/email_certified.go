package access

import (
	_ "embed"
	"slices"
	"strings"
)

// mailKind is the kind of mail that a domain's name indicates.
type mailKind int

const (
	ordinaryMail mailKind = iota
	doubtfulMail          // ordinary and certified mail both have such names
	certifiedMail
)

//go:embed certified.txt
var certifiedText string

// mailNames are the names in certified.txt, which explains the kinds, by kind.
var mailNames = readMailNames(certifiedText)

func readMailNames(text string) map[string][]string {
	names := map[string][]string{}
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] != "#" {
			names[fields[0]] = append(names[fields[0]], fields[1])
		}
	}
	return names
}

// kindOfMail classifies a domain by its labels without the top-level one. A name is compared with whole labels, or with
// their beginning and end, because there are municipalities called Peccioli and Certaldo.
func kindOfMail(domain string) mailKind {
	labels := strings.Split(domain, ".")
	labels = labels[:len(labels)-1]
	ofBody := slices.ContainsFunc(labels, func(label string) bool { return hasPrefixIn("body", label) })
	kind := ordinaryMail
	for _, label := range labels {
		if label == "cert" && ofBody {
			label = "pec" // certified mail of a municipality, not an incident response team
		}
		kind = max(kind, kindOfLabel(label))
	}
	switch {
	case isUnder("ordinary", domain):
		return ordinaryMail
	case isUnder("domain", domain):
		return certifiedMail
	case isUnder("doubtful", domain):
		return max(kind, doubtfulMail)
	}
	return kind
}

func kindOfLabel(label string) mailKind {
	begins := hasPrefixIn("affix", label)
	ends := slices.ContainsFunc(mailNames["affix"], func(affix string) bool { return strings.HasSuffix(label, affix) })
	switch {
	case slices.Contains(mailNames["word"], strings.TrimRight(label, "0123456789")),
		strings.HasPrefix(label, "pec-"), strings.HasSuffix(label, "-pec"),
		(begins || ends) && slices.ContainsFunc(mailNames["body"], func(body string) bool { return strings.Contains(label, body) }):
		return certifiedMail
	case hasPrefixIn("ordinary", label):
		return ordinaryMail
	case ends, hasPrefixIn("prefix", label), slices.Contains(mailNames["doubtful"], label),
		slices.ContainsFunc(mailNames["affix"], func(affix string) bool { return strings.HasPrefix(label, affix+"-") }):
		return doubtfulMail
	}
	return ordinaryMail
}

// hasPrefixIn reports whether a label begins with a name of the kind.
func hasPrefixIn(kind, label string) bool {
	return slices.ContainsFunc(mailNames[kind], func(name string) bool { return strings.HasPrefix(label, name) })
}

// isUnder reports whether a domain is one of the kind, or a subdomain of one.
func isUnder(kind, domain string) bool {
	return slices.ContainsFunc(mailNames[kind], func(name string) bool {
		return strings.Contains(name, ".") && (domain == name || strings.HasSuffix(domain, "."+name))
	})
}
