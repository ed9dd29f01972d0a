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
	// memoryLimit holds for attempts, grants and tokens, each. Past it, new ones are refused until old ones lapse.
	memoryLimit = 10_000
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

type bearer struct {
	grant *grant
	until time.Time
}

// memory is all that the provider remembers, under one lock.
type memory struct {
	mu       sync.Mutex
	attempts map[string]attempt
	grants   map[string]*grant // by code; kept past the code's end, to notice a second use
	bearers  map[string]bearer // by access token
	swept    time.Time
}

func newMemory() *memory {
	return &memory{attempts: map[string]attempt{}, grants: map[string]*grant{}, bearers: map[string]bearer{}}
}

// open keeps an attempt; false means that too many are open.
func (m *memory) open(id string, a attempt, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now, len(m.attempts))
	if len(m.attempts) >= memoryLimit {
		return false
	}
	a.until = now.Add(attemptLife)
	m.attempts[id] = a
	return true
}

// find tells an open attempt.
func (m *memory) find(id string, now time.Time) (attempt, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.live(id, now)
}

func (m *memory) live(id string, now time.Time) (attempt, bool) {
	a, ok := m.attempts[id]
	return a, ok && now.Before(a.until)
}

// choose records a choice on an open attempt; false when the attempt is over.
func (m *memory) choose(id string, now time.Time, choice func(*attempt)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.live(id, now)
	if !ok {
		return false
	}
	choice(&a)
	m.attempts[id] = a
	return true
}

// close ends an attempt. Of two answers to one attempt, only the first gets true.
func (m *memory) close(id string, now time.Time) (attempt, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.live(id, now)
	delete(m.attempts, id)
	return a, ok
}

// allow keeps a grant under its code; false means that there are too many.
func (m *memory) allow(code string, g *grant, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now, len(m.grants))
	if len(m.grants) >= memoryLimit {
		return false
	}
	m.grants[code] = g
	return true
}

// redeem spends a code, whatever the caller then finds wrong with the request. A second use also revokes the grant, and
// with it the access token. A code shown by another client isn't spent.
func (m *memory) redeem(code, clientID string, now time.Time) (*grant, bool) {
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

// bear keeps an access token; false means that there are too many.
func (m *memory) bear(token string, g *grant, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now, len(m.bearers))
	if len(m.bearers) >= memoryLimit {
		return false
	}
	m.bearers[token] = bearer{grant: g, until: now.Add(tokenLife)}
	return true
}

// bearing tells the grant behind an access token.
func (m *memory) bearing(token string, now time.Time) (*grant, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.bearers[token]
	if !ok || !now.Before(b.until) || b.grant.revoked {
		return nil, false
	}
	return b.grant, true
}

// sweep forgets what is over: once a minute, and whenever the map that is about to grow has no room.
func (m *memory) sweep(now time.Time, held int) {
	if held < memoryLimit && now.Sub(m.swept) < time.Minute {
		return
	}
	m.swept = now
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
