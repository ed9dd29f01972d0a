package server

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"

	"areariservata.example/utenti/internal/access"
)

// newRouter is the whole site on one page: each route with who may pass. Who may pass is decided by package access on what
// the database says at that moment; nothing here lets anybody in.
func (s *Server) newRouter() *chi.Mux {
	r := chi.NewRouter()
	r.Use(s.identify, s.recover, s.headers, s.requireText, s.clientIP(), middleware.GetHead)
	signIns := s.limit(s.config.Limits.SignIns, limitByAddress)
	searches := s.limit(s.config.Limits.Searches, s.limitByPerson)
	files := s.limit(s.config.Limits.Files, s.limitByPerson)
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
		r.With(signIns).Get("/login/start", s.page(s.loginStart))
		r.With(signIns).Get("/login/callback", s.page(s.loginCallback))
		r.Get("/login/error/{code}", s.page(s.loginError))
		r.Get("/logout", s.page(s.signedOut))
		r.Post("/logout", s.page(s.logout))
		r.Post("/language", s.page(s.setLanguage))
		r.Get("/accessibility", s.page(s.accessibility))
		r.Get("/privacy", s.page(s.privacy))

		// Who has signed in. From here on the page's own decision says who may pass.
		r.Group(func(r chi.Router) {
			r.Use(s.requireSignIn)
			r.Get("/", s.page(s.institutions)) // who has powers anywhere (V1, V2)

			r.Route("/dashboard/{institution}", func(r chi.Router) {
				r.Get("/", s.page(s.home))                               // who has powers in the institution
				r.Get("/users", s.page(s.list))                          // access.EnterUsers
				r.With(searches).Post("/users/search", s.page(s.search)) // access.EnterUsers
				r.Get("/users/add", s.page(s.addForm))                   // access.EnterUsers
				r.Post("/users/add", s.page(s.addCheck))                 // access.EnterUsers
				r.Get("/users/add/confirm", s.page(s.redirectToForm))
				r.Get("/users/search", s.page(s.redirectToForm))
				r.Post("/users/several", s.page(s.bulk)) // access.EnterUsers; then each person's own answer
				r.Post("/users/several/confirm", s.page(s.bulkConfirm))
				r.Get("/users/several/done", s.page(s.bulkResult))
				r.Get("/users/several", s.page(s.bulkAfterSignIn))
				r.Get("/users/several/confirm", s.page(s.redirectToForm))
				r.Post("/users/add/confirm", s.page(s.addConfirm))      // access.Add
				r.With(files).Post("/users/export", s.page(s.export())) // access.Export
				r.Get("/users/export", s.page(s.redirectToForm))
				r.Get("/users/import", s.page(s.importForm)) // access.EnterUsers
				r.Get("/users/import/template.csv", s.page(s.importTemplate))
				r.With(files).Post("/users/import", s.page(s.importCheck))
				r.Get("/users/import/confirm", s.page(s.redirectToForm))
				r.With(files).Post("/users/import/confirm", s.page(s.importConfirm)) // access.EnterUsers, then access.Add or access.Assign row by row
				r.Get("/users/import/done", s.page(s.importDone))
				r.Get("/activity", s.page(s.activity))                       // access.EnterUsers
				r.With(files).Get("/activity.csv", s.page(s.activityFile())) // access.EnterUsers

				r.Route("/groups", s.groupRoutes)

				// Whoever may see the user (access.View); then what each says.
				r.Get("/users/{user}", s.page(s.profile))
				r.Get("/users/{user}/activity", s.page(s.activity))
				r.With(files).Get("/users/{user}/activity.csv", s.page(s.activityFile()))
				r.Get("/users/{user}/cessation", s.page(s.confirmOffboarding)) // access.Remove
				r.Post("/users/{user}/cessation", s.page(s.offboard))
				r.Get("/users/{user}/edit", s.page(s.editForm)) // access.Edit
				r.Post("/users/{user}/edit", s.page(s.edit))
				r.Get("/users/{user}/add-product", s.page(s.assignForm(false))) // access.Assign
				r.Post("/users/{user}/add-product", s.page(s.assign(false)))
				r.Get("/users/{user}/products/{product}/roles/add", s.page(s.assignForm(true))) // access.Assign
				r.Post("/users/{user}/products/{product}/roles/add", s.page(s.assign(true)))
				r.Get("/users/{user}/products/{product}/groups/add", s.page(s.joinForm)) // access.Join
				r.Post("/users/{user}/products/{product}/groups/add", s.page(s.join))
				r.Route("/users/{user}/products/{product}/roles/{role}", func(r chi.Router) {
					r.Get("/suspend", s.page(s.confirmRole(access.Suspend)))
					r.Post("/suspend", s.page(s.execute(withoutDeparture(s.users.Suspend))))
					r.Get("/reactivate", s.page(s.confirmRole(access.Reactivate)))
					r.Post("/reactivate", s.page(s.execute(withoutDeparture(s.users.Reactivate))))
					r.Get("/remove", s.page(s.confirmRole(access.Remove)))
					r.Post("/remove", s.page(s.execute(s.users.Remove)))
				})
			})
		})
	})
	return r
}

// groupRoutes are those of the Groups section: seen by access.EnterUsers; then what each says.
func (s *Server) groupRoutes(r chi.Router) {
	r.Get("/", s.page(s.groups))
	r.Get("/add", s.page(s.newGroup)) // access.CreateGroup
	r.Post("/add", s.page(s.createGroup))
	r.Route("/{group}", func(r chi.Router) {
		r.Get("/", s.page(s.groupDetail))
		r.Get("/rename", s.page(s.renameForm)) // access.RenameGroup
		r.Post("/rename", s.page(s.renameGroup))
		r.Get("/suspend", s.page(s.confirmGroup(access.SuspendGroup)))
		r.Post("/suspend", s.page(s.executeGroup(s.users.SuspendGroup, false)))
		r.Get("/reactivate", s.page(s.confirmGroup(access.ReactivateGroup)))
		r.Post("/reactivate", s.page(s.executeGroup(s.users.ReactivateGroup, false)))
		r.Get("/delete", s.page(s.confirmGroup(access.DeleteGroup)))
		r.Post("/delete", s.page(s.executeGroup(s.users.DeleteGroup, true)))
		r.Get("/members/add", s.page(s.memberCandidates)) // access.Join
		r.Post("/members/add", s.page(s.addMembers))
		r.Get("/members/add/search", s.page(s.redirectToForm))
		r.Post("/members/add/search", s.page(s.searchCandidates))
		r.Get("/members/{user}/remove", s.page(s.confirmLeave)) // access.Leave
		r.Post("/members/{user}/remove", s.page(s.leave))
	})
}

// Routes are the site's routes, for the test that walks them all.
func (s *Server) Routes() chi.Routes { return s.routes.(chi.Routes) }

// compress shrinks pages for browsers that take it, zstd at its first level of four: the third makes a list 6 % smaller, takes
// twice the time, and holds four megabytes for each answer under way.
func compress(next http.Handler) http.Handler {
	shrink, err := gzhttp.NewWrapper(gzhttp.ZstdCompressionLevel(1))
	if err != nil {
		panic(err) // that there is such a level doesn't change
	}
	return shrink(next)
}

// limitBody bounds what a form may send, in bytes. One that brings a file may send more.
func limitBody(next http.Handler) http.Handler {
	form, file := http.MaxBytesHandler(next, 64<<10), http.MaxBytesHandler(next, importBody)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isImport(r.URL.Path) {
			file.ServeHTTP(w, r)
			return
		}
		form.ServeHTTP(w, r)
	})
}
