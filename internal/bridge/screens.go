package bridge

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed templates
var files embed.FS

// compactFrom is the number of identities from which the list is compact.
const compactFrom = 31

// screen has the data of a template.
type screen struct {
	Base, Title string
	Request     string // the attempt's identifier
	Scheme      string
	Service     string // where the person returns to
	Identities  []Identity
	Person      Identity
	Refusals    []refusal
	Message     string
}

// Compact reports whether the list of identities is long.
func (s screen) Compact() bool { return len(s.Identities) >= compactFrom }

// Level returns the level of assurance of every sign-in here.
func (s screen) Level() string { return Level2 }

func parseScreens() (map[string]*template.Template, error) {
	screens := make(map[string]*template.Template)
	for _, name := range []string{"scheme", "identity", "consent", "message"} {
		t, err := template.ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("screen %s: %w", name, err)
		}
		screens[name] = t
	}
	return screens, nil
}

// show renders the whole screen before it sends any of it.
func (p *Provider) show(w http.ResponseWriter, status int, name string, s screen) {
	s.Base = p.base
	var page bytes.Buffer
	if err := p.screens[name].ExecuteTemplate(&page, "layout.html", s); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(page.Bytes()) //nolint:errcheck // fails only if the browser left
}

// refuse shows an error on a page, where it cannot be sent to the relying party.
func (p *Provider) refuse(w http.ResponseWriter, status int, message string) {
	p.show(w, status, "message", screen{Title: "Non è possibile continuare", Message: message})
}

// showExpired shows the page of an attempt that expired or was answered already.
func (p *Provider) showExpired(w http.ResponseWriter) {
	p.refuse(w, http.StatusBadRequest, "La richiesta di accesso è scaduta o è già stata usata. Torna al servizio e ricomincia.")
}

func (p *Provider) showIndex(w http.ResponseWriter, _ *http.Request) {
	p.show(w, http.StatusOK, "message", screen{
		Title:   "Accesso di prova con SPID e CIE",
		Message: "Qui si arriva dal servizio a cui vuoi accedere: apri quello e scegli di entrare.",
	})
}

func serveStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=300")
	http.ServeFileFS(w, r, files, "templates/screen.css")
}
