package server

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/klauspost/compress/gzhttp"

	"areariservata.example/utenti/internal/access"
)

// newRouter is the whole site, section by section, each route with who may pass. Package access decides that, on what the
// database holds at the time of the request; no route lets a caller pass by itself.
func (s *Server) newRouter() *chi.Mux {
	r := chi.NewRouter()
	r.Use(s.identify, s.recover, s.headers, s.requireText, s.clientIP(), middleware.GetHead)
	r.NotFound(s.page(s.notFound))
	r.MethodNotAllowed(s.page(s.notFound))
	limits := rateLimits{
		signIns:  s.limit(s.config.Limits.SignIns, limitByAddress),
		searches: s.limit(s.config.Limits.Searches, s.limitByPerson),
		changes:  s.limit(s.config.Limits.Changes, s.limitByPerson),
		files:    s.limit(s.config.Limits.Files, s.limitByPerson),
	}

	r.Get("/static/*", s.static) // all; without personal data
	r.Get("/healthz", s.healthz) // all; without personal data
	r.Get("/readyz", s.readyz)   // all; without personal data
	r.Group(func(r chi.Router) {
		r.Use(compress, s.sameSite, limitBody, s.sessions.Load(s.fail))
		s.publicRoutes(r, limits)
		r.Group(func(r chi.Router) {
			r.Use(s.requireSignIn, limits.limitSearches, limits.limitChanges)
			r.Get("/", s.page(s.institutions)) // any power in any institution (V1, V2)
			r.Route("/dashboard/{institution}", func(r chi.Router) {
				r.Get("/", s.page(s.home)) // any power in the institution
				s.listRoutes(r, limits)
				s.addRoutes(r, limits)
				s.bulkRoutes(r)
				s.userRoutes(r)
				r.Route("/groups", s.groupRoutes)
				s.activityRoutes(r, limits)
			})
		})
	})
	return r
}

// rateLimits are the limits of routes; each counts all routes that it limits together.
type rateLimits struct {
	signIns, searches, files, changes func(http.Handler) http.Handler
}

// publicRoutes are for all visitors, signed in or not: sign-in and sign-out, the language, and the legally required
// pages.
func (s *Server) publicRoutes(r chi.Router, limits rateLimits) {
	r.Get("/login", s.page(s.login))
	r.With(limits.signIns).Get("/login/start", s.page(s.loginStart))
	r.With(limits.signIns).Get("/login/callback", s.page(s.loginCallback))
	r.Get("/login/error/{code}", s.page(s.loginError))
	r.Get("/logout", s.page(s.signedOut))
	r.Post("/logout", s.page(s.logout))
	r.Post("/language", s.page(s.setLanguage))
	r.Get("/accessibility", s.page(s.accessibility))
	r.Get("/privacy", s.page(s.privacy))
}

// listRoutes are the list of users: its pages, its search, and its export. Here and below, a GET of an address that
// only takes forms redirects to the page with the form, and only requires a session: "signed in".
func (s *Server) listRoutes(r chi.Router, limits rateLimits) {
	r.Get("/users", s.page(s.list))                                // access.EnterUsers
	r.Get("/users/search", s.page(s.redirectToForm))               // signed in
	r.Post("/users/search", s.page(s.search))                      // access.EnterUsers
	r.Get("/users/export", s.page(s.redirectToForm))               // signed in
	r.With(limits.files).Post("/users/export", s.page(s.export())) // access.Export
}

// addRoutes are the ways to add users: one by one, or from a file.
func (s *Server) addRoutes(r chi.Router, limits rateLimits) {
	r.Get("/users/add", s.page(s.addForm))                                          // access.EnterUsers
	r.Post("/users/add", s.page(s.addCheck))                                        // access.EnterUsers
	r.Get("/users/add/confirm", s.page(s.addReview))                                // access.EnterUsers
	r.Post("/users/add/confirm", s.page(s.addConfirm))                              // access.Add
	r.Get("/users/import", s.page(s.importForm))                                    // access.EnterUsers
	r.Get("/users/import/template.csv", s.page(s.importTemplate))                   // access.EnterUsers
	r.With(limits.files).Post("/users/import", s.page(s.importCheck))               // access.EnterUsers
	r.Get("/users/import/check", s.page(s.importReview))                            // access.EnterUsers
	r.With(limits.files).Get("/users/import/left-out.csv", s.page(s.importLeftOut)) // access.EnterUsers
	r.Get("/users/import/confirm", s.page(s.redirectToForm))                        // signed in
	r.With(limits.files).Post("/users/import/confirm", s.page(s.importConfirm))     // access.Add or access.Assign, row by row
	r.Get("/users/import/done", s.page(s.importDone))                               // access.EnterUsers
}

// bulkRoutes are actions on several users at once.
func (s *Server) bulkRoutes(r chi.Router) {
	r.Get("/users/several", s.page(s.bulkReview))             // access.EnterUsers
	r.Post("/users/several", s.page(s.bulk))                  // access.EnterUsers
	r.Get("/users/several/confirm", s.page(s.redirectToForm)) // signed in
	r.Post("/users/several/confirm", s.page(s.bulkConfirm))   // the action, user by user
	r.Get("/users/several/done", s.page(s.bulkResult))        // access.EnterUsers
}

// userRoutes are about one user, whom the caller must be allowed to see (access.View).
func (s *Server) userRoutes(r chi.Router) {
	r.Get("/users/{user}", s.page(s.profile))                                        // access.View
	r.Get("/users/{user}/cessation", s.page(s.confirmOffboarding))                   // access.Remove
	r.Post("/users/{user}/cessation", s.page(s.offboard))                            // access.Remove
	r.Get("/users/{user}/edit", s.page(s.editForm))                                  // access.Edit
	r.Post("/users/{user}/edit", s.page(s.edit))                                     // access.Edit
	r.Get("/users/{user}/add-product", s.page(s.assignForm(false)))                  // access.Assign
	r.Post("/users/{user}/add-product", s.page(s.assign(false)))                     // access.Assign
	r.Get("/users/{user}/products/{product}/roles/add", s.page(s.assignForm(true)))  // access.Assign
	r.Post("/users/{user}/products/{product}/roles/add", s.page(s.assign(true)))     // access.Assign
	r.Get("/users/{user}/products/{product}/roles/change", s.page(s.changeRoleForm)) // access.ChangeRole
	r.Post("/users/{user}/products/{product}/roles/change", s.page(s.changeRole))    // access.ChangeRole
	r.Get("/users/{user}/products/{product}/groups/add", s.page(s.joinForm))         // access.Join
	r.Post("/users/{user}/products/{product}/groups/add", s.page(s.join))            // access.Join
	r.Route("/users/{user}/products/{product}/roles/{role}", func(r chi.Router) {
		r.Get("/suspend", s.page(s.confirmRole(access.Suspend)))                       // access.Suspend
		r.Post("/suspend", s.page(s.execute(withoutDeparture(s.users.Suspend))))       // access.Suspend
		r.Get("/reactivate", s.page(s.confirmRole(access.Reactivate)))                 // access.Reactivate
		r.Post("/reactivate", s.page(s.execute(withoutDeparture(s.users.Reactivate)))) // access.Reactivate
		r.Get("/remove", s.page(s.confirmRole(access.Remove)))                         // access.Remove
		r.Post("/remove", s.page(s.execute(s.users.Remove)))                           // access.Remove
	})
}

// groupRoutes are the Groups section.
func (s *Server) groupRoutes(r chi.Router) {
	r.Get("/", s.page(s.groups))          // access.EnterUsers
	r.Get("/add", s.page(s.newGroup))     // access.CreateGroup
	r.Post("/add", s.page(s.createGroup)) // access.CreateGroup
	r.Route("/{group}", func(r chi.Router) {
		r.Get("/", s.page(s.groupDetail))                                             // access.EnterUsers
		r.Get("/rename", s.page(s.renameForm))                                        // access.RenameGroup
		r.Post("/rename", s.page(s.renameGroup))                                      // access.RenameGroup
		r.Get("/suspend", s.page(s.confirmGroup(access.SuspendGroup)))                // access.SuspendGroup
		r.Post("/suspend", s.page(s.executeGroup(s.users.SuspendGroup, false)))       // access.SuspendGroup
		r.Get("/reactivate", s.page(s.confirmGroup(access.ReactivateGroup)))          // access.ReactivateGroup
		r.Post("/reactivate", s.page(s.executeGroup(s.users.ReactivateGroup, false))) // access.ReactivateGroup
		r.Get("/delete", s.page(s.confirmGroup(access.DeleteGroup)))                  // access.DeleteGroup
		r.Post("/delete", s.page(s.executeGroup(s.users.DeleteGroup, true)))          // access.DeleteGroup
		r.Get("/members/add", s.page(s.memberCandidates))                             // access.Join
		r.Post("/members/add", s.page(s.addMembers))                                  // access.Join
		r.Get("/members/add/search", s.page(s.redirectToForm))                        // signed in
		r.Post("/members/add/search", s.page(s.searchCandidates))                     // access.Join
		r.Get("/members/{user}/remove", s.page(s.confirmLeave))                       // access.Leave
		r.Post("/members/{user}/remove", s.page(s.leave))                             // access.Leave
	})
}

// activityRoutes are the institution's activity log, and that of one user.
func (s *Server) activityRoutes(r chi.Router, limits rateLimits) {
	r.Get("/activity", s.page(s.activity))                                           // access.EnterUsers
	r.With(limits.files).Get("/activity.csv", s.page(s.activityFile()))              // access.EnterUsers
	r.Get("/users/{user}/activity", s.page(s.activity))                              // access.View
	r.With(limits.files).Get("/users/{user}/activity.csv", s.page(s.activityFile())) // access.View
}

// Routes are the site's routes, for the test that visits all of them.
func (s *Server) Routes() chi.Routes { return s.routes.(chi.Routes) }

// compressionJitter is the number of bytes, at most, by which a compressed response is longer than it need be, at random:
// sizes that differ by a byte would disclose what a page contains (BREACH).
const compressionJitter = 64

// compress compresses pages, with zstd at the first of its four levels: the third makes a list 6 % smaller, takes twice the
// time, and holds four megabytes for each response in progress.
func compress(next http.Handler) http.Handler {
	shrink, err := gzhttp.NewWrapper(gzhttp.ZstdCompressionLevel(1), gzhttp.RandomJitter(compressionJitter, -1, false))
	if err != nil {
		panic(err) // not for a valid level
	}
	return shrink(next)
}

// limitBody limits the size of forms, in bytes; a form with a file may be larger.
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
