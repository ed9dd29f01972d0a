package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Resize sets the size of the window, in CSS pixels.
func (p *Page) Resize(width, height int) {
	p.t.Helper()
	runAction(p, "resize", chromedp.EmulateViewport(int64(width), int64(height)))
}

// EmulateMedia sets a media feature: ("forced-colors", "active"), ("prefers-reduced-motion", "reduce"). It replaces an
// earlier setting.
func (p *Page) EmulateMedia(feature, value string) {
	p.t.Helper()
	runAction(p, "prefer "+feature, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}})
		return chromedp.Void{}, err
	})
}

// EmulatePrint lays the page out for print, until EmulateMedia.
func (p *Page) EmulatePrint() {
	p.t.Helper()
	runAction(p, "print", func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return chromedp.Void{}, err
	})
}

// SetCookie sets a cookie for an address, so that a signed-in user can start with an empty cache.
func (p *Page) SetCookie(address, name, value string) {
	p.t.Helper()
	runAction(p, "set cookie "+name, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{URL: address, Name: name, Value: value})
		return chromedp.Void{}, err
	})
}

// Resource is a response that came over the network.
type Resource struct {
	URL   string
	Bytes int // size of the response with its headers, as transferred (compressed)
}

// RecordResources runs do and returns the resources that it loaded over the network, once no request is pending.
// Resources from the browser's cache are not included.
func (p *Page) RecordResources(do func()) []Resource {
	p.t.Helper()
	ctx, stop := context.WithCancel(p.ctx)
	defer stop()
	var seen traffic
	if err := chromedp.Listen(ctx, seen.onEvent); err != nil {
		p.fatalf("traffic: %v", err)
	}
	do()
	limit := time.After(actionTimeout)
	again := time.NewTicker(quietPeriod)
	defer again.Stop()
	for last := -1; ; {
		select {
		case <-limit:
			p.fatalf("traffic: still loading")
		case <-again.C:
		}
		all, events, underWay := seen.snapshot()
		if underWay == 0 && events == last {
			return all
		}
		last = events
	}
}

// quietPeriod is the time without network traffic after which a page counts as complete.
const quietPeriod = 250 * time.Millisecond

// traffic is the state of the browser's requests.
type traffic struct {
	mu      sync.Mutex
	order   []network.RequestID
	started map[network.RequestID]string
	ended   map[network.RequestID]int
	events  int
}

func (t *traffic) onEvent(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.started == nil {
		t.started, t.ended = map[network.RequestID]string{}, map[network.RequestID]int{}
	}
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		t.order = append(t.order, e.RequestID)
		t.started[e.RequestID] = e.Request.URL
	case *network.EventLoadingFinished:
		t.ended[e.RequestID] = int(e.EncodedDataLength)
	case *network.EventLoadingFailed:
		t.ended[e.RequestID] = 0
	default:
		return
	}
	t.events++
}

func (t *traffic) snapshot() (all []Resource, events, underWay int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range t.order {
		bytes, done := t.ended[id]
		switch {
		case !done:
			underWay++
		case bytes > 0:
			all = append(all, Resource{t.started[id], bytes})
		}
	}
	return all, t.events, underWay
}

// ReadPackageFile reads a file of one of npm's packages in tools/node_modules. Without it the test is skipped; where CI=true it fails.
func ReadPackageFile(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		raw, err := os.ReadFile(filepath.Join(dir, "tools", "node_modules", filepath.FromSlash(path)))
		switch {
		case err == nil:
			return string(raw)
		case dir != filepath.Dir(dir):
			dir = filepath.Dir(dir)
		case os.Getenv("CI") == "true":
			t.Fatalf("npm's %s is missing: npm ci --prefix tools", path)
		default:
			t.Skipf("npm's %s is missing: npm ci --prefix tools", path)
		}
	}
}

// WithScripts runs do while timers and other asynchronous scripts run, which Options.NoScripts prevents. The page's own
// scripts stay unloaded.
func (p *Page) WithScripts(do func()) {
	p.t.Helper()
	if !p.scriptless {
		do()
		return
	}
	set := func(on bool) {
		runAction(p, "scripts", func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
			return chromedp.Void{}, setScripts(ctx, on)
		})
	}
	set(true)
	defer set(false)
	do()
}
