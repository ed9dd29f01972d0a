package bridge

import (
	"sync"
	"time"
)

const (
	attemptLife = 15 * time.Minute
	codeLife    = time.Minute
	tokenLife   = 15 * time.Minute
	idTokenLife = time.Minute
	// maxEntries limits attempts, grants and tokens, each. New ones are refused until old ones expire.
	maxEntries = 10_000
)

// attempt is an authorization request whose screens are open. scheme and fiscalCode are set as the person chooses.
type attempt struct {
	clientID, redirectURI string
	state, nonce          string
	challenge             string
	scheme                string // "SPID" or "CIE"
	fiscalCode            string
	until                 time.Time
}

// grant is a person's consent, found first by its code and then by its access token.
type grant struct {
	clientID, redirectURI string
	nonce, challenge      string
	subject               string
	person                Identity
	at                    time.Time // when the person consented

	// Guarded by the memory's lock. A revoked grant's access token is invalid.
	used, revoked bool
}

type accessToken struct {
	grant *grant
	until time.Time
}

// memory is the provider's state, under one lock.
type memory struct {
	mu       sync.Mutex
	attempts map[string]attempt
	grants   map[string]*grant      // by code; kept after the code's expiry to detect a second use
	bearers  map[string]accessToken // by access token
	sweptAt  time.Time
}

func newMemory() *memory {
	return &memory{attempts: map[string]attempt{}, grants: map[string]*grant{}, bearers: map[string]accessToken{}}
}

// openAttempt stores an attempt. Returns false if too many are open.
func (m *memory) openAttempt(id string, a attempt, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deleteExpired(now, len(m.attempts))
	if len(m.attempts) >= maxEntries {
		return false
	}
	a.until = now.Add(attemptLife)
	m.attempts[id] = a
	return true
}

// findAttempt returns an open attempt.
func (m *memory) findAttempt(id string, now time.Time) (attempt, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.liveAttempt(id, now)
}

func (m *memory) liveAttempt(id string, now time.Time) (attempt, bool) {
	a, ok := m.attempts[id]
	return a, ok && now.Before(a.until)
}

// updateAttempt records a choice in an open attempt. Returns false if the attempt is over.
func (m *memory) updateAttempt(id string, now time.Time, choice func(*attempt)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.liveAttempt(id, now)
	if !ok {
		return false
	}
	choice(&a)
	m.attempts[id] = a
	return true
}

// closeAttempt ends an attempt. Returns true only for the first answer to it.
func (m *memory) closeAttempt(id string, now time.Time) (attempt, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.liveAttempt(id, now)
	delete(m.attempts, id)
	return a, ok
}

// addGrant stores a grant under its code. Returns false if there are too many.
func (m *memory) addGrant(code string, g *grant, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deleteExpired(now, len(m.grants))
	if len(m.grants) >= maxEntries {
		return false
	}
	m.grants[code] = g
	return true
}

// redeemCode uses up a code, even if the request then fails for another reason. A second use also revokes the grant,
// and with it the access token. Another client cannot use up the code.
func (m *memory) redeemCode(code, clientID string, now time.Time) (*grant, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.grants[code]
	if !ok || g.clientID != clientID {
		return nil, false
	}
	if g.used {
		g.revoked = true
		return nil, false
	}
	g.used = true
	return g, now.Before(g.at.Add(codeLife))
}

// addBearer stores an access token. Returns false if there are too many.
func (m *memory) addBearer(token string, g *grant, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deleteExpired(now, len(m.bearers))
	if len(m.bearers) >= maxEntries {
		return false
	}
	m.bearers[token] = accessToken{grant: g, until: now.Add(tokenLife)}
	return true
}

// findGrant returns the grant of an access token.
func (m *memory) findGrant(token string, now time.Time) (*grant, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.bearers[token]
	if !ok || !now.Before(b.until) || b.grant.revoked {
		return nil, false
	}
	return b.grant, true
}

// deleteExpired deletes expired entries, once a minute and when a map is full.
func (m *memory) deleteExpired(now time.Time, held int) {
	if held < maxEntries && now.Sub(m.sweptAt) < time.Minute {
		return
	}
	m.sweptAt = now
	for id, a := range m.attempts {
		if !now.Before(a.until) {
			delete(m.attempts, id)
		}
	}
	for code, g := range m.grants {
		if !now.Before(g.at.Add(codeLife + tokenLife)) {
			delete(m.grants, code)
		}
	}
	for token, b := range m.bearers {
		if !now.Before(b.until) {
			delete(m.bearers, token)
		}
	}
}
