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
	// maxEntries holds for attempts, grants and tokens, each. Past it, new ones are refused until old ones lapse.
	maxEntries = 10_000
)

// attempt is an authorization request while its screens are on. Scheme and fiscal code fill in as the person chooses.
type attempt struct {
	clientID, redirectURI string
	state, nonce          string
	challenge             string
	scheme                string // "SPID" or "CIE"
	fiscalCode            string
	until                 time.Time
}

// grant is what a person consented to, reached first by its code and then by its access token.
type grant struct {
	clientID, redirectURI string
	nonce, challenge      string
	subject               string
	person                Identity
	at                    time.Time // when the person consented

	// Under the memory's lock. A revoked grant's access token is worth nothing.
	used, revoked bool
}

type accessToken struct {
	grant *grant
	until time.Time
}

// memory is all that the provider remembers, under one lock.
type memory struct {
	mu       sync.Mutex
	attempts map[string]attempt
	grants   map[string]*grant      // by code; kept past the code's end, to notice a second use
	bearers  map[string]accessToken // by access token
	sweptAt  time.Time
}

func newMemory() *memory {
	return &memory{attempts: map[string]attempt{}, grants: map[string]*grant{}, bearers: map[string]accessToken{}}
}

// openAttempt keeps an attempt; false means that too many are open.
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

// findAttempt tells an open attempt.
func (m *memory) findAttempt(id string, now time.Time) (attempt, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.liveAttempt(id, now)
}

func (m *memory) liveAttempt(id string, now time.Time) (attempt, bool) {
	a, ok := m.attempts[id]
	return a, ok && now.Before(a.until)
}

// updateAttempt records a choice on an open attempt; false when the attempt is over.
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

// closeAttempt ends an attempt. Of two answers to one attempt, only the first gets true.
func (m *memory) closeAttempt(id string, now time.Time) (attempt, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.liveAttempt(id, now)
	delete(m.attempts, id)
	return a, ok
}

// addGrant keeps a grant under its code; false means that there are too many.
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

// redeemCode spends a code, whatever the caller then finds wrong with the request. A second use also revokes the grant, and
// with it the access token. A code shown by another client isn't spent.
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

// addBearer keeps an access token; false means that there are too many.
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

// findGrant tells the grant behind an access token.
func (m *memory) findGrant(token string, now time.Time) (*grant, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.bearers[token]
	if !ok || !now.Before(b.until) || b.grant.revoked {
		return nil, false
	}
	return b.grant, true
}

// deleteExpired forgets what is over: once a minute, and whenever the map that is about to grow has no room.
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
