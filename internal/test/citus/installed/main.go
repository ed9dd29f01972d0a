// Command installed says whether the tests can run on Citus. It fails if they cannot.
package main

import (
	"context"
	"fmt"
	"os"

	"areariservata.example/utenti/internal/test/citus"
)

func main() {
	if err := citus.Available(context.Background()); err != nil {
		fmt.Println("Citus: SKIPPED:", err)
		os.Exit(1)
	}
}
