package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/web"
)

var (
	errBadForm   = errors.New("a form that isn't one of ours")
	errTooLarge  = errors.New("a form that is too large")
	errCrossSite = errors.New("a form sent by another site")
)

// invalidForm is for what no form of ours sends.
func invalidForm(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return fmt.Errorf("%w: %w", errBadForm, err)
}

// fail is the one place where an error becomes a page, and where it is logged: once, without anything that was typed.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *access.Refusal
	if errors.Is(err, errNoPowers) || (errors.As(err, &refusal) && refusal.Reason == access.NoPowers && s.hasNoPowers(r)) {
		if err = s.noPowers(w, r); err == nil {
			return
		}
	}
	status, page := errorStatus(err)
	page.Status, page.Reference, page.BackURL = status, reference(r), web.RootURL()
	s.report(r, status, err)
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "2")
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", retryAfterSeconds)
	}
	if page.Reason == access.NotAnyAdministrator { // an Operator: their own profile is theirs to see (V4)
		page.OwnProfileURL = web.ProfileURL(access.InstitutionID(chi.URLParam(r, "institution")), s.callerID(r))
	}
	if err := s.show(w, r, status, web.Error(s.baseLayout(r), page)); err != nil {
		http.Error(w, http.StatusText(status)+" ("+page.Reference+")", status)
	}
}

// errorStatus is what an error looks like from outside (rule V9).
func errorStatus(err error) (int, web.ErrorPage) {
	var refusal *access.Refusal
	switch {
	case errors.As(err, &refusal):
		switch refusal.Grade() {
		case access.Forbidden:
			return http.StatusForbidden, web.ErrorPage{Reason: refusal.Reason}
		case access.Conflict:
			return http.StatusConflict, web.ErrorPage{Reason: refusal.Reason}
		case access.Hidden:
		}
		return http.StatusNotFound, web.ErrorPage{} // not even the reason: it would tell that there is something
	case errors.Is(err, access.ErrNotFound):
		return http.StatusNotFound, web.ErrorPage{}
	case errors.Is(err, errCrossSite):
		return http.StatusForbidden, web.ErrorPage{}
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests, web.ErrorPage{}
	case errors.Is(err, errBadForm):
		return http.StatusBadRequest, web.ErrorPage{}
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge, web.ErrorPage{}
	case unavailable(err):
		return http.StatusServiceUnavailable, web.ErrorPage{}
	default:
		return http.StatusInternalServerError, web.ErrorPage{}
	}
}

// unavailable reports whether the database (or the provider) didn't answer, or not in time: the same request may go through a little later.
func unavailable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code[:2] {
		case "08", "53", "57", "55", "58": // connection, resources, operator (shutdown, time-out), lock, system
			return true
		}
		return pg.Code == "25P03" // idle in transaction for too long
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, signin.ErrUnavailable) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || pgconn.SafeToRetry(err)
}

// report logs what went wrong. A refusal for lack of authority goes to the security log, with its reason (rule D5).
func (s *Server) report(r *http.Request, status int, err error) {
	attrs := []any{
		slog.String("request", reference(r)), slog.String("method", r.Method),
		slog.String("route", chi.RouteContext(r.Context()).RoutePattern()), slog.Int("status", status),
		slog.String("person", string(s.callerID(r))),
	}
	var refusal *access.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Grade() != access.Conflict:
		s.metrics.refusals.increment(string(refusal.Reason))
		s.log.Warn("refused", append(attrs, slog.String("log", "security"), slog.String("action", string(refusal.Action)), slog.String("reason", string(refusal.Reason)))...)
	case abuseReason(err) != "":
		s.metrics.refusals.increment(abuseReason(err))
		s.log.Warn("refused", append(attrs, slog.String("log", "security"), slog.String("reason", abuseReason(err)))...)
	case status >= http.StatusInternalServerError:
		s.log.Error("failed", append(attrs, slog.Any("error", err))...)
	}
}

// abuseReason is the reason of a request that our own pages don't make; empty of any other.
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

// hasNoPowers reports whether the person has no power in any institution. If that can't be read, they are told less.
func (s *Server) hasNoPowers(r *http.Request) bool {
	var list []access.Institution
	q := s.db.Query()
	q.InstitutionsOf(&list, s.callerID(r))
	return q.Read(r.Context()) == nil && len(list) == 0
}
