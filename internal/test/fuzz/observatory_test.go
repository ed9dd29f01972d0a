package fuzz_test

import (
	"encoding/json"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
)

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// Mozilla's HTTP Observatory gives every linked page its best grade. OBSERVATORY is the folder of the program: make
// observatory.
func TestMozillasObservatoryGivesEveryPageItsBestGrade(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("OBSERVATORY")
	if folder == "" {
		t.Skip("make observatory")
	}
	s := open(t, site.Options{HTTPS: true})
	o := newFormFixture(t, s)
	b := s.signInAs(t, "Anna Bianchi")
	paths := append([]string{"/login", "/login/error/25", "/not/there"}, crawl(b, o.home+"/users")...)
	_, port, err := net.SplitHostPort(s.Host)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := json.Marshal(map[string]any{"port": port, "cookie": b.CookieHeader(), "paths": paths})
	if err != nil {
		t.Fatal(err)
	}
	certificate := filepath.Join(t.TempDir(), "certificate.pem")
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate}), 0o600); err != nil {
		t.Fatal(err)
	}
	scan := exec.CommandContext(t.Context(), "node", filepath.Join(folder, "scan.mjs"))
	scan.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+certificate)
	scan.Stdin = strings.NewReader(string(asked))
	table, err := scan.CombinedOutput()
	t.Logf("\n%s", table)
	if err != nil || len(paths) < 30 {
		t.Errorf("%d pages: %v", len(paths), err)
	}
}

// crawl follows links from a page to one page of each kind.
func crawl(b *browser, from string) (paths []string) {
	kinds := map[string]bool{}
	for queue := []string{"/", from}; len(queue) > 0; queue = queue[1:] {
		address, _, _ := strings.Cut(queue[0], "#")
		path, query, _ := strings.Cut(address, "?")
		kind := anyID.ReplaceAllString(path, "") + "?" + regexp.MustCompile(`=[^&]*`).ReplaceAllString(query, "")
		if kinds[kind] || !strings.HasPrefix(path, "/") || strings.HasSuffix(path, ".csv") || strings.HasPrefix(path, "/static/") ||
			strings.HasPrefix(path, "/login/") {
			continue
		}
		kinds[kind] = true
		p := b.Get(address)
		if to := p.Header.Get("Location"); to != "" {
			queue = append(queue, to)
		}
		for _, link := range p.All("link", "") {
			queue = append(queue, link.Attr("href"))
		}
		paths = append(paths, address)
	}
	return paths
}
