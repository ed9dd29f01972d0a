// Command where says which PostgreSQL the demo and the tests would run, and fails with the ways out where there is none:
// the Makefile asks it before it fetches one.
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
