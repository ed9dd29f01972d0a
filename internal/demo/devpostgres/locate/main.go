// Command locate prints which PostgreSQL the demo and the tests will use. If there is none it fails and lists how to
// install one; the Makefile runs it before it fetches one.
package main

import (
	"context"
	"fmt"
	"os"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

func main() {
	found, err := devpostgres.Find(context.Background(), "")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("PostgreSQL", found.Version, found.Dir)
}
