package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// Errors of a request, beside what package access refuses.
var (
	errBadForm       = errors.New("a form that the site does not have")
	errTooLarge      = errors.New("a form that is too large")
	errCrossSite     = errors.New("a form sent by another site")
	errInvalidFields = errors.New("a form with something to correct")
	errFileTooLarge  = errors.New("a file that is too large")
	errNothingToDo   = errors.New("no part of the action is possible")
)

// invalidForm is the error of a form that none of the site's pages sends.
func invalidForm(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return fmt.Errorf("%w: %w", errBadForm, err)
}

// fail answers with an error page, and logs the error: once, without anything that was typed. Together with refuse it is the
// only place that answers with the status of an error.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *access.Refusal
	if errors.Is(err, errNoPowers) || (errors.As(err, &refusal) && refusal.Reason == access.NoPowers && s.hasNoPowers(r)) {
		err = s.refuse(w, r, errNoPowers, func(*access.Refusal) (templ.Component, error) { return s.noPowersPage(r) })
		if err == nil {
			return
		}
	}
	status := errorStatus(err)
	page := web.ErrorPage{Status: status, Reference: reference(r), BackURL: web.RootURL()}
	if errors.As(err, &refusal) && refusal.Grade() != access.Hidden { // a hidden refusal's reason would disclose what it hides
		page.Reason = refusal.Reason
	}
	s.report(r, err)
	switch status {
	case http.StatusInternalServerError:
		page.RetryURL = pageURL(r)
	case http.StatusServiceUnavailable:
		page.RetryURL = pageURL(r)
		w.Header().Set("Retry-After", "2")
	case http.StatusTooManyRequests:
		page.RetryURL = pageURL(r)
		w.Header().Set("Retry-After", retryAfterSeconds)
	}
	if page.Reason == access.NotAnyAdministrator { // an Operator: their own profile is theirs to see (V4)
		page.OwnProfileURL = web.ProfileURL(access.InstitutionID(chi.URLParam(r, "institution")), s.callerID(r))
	}
	if err := s.render(w, r, status, web.Error(s.errorLayout(r, status), page)); err != nil {
		http.Error(w, http.StatusText(status)+" ("+page.Reference+")", status)
	}
}

// errorLayout is the layout of an error page: with the menu of the institution in the path if the caller has powers there,
// and with the sign-out button. What a limit or a fault has refused asks the database nothing more.
func (s *Server) errorLayout(r *http.Request, status int) web.Layout {
	f := s.baseLayout(r)
	f.SignedIn = s.callerPerson(r) != ""
	if !f.SignedIn || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		return f
	}
	scope, err := s.load(r, need{}, nil)
	if err != nil {
		return f
	}
	return s.scopeLayout(scope, "")
}

// freshPage draws the page that shows why a request was refused. The refusal is nil where there is something to correct.
type freshPage func(refusal *access.Refusal) (templ.Component, error)

// drawn is a page that has been read already.
func drawn(page templ.Component) freshPage {
	return func(*access.Refusal) (templ.Component, error) { return page, nil }
}

// refuse answers with the page that the caller was on, read again, which shows the reason or what to correct; the status is
// that of the error (rule V9). If it refuses a form, the page has an address of its own, to which it redirects; there the
// error is none. An error without such a page, and a refusal that hides what it is about, are returned: they
// are for fail.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error, fresh freshPage) error {
	var refusal *access.Refusal
	var signInFailure signInError
	switch {
	case errors.As(err, &refusal) && refusal.Grade() != access.Hidden:
	case errors.As(err, &signInFailure):
	case errors.Is(err, errNoPowers), errors.Is(err, errNothingToDo), errors.Is(err, errInvalidFields),
		errors.Is(err, errInvalidPeriod), errors.Is(err, errFileTooLarge):
	default:
		return err
	}
	if r.Method == http.MethodPost && isSentBack(err) {
		return s.sendBack(w, r, err, s.formAddress(r), users.KeptForm{})
	}
	page, errPage := fresh(refusal)
	if errPage != nil {
		return errPage
	}
	if isShownAgain(r) && isSentBack(err) {
		return s.show(w, r, page)
	}
	s.report(r, err)
	return s.render(w, r, errorStatus(err), page)
}

// errorStatus is the status of an error (rule V9).
func errorStatus(err error) int {
	var refusal *access.Refusal
	var signInFailure signInError
	switch {
	case errors.As(err, &refusal):
		switch refusal.Grade() {
		case access.Forbidden:
			return http.StatusForbidden
		case access.Conflict:
			return http.StatusConflict
		case access.Hidden:
		}
		return http.StatusNotFound
	case errors.As(err, &signInFailure):
		return loginErrors[signInFailure]
	case errors.Is(err, access.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, errCrossSite), errors.Is(err, errNoPowers):
		return http.StatusForbidden
	case errors.Is(err, errNothingToDo):
		return http.StatusConflict
	case errors.Is(err, errInvalidFields), errors.Is(err, errInvalidPeriod):
		return http.StatusUnprocessableEntity
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, errBadForm):
		return http.StatusBadRequest
	case errors.Is(err, errTooLarge), errors.Is(err, errFileTooLarge):
		return http.StatusRequestEntityTooLarge
	case unavailable(err):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// unavailable reports whether the database or the provider did not answer, or not in time: a later request may succeed.
func unavailable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch class := pg.Code[:min(2, len(pg.Code))]; class {
		case "08", "40", "53", "55", "57", "58": // connection, deadlock, resources, lock, operator (shutdown, time-out), system
			return true
		case "XX": // of a distributed database: the node with the institution's rows is lost
			return strings.Contains(pg.Message, "connection")
		}
		return pg.Code == "25P03" // idle in transaction for too long
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, signin.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		pgconn.SafeToRetry(err)
}

// report logs an error. A refusal for lack of authority goes to the security log, with its reason (rule D5); a sign-in that
// failed was logged when it did.
func (s *Server) report(r *http.Request, err error) {
	status := errorStatus(err)
	attrs := []any{
		slog.String("request", reference(r)), slog.String("method", r.Method),
		slog.String("route", chi.RouteContext(r.Context()).RoutePattern()), slog.Int("status", status),
		slog.String("person", string(s.callerPerson(r))), slog.String("user", string(s.callerID(r))),
	}
	var refusal *access.Refusal
	var signInFailure signInError
	switch {
	case errors.As(err, &signInFailure):
	case errors.As(err, &refusal) && refusal.Grade() != access.Conflict:
		s.metrics.refusals.increment(string(refusal.Reason))
		s.log.Warn("refused", append(attrs, slog.String("log", "security"), slog.String("action", string(refusal.Action)),
			slog.String("reason", string(refusal.Reason)))...)
	case abuseReason(err) != "":
		s.metrics.refusals.increment(abuseReason(err))
		s.log.Warn("refused", append(attrs, slog.String("log", "security"), slog.String("reason", abuseReason(err)))...)
	case status >= http.StatusInternalServerError && isAborted(r): // the client has left: there is no fault
		s.log.Info("aborted", attrs...)
	case status >= http.StatusInternalServerError:
		s.log.Error("failed", append(attrs, slog.Any("error", err))...)
	}
}

// abuseReason explains why a request cannot come from one of the site's own pages; empty if it can.
func abuseReason(err error) string {
	switch {
	case errors.Is(err, errTooMany):
		return reasonTooMany
	case errors.Is(err, errCrossSite):
		return reasonCrossSite
	case errors.Is(err, errBadForm), errors.Is(err, errTooLarge):
		return reasonInvalidForm
	}
	return ""
}

// hasNoPowers reports whether the person has no power in any institution; false if that cannot be read.
func (s *Server) hasNoPowers(r *http.Request) bool {
	var list []access.Institution
	q := s.db.Query()
	q.InstitutionsOf(&list, s.callerPerson(r))
	return q.Read(r.Context()) == nil && len(list) == 0
}
