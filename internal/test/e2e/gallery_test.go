package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web/gallery"
)

// startGallery serves the gallery with the site's headers and assets and a script of the test, and returns the
// addresses of its pages.
func startGallery(t *testing.T, script string) []string {
	t.Helper()
	s := site.Start(t, site.Options{})
	pages := map[string]templ.Component{}
	for _, p := range gallery.Pages() {
		pages[p.Name] = p.Component
	}
	mux := http.NewServeMux()
	mux.Handle("/_gallery", s.Server.Gallery(gallery.Index(), pages))
	mux.Handle("/static/", s.Server)
	mux.HandleFunc("/script.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Header().Set("Cache-Control", "max-age=3600")
		_, _ = io.WriteString(w, script)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	addresses := []string{server.URL + "/_gallery"}
	for _, p := range gallery.Pages() {
		addresses = append(addresses, server.URL+"/_gallery?page="+p.Name)
	}
	return addresses
}

// galleryWorkers is how many of the browser's pages share the gallery.
const galleryWorkers = 2

// visitPages opens pages, several at a time, and checks each. They are static, so the race detector has nothing to
// find.
func visitPages(t *testing.T, addresses []string, look func(*testing.T, *browsertest.Page)) {
	t.Helper()
	if raceDetector {
		t.Skip("looked at without the race detector")
	}
	for n := range galleryWorkers {
		t.Run(fmt.Sprint("visitor ", n+1), func(t *testing.T) {
			t.Parallel()
			p := browsertest.Open(t, browsertest.Options{})
			for i := n; i < len(addresses); i += galleryWorkers {
				p.Goto(addresses[i])
				look(t, p)
			}
			if complaints := p.ConsoleErrors(); len(complaints) > 0 {
				t.Errorf("the browser complains: %q", complaints)
			}
		})
	}
}

// WCAG 2.2 AA as far as a machine can check it, and axe-core's best practices: each page at 1280 pixels, and unfolded
// at 320, where nothing may be wider than the window.
func TestAxeFindsNothingOnAnyPage(t *testing.T) {
	t.Parallel()
	visitPages(t, startGallery(t, browsertest.ReadPackageFile(t, "axe-core/axe.min.js")), func(t *testing.T, p *browsertest.Page) {
		p.Resize(1280, 800)
		browsertest.Eval[bool](p, `new Promise((done, fail) => {
			const script = document.createElement("script");
			Object.assign(script, { src: "/script.js", onload: () => done(true), onerror: fail });
			document.head.append(script);
		})`)
		axeFindsNothing(t, p, "at 1280 pixels")
		p.Resize(320, 640)
		noSideways(t, p)
		browsertest.Eval[int](p, `document.querySelectorAll("details").forEach(d => { d.open = true }), 0`)
		noSideways(t, p)
		axeFindsNothing(t, p, "unfolded at 320 pixels")
	})
}

// With forced colours only a border distinguishes a button from text. Reduced motion stops every animation, and
// printing leaves the controls out.
func TestForcedColoursLessMotionAndPaperAreHonoured(t *testing.T) {
	t.Parallel()
	inItalian := slices.DeleteFunc(
		startGallery(t, ""),
		func(address string) bool { return strings.Contains(address, "page=en-") },
	) // all look the same
	visitPages(t, inItalian, func(t *testing.T, p *browsertest.Page) {
		p.EmulateMedia("forced-colors", "active")
		bare := browsertest.Eval[[]string](
			p,
			`[...document.querySelectorAll(".btn, .form-control, .form-select, .panel, .sheet, .banner, .removable")]
			.filter(e => e.checkVisibility())
			.filter(e => {
				const style = getComputedStyle(e), behind = getComputedStyle(document.body).backgroundColor;
				return ["Top", "Right", "Bottom", "Left"].some(side => style["border" + side + "Style"] === "none" ||
					!parseFloat(style["border" + side + "Width"]) || style["border" + side + "Color"] === behind);
			}).map(e => e.outerHTML.slice(0, 120))`,
		)
		if len(bare) > 0 {
			t.Errorf("%s, with forced colours, has no border around:\n\t%s", p.URL(), strings.Join(bare, "\n\t"))
		}
		p.EmulateMedia("prefers-reduced-motion", "reduce")
		if moving := browsertest.Eval[[]string](p, `[document.documentElement, ...document.querySelectorAll("body *")].filter(e => {
				const style = getComputedStyle(e), lasts = times => times.split(",").some(time => parseFloat(time) > 0);
				return lasts(style.transitionDuration) || (style.animationName !== "none" && lasts(style.animationDuration)) ||
					style.scrollBehavior === "smooth";
			}).map(e => e.outerHTML.slice(0, 120))`); len(moving) > 0 {
			t.Errorf("%s, with less motion asked for, moves:\n\t%s", p.URL(), strings.Join(moving, "\n\t"))
		}
		printsOnlyWhatIsRead(t, p)
	})
}

// printsOnlyWhatIsRead checks that controls and navigation are not printed, and that the content is.
func printsOnlyWhatIsRead(t *testing.T, p *browsertest.Page) {
	t.Helper()
	p.EmulatePrint()
	left := browsertest.Eval[[]string](
		p,
		`[...document.querySelectorAll("nav, button, .btn, dialog, body > header a, footer, details[name=actions], .users input, .skip")]
			.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 120))`,
	)
	if len(left) > 0 {
		t.Errorf("%s prints:\n\t%s", p.URL(), strings.Join(left, "\n\t"))
	}
	missing := browsertest.Eval[[]string](
		p,
		`[...document.querySelectorAll("main h1, main th[scope=row], main dl, main .roles, main .removable")]
			.filter(e => !e.checkVisibility()).map(e => e.outerHTML.slice(0, 120))`,
	)
	if len(missing) > 0 {
		t.Errorf("%s doesn't print:\n\t%s", p.URL(), strings.Join(missing, "\n\t"))
	}
}
