package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// statusSetters are the functions of the site that may set a response's status, each with what it may use. An error has two
// doors, fail and refuse: they are the only ones that pass render another status than 200.
func statusSetters() map[string]string {
	return map[string]string{
		"internal/server.Server.fail":       "render http.Error", // http.Error for an error page that cannot be drawn
		"internal/server.Server.refuse":     "render",
		"internal/server.Server.show":       "render", // with 200
		"internal/server.Server.render":     "WriteHeader",
		"internal/server.Server.readyz":     "http.Error",    // a load balancer's probe: no page, no caller
		"internal/server.redirect":          "http.Redirect", // both with 303
		"internal/server.Server.loginStart": "http.Redirect",
	}
}

// statusFunctions are the functions of net/http that answer with a status of their own.
func statusFunctions() []string {
	return []string{
		"Error", "FileServer", "FileServerFS", "NotFound", "NotFoundHandler", "Redirect", "RedirectHandler", "ServeContent", "ServeFile",
		"ServeFileFS", "StripPrefix", "TimeoutHandler",
	}
}

// statusUses are the ways in which a function sets a status, in order, each with its line.
func statusUses(file source, body ast.Node) map[string]int {
	uses := map[string]int{}
	ast.Inspect(body, func(n ast.Node) bool {
		selected, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name := selected.Sel.Name
		of, _ := selected.X.(*ast.Ident)
		switch {
		case name == "WriteHeader", name == "render":
			uses[name] = file.line(n)
		case of != nil && of.Name == "http" && slices.Contains(statusFunctions(), name):
			uses["http."+name] = file.line(n)
		}
		return true
	})
	return uses
}

// statusFaults compares the functions that set a status with the list.
func statusFaults(files []source, listed map[string]string) (faults []string) {
	unused := maps.Clone(listed)
	for _, file := range files {
		for _, d := range file.tree.Decls {
			name := file.pkg + "."
			if function, ok := d.(*ast.FuncDecl); ok {
				name += receiver(function) + function.Name.Name
			}
			for use, line := range statusUses(file, d) {
				if !slices.Contains(strings.Fields(listed[name]), use) {
					faults = append(faults, fmt.Sprintf("%s:%d: %s: an error is answered by fail or refuse", file.name, line, use))
				}
				delete(unused, name)
			}
		}
	}
	for name := range unused {
		faults = append(faults, name+" is in the list, and sets no status")
	}
	slices.Sort(faults)
	return faults
}

func TestErrorsAreAnsweredByFailOrRefuse(t *testing.T) {
	t.Parallel()
	files := slices.DeleteFunc(sources(t), func(s source) bool {
		return s.test || s.pkg != "internal/server" && s.pkg != "internal/signin" && s.pkg != "web" && !strings.HasPrefix(s.pkg, "web/")
	})
	for _, fault := range statusFaults(files, statusSetters()) {
		t.Error(fault)
	}
	if len(files) < 40 {
		t.Errorf("only %d files read", len(files))
	}
}

// Each way to set a status is found elsewhere than in the listed functions, and an entry of the list that is gone.
func TestAStatusSetElsewhereIsFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`func (s *Server) f(w W) { w.WriteHeader(404) }`:                                "internal/server/x.go:1: WriteHeader",
		"func (s Server) f(w W) {\n\tset := w.WriteHeader\n\tset(500)\n}":               "internal/server/x.go:2: WriteHeader",
		`func f(w W, r R) { http.Error(w, "no", 400) }`:                                 "internal/server/x.go:1: http.Error",
		`func f(w W, r R) { http.NotFound(w, r) }`:                                      "internal/server/x.go:1: http.NotFound",
		`var h = http.NotFoundHandler()`:                                                "internal/server/x.go:1: http.NotFoundHandler",
		`func (s *Server) f(w W, r R) error { return s.render(w, r, 409, nil) }`:        "internal/server/x.go:1: render",
		`func (s *Server) render(w W, r R) error { http.Error(w, "no", 400) }`:          "internal/server/x.go:1: http.Error",
		`func (s *Server) fail(w W, r R) { func() { w.WriteHeader(500) }() }`:           "internal/server/x.go:1: WriteHeader",
		`func (s *Server) f(w W, r R) error { return s.show(w, r, web.Error(layout)) }`: "",
	} {
		files := token.NewFileSet()
		tree, err := parser.ParseFile(files, "x.go", "package server; "+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]string{"internal/server.Server.render": "WriteHeader", "internal/server.Server.fail": "render"}
		faults := statusFaults([]source{{pkg: "internal/server", name: "internal/server/x.go", tree: tree, at: files}}, listed)
		faults = slices.DeleteFunc(faults, func(f string) bool { return strings.HasPrefix(f, "internal/server.Server.") })
		if got := strings.Join(faults, "\n"); want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := statusFaults(nil, map[string]string{"internal/server.gone": "render"}); len(got) != 1 {
		t.Errorf("an obsolete entry of the list: %v", got)
	}
}
