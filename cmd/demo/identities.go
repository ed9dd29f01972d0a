package main

import (
	"encoding/json"
	"fmt"
	"io"

	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/demo/identities"
)

// printIdentities prints one identity for each person of the first data file, with a note on their roles in all files.
func printIdentities(catalogueName string, names []string, stdout io.Writer) error {
	file, err := readFile(catalogueName)
	if err != nil {
		return err
	}
	products, err := catalogue.Read(file.Name, file.Content)
	if err != nil {
		return err
	}
	var all []datafile.Data
	for _, name := range names {
		file, err := readFile(name)
		if err != nil {
			return err
		}
		d, err := datafile.Read(file.Name, file.Content)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	return printJSON(stdout, identities.Of(all[0].People, products, all...))
}

func printJSON(w io.Writer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, string(text))
	return err
}
