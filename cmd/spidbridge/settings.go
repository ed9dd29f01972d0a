package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"areariservata.example/utenti/internal/bridge"
)

type settings struct {
	listen string
	bridge bridge.Config
}

// readSettings reads the environment and the files that it names. bridge.New reports missing settings.
func readSettings(getenv func(string) string) (settings, error) {
	s := settings{listen: getenv("BRIDGE_LISTEN")}
	if s.listen == "" {
		s.listen = "127.0.0.1:8090"
	}
	secret, errSecret := readSecret(getenv)
	identities, errIdentities := readIdentities(getenv("BRIDGE_IDENTITIES"))
	key, errKey := readKey(getenv("BRIDGE_KEY_FILE"))
	s.bridge = bridge.Config{
		Issuer: getenv("BRIDGE_ISSUER"),
		Clients: []bridge.Client{{
			ID:                     getenv("BRIDGE_CLIENT_ID"),
			Secret:                 secret,
			RedirectURIs:           list(getenv("BRIDGE_REDIRECT_URIS")),
			PostLogoutRedirectURIs: list(getenv("BRIDGE_POST_LOGOUT_REDIRECT_URIS")),
		}},
		Identities: func() []bridge.Identity { return identities },
		Production: getenv("APP_ENV") != "development", // what is not said is taken for production, as the application does
		Key:        key,
	}
	return s, errors.Join(errSecret, errIdentities, errKey)
}

func list(commaSeparated string) []string {
	var items []string
	for item := range strings.SplitSeq(commaSeparated, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func readSecret(getenv func(string) string) (string, error) {
	secret, file := getenv("BRIDGE_CLIENT_SECRET"), getenv("BRIDGE_CLIENT_SECRET_FILE")
	switch {
	case file == "":
		return secret, nil
	case secret != "":
		return "", errors.New("BRIDGE_CLIENT_SECRET and BRIDGE_CLIENT_SECRET_FILE are both set")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("BRIDGE_CLIENT_SECRET_FILE: %w", err)
	}
	return strings.TrimSpace(string(content)), nil
}

var fiscalCodeShape = regexp.MustCompile(`^[0-9A-Z]{16}$`)

func readIdentities(file string) ([]bridge.Identity, error) {
	if file == "" {
		return nil, errors.New("BRIDGE_IDENTITIES is missing")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("BRIDGE_IDENTITIES: %w", err)
	}
	var identities []bridge.Identity
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&identities); err != nil {
		return nil, fmt.Errorf("BRIDGE_IDENTITIES: %s: %w", file, err)
	}
	if len(identities) == 0 {
		return nil, fmt.Errorf("BRIDGE_IDENTITIES: %s contains no identities", file)
	}
	var faults []error
	seen := make(map[string]bool)
	for i, one := range identities {
		if !fiscalCodeShape.MatchString(one.FiscalCode) || one.LastName == "" {
			faults = append(faults, fmt.Errorf("BRIDGE_IDENTITIES: entry %d has no surname or no 16-character fiscal code in capitals", i+1))
		} else if seen[one.FiscalCode] {
			faults = append(faults, fmt.Errorf("BRIDGE_IDENTITIES: entry %d has the fiscal code of an earlier one", i+1))
		}
		seen[one.FiscalCode] = true
	}
	return identities, errors.Join(faults...)
}

func readKey(file string) (*rsa.PrivateKey, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // without a key file, a new key is made at the start
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("BRIDGE_KEY_FILE: %w", err)
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("BRIDGE_KEY_FILE: %s is not PEM", file)
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("BRIDGE_KEY_FILE: %w", err)
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("BRIDGE_KEY_FILE: %s holds a %T, not an RSA key", file, key)
	}
	return rsaKey, nil
}
