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

// badForm is for what no form of ours sends.
func badForm(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return fmt.Errorf("%w: %w", errBadForm, err)
}

// fail is the one place where an error becomes a page, and where it is logged: once, without anything that was typed.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var no *access.Refusal
	if errors.Is(err, errNoPowers) || (errors.As(err, &no) && no.Reason == access.NoPowers && s.powerless(r)) {
		if err = s.noPowers(w, r); err == nil {
			return
		}
	}
	status, page := outward(err)
	page.Status, page.Reference, page.Back = status, reference(r), web.RootURL()
	s.report(r, status, err)
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "2")
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", comeBack)
	}
	if page.Reason == access.NotAnywhere { // an Operator: their own profile is theirs to see (V4)
		page.Own = web.ProfileURL(access.InstitutionID(chi.URLParam(r, "institution")), s.me(r))
	}
	if err := s.show(w, r, status, web.Error(s.frame(r), page)); err != nil {
		http.Error(w, http.StatusText(status)+" ("+page.Reference+")", status)
	}
}

// outward is what an error looks like from outside (rule V9).
func outward(err error) (int, web.ErrorPage) {
	var no *access.Refusal
	switch {
	case errors.As(err, &no):
		switch no.Grade() {
		case access.Forbidden:
			return http.StatusForbidden, web.ErrorPage{Reason: no.Reason}
		case access.Untimely:
			return http.StatusConflict, web.ErrorPage{Reason: no.Reason}
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
		slog.String("person", string(s.me(r))),
	}
	var no *access.Refusal
	switch {
	case errors.As(err, &no) && no.Grade() != access.Untimely:
		s.figures.refused.count(string(no.Reason))
		s.log.Warn("refused", append(attrs, slog.String("log", "security"), slog.String("action", string(no.Action)), slog.String("reason", string(no.Reason)))...)
	case unlike(err) != "":
		s.figures.refused.count(unlike(err))
		s.log.Warn("refused", append(attrs, slog.String("log", "security"), slog.String("reason", unlike(err)))...)
	case status >= http.StatusInternalServerError:
		s.log.Error("failed", append(attrs, slog.Any("error", err))...)
	}
}

// unlike is the reason of a request that our own pages don't make; empty of any other.
func unlike(err error) string {
	switch {
	case errors.Is(err, errTooMany):
		return tooMany
	case errors.Is(err, errCrossSite):
		return crossSite
	case errors.Is(err, errBadForm), errors.Is(err, errTooLarge):
		return notOurs
	}
	return ""
}

// powerless reports whether the person has no power in any institution. If that can't be read, they are told less.
func (s *Server) powerless(r *http.Request) bool {
	v := s.db.View()
	list := v.InstitutionsOf(s.me(r))
	return v.Read(r.Context()) == nil && len(*list) == 0
}
