package web

import (
	"net/url"

	"areariservata.example/utenti/internal/access"
)

// ImportURL is the form for a file with users to add (GET), and the preview of the file (POST).
func ImportURL(i access.InstitutionID) string { return HomeURL(i) + "/users/import" }

// ImportTemplateURL is a file with only the headings.
func ImportTemplateURL(i access.InstitutionID) string { return ImportURL(i) + "/template.csv" }

// ImportCheckURL is the page on which a file's rows are checked. Its plan is kept under the key of its form.
func ImportCheckURL(i access.InstitutionID, key string) string {
	return ImportURL(i) + "/check?" + url.Values{"form": {key}}.Encode()
}

// ImportAnswersURL is that page with the answers given so far about doubtful rows.
func ImportAnswersURL(i access.InstitutionID, key string, answers map[int]string) string {
	v := url.Values{"form": {key}, "unsure": {"1"}}
	for line, answer := range answers {
		v.Set(RowField(line), answer)
	}
	return ImportURL(i) + "/check?" + v.Encode()
}

// ImportLeftOutURL is a file with the rows that the form left out, and why.
func ImportLeftOutURL(i access.InstitutionID, key string) string {
	return ImportURL(i) + "/left-out.csv?" + url.Values{"done": {key}}.Encode()
}

// ImportEditURL is the form with the rows of that page, to correct them.
func ImportEditURL(i access.InstitutionID, key string) string {
	return ImportURL(i) + "?" + url.Values{"form": {key}}.Encode()
}

// ImportConfirmURL is the target of the preview, which executes the import (POST).
func ImportConfirmURL(i access.InstitutionID) string { return ImportURL(i) + "/confirm" }

// ImportResultURL is the result, row by row, of the import with that idempotency key.
func ImportResultURL(i access.InstitutionID, mark string) string {
	return ImportURL(i) + "/done?" + url.Values{"done": {mark}}.Encode()
}
