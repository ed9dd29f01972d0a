package server

import (
	"cmp"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// accessibility and privacy are the legally required pages.
func (s *Server) accessibility(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, web.Accessibility(s.baseLayout(r), web.AccessibilityPage{Feedback: s.config.Feedback}))
}

func (s *Server) privacy(w http.ResponseWriter, r *http.Request) error {
	page := web.PrivacyPage{Contact: s.config.Privacy, LogYears: cmp.Or(s.config.LogYears, defaultLogYears)}
	return s.show(w, r, web.Privacy(s.baseLayout(r), page))
}

func (s *Server) notFound(http.ResponseWriter, *http.Request) error { return access.ErrNotFound }

// contentTypes are the types of the static assets. The system's own table differs between machines.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
	".png": "image/png", ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8", ".json": "application/json",
}

// static serves the static assets. A name contains the hash of its content, so it may be cached forever; the compressed
// forms are built in advance.
func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/static/")
	for _, coding := range []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}} {
		if coding.name != "" && !strings.Contains(r.Header.Get("Accept-Encoding"), coding.name) {
			continue
		}
		content, err := fs.ReadFile(web.Static, name+coding.suffix)
		if err != nil {
			continue
		}
		h := w.Header()
		h.Set("Content-Type", contentTypes[path.Ext(name)])
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		h.Set("Content-Security-Policy", assetPolicy)
		if coding.name != "" {
			h.Set("Content-Encoding", coding.name)
		}
		_, _ = w.Write(content)
		return
	}
	s.fail(w, r, access.ErrNotFound)
}
