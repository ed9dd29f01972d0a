package server

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"

	"areariservata.example/utenti/internal/access"
)

// site is the whole site on one page: each route with who may pass. Who may pass is decided by package access on what
// the database says at that moment; nothing here lets anybody in.
func (s *Server) site() *chi.Mux {
	r := chi.NewRouter()
	r.Use(s.identify, s.recover, s.headers, s.readable, middleware.GetHead)
	r.NotFound(s.page(s.notFound))
	r.MethodNotAllowed(s.page(s.notFound))

	// Anybody, and nothing about anybody.
	r.Get("/static/*", s.static)
	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)

	r.Group(func(r chi.Router) {
		r.Use(compress, s.sameSite, limitBody, s.sessions.Load(s.fail))

		// Anybody.
		r.Get("/login", s.page(s.login))
		r.Get("/login/start", s.page(s.loginStart))
		r.Get("/login/callback", s.page(s.loginCallback))
		r.Get("/login/error/{code}", s.page(s.loginError))
		r.Get("/logout", s.page(s.signedOut))
		r.Post("/logout", s.page(s.logout))
		r.Post("/language", s.page(s.language))
		r.Get("/accessibility", s.page(s.accessibility))
		r.Get("/privacy", s.page(s.privacy))

		// Who has signed in. From here on the page's own decision says who may pass.
		r.Group(func(r chi.Router) {
			r.Use(s.signedIn)
			r.Get("/", s.page(s.institutions)) // who has powers anywhere (V1, V2)

			r.Route("/dashboard/{institution}", func(r chi.Router) {
				r.Get("/", s.page(s.home))                // who has powers in the institution
				r.Get("/users", s.page(s.list))           // access.EnterUsers
				r.Post("/users/search", s.page(s.search)) // access.EnterUsers
				r.Get("/users/add", s.page(s.addForm))    // access.EnterUsers
				r.Post("/users/add", s.page(s.addCheck))  // access.EnterUsers
				r.Get("/users/add/confirm", s.page(s.formOf))
				r.Get("/users/search", s.page(s.formOf))
				r.Post("/users/add/confirm", s.page(s.addConfirm)) // access.Add
				r.Get("/activity", s.page(s.activity))             // access.EnterUsers
				r.Get("/activity.csv", s.page(s.activityFile()))   // access.EnterUsers

				// Whoever may see the user (access.View); then what each says.
				r.Get("/users/{user}", s.page(s.profile))
				r.Get("/users/{user}/activity", s.page(s.activity))
				r.Get("/users/{user}/activity.csv", s.page(s.activityFile()))
				r.Get("/users/{user}/edit", s.page(s.editForm)) // access.Edit
				r.Post("/users/{user}/edit", s.page(s.edit))
				r.Get("/users/{user}/add-product", s.page(s.assignForm(false))) // access.Assign
				r.Post("/users/{user}/add-product", s.page(s.assign(false)))
				r.Get("/users/{user}/products/{product}/roles/add", s.page(s.assignForm(true))) // access.Assign
				r.Post("/users/{user}/products/{product}/roles/add", s.page(s.assign(true)))
				r.Get("/users/{user}/products/{product}/groups/add", s.page(s.joinForm)) // access.Join
				r.Post("/users/{user}/products/{product}/groups/add", s.page(s.join))
				r.Route("/users/{user}/products/{product}/roles/{role}", func(r chi.Router) {
					r.Get("/suspend", s.page(s.ask(access.Suspend)))
					r.Post("/suspend", s.page(s.do(staying(s.users.Suspend))))
					r.Get("/reactivate", s.page(s.ask(access.Reactivate)))
					r.Post("/reactivate", s.page(s.do(staying(s.users.Reactivate))))
					r.Get("/remove", s.page(s.ask(access.Remove)))
					r.Post("/remove", s.page(s.do(s.users.Remove)))
				})
			})
		})
	})
	return r
}

// Routes are the site's routes, for the test that walks them all.
func (s *Server) Routes() chi.Routes { return s.routes.(chi.Routes) }

// compress shrinks pages for browsers that take it, zstd at its third level of four: the first visit's weight is counted.
func compress(next http.Handler) http.Handler {
	shrink, err := gzhttp.NewWrapper(gzhttp.ZstdCompressionLevel(3))
	if err != nil {
		panic(err) // that there is such a level doesn't change
	}
	return shrink(next)
}

// limitBody bounds what a form may send, in bytes.
func limitBody(next http.Handler) http.Handler { return http.MaxBytesHandler(next, 64<<10) }
