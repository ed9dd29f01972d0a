// Package browsertest tests pages in Chromium through what a user perceives: roles, accessible names, labels. There is
// one headless browser for each test binary; each test has its own cookies and storage.
//
// If there is no browser, tests are skipped with a message that explains how to install one; with CI=true they fail.
package browsertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// The browser is shared by all tests of the binary. Tests use it only through Open, which returns a page of their own.
var shared struct {
	once  sync.Once
	ctx   context.Context
	close func()
	err   error
}

// Main runs the tests, closes the browser if a test has opened it, and returns the exit status:
//
//	func TestMain(m *testing.M) { os.Exit(browsertest.Main(m.Run)) }
func Main(run func() int) int {
	code := run()
	if shared.close != nil {
		shared.close()
	}
	return code
}

// Options are the options of a page. The zero value is a desktop window with scripts.
type Options struct {
	NoScripts     bool // the page's scripts do not run; the test's own scripts do
	Width, Height int  // in CSS pixels; 1280 and 900, each if zero
	English       bool // the browser's preferred language is English instead of Italian
	// Watch is called before each action on the page and at the end of a successful test, so that it sees every state of
	// the page. It is not called for its own actions.
	Watch func(*Page)
}

// Open opens a page in a new profile, without cookies or storage. It is closed after the test.
func Open(t testing.TB, options Options) *Page {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser, which -short leaves out")
	}
	shared.once.Do(func() {
		var found chromium
		if found, shared.err = find(os.Getenv("CHROME"), usualNames()); shared.err == nil {
			shared.ctx, shared.close, shared.err = start(found)
		}
	})
	if errors.Is(shared.err, errNoBrowser) && os.Getenv("CI") != "true" {
		t.Skip(shared.err)
	}
	if shared.err != nil {
		t.Fatalf("browser: %v", shared.err)
	}
	p, err := open(t, shared.ctx, options)
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	p.watch = options.Watch
	t.Cleanup(func() {
		if !t.Failed() {
			p.pauseForWatcher()
		}
	})
	return p
}

func start(found chromium) (context.Context, func(), error) {
	home, err := os.MkdirTemp("", "areariservata-browser-")
	if err != nil {
		return nil, nil, err
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(found.path), chromedp.UserDataDir(home+"/profile"), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "it"),
		// Also HOME and the caches, so that no file of the developer's account is read or written.
		chromedp.Env("HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home),
	)
	if withoutSandbox(found) {
		flags = append(flags, chromedp.NoSandbox)
	}
	if found.libraries != "" {
		flags = append(flags, chromedp.Env("LD_LIBRARY_PATH="+found.libraries))
	}
	allocator, freeAllocator := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	end := func() {
		closeBrowser()
		freeAllocator()
		_ = os.RemoveAll(home)
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("%s: %w", found.path, err)
	}
	return ctx, end, nil
}

func open(t testing.TB, browser context.Context, options Options) (*Page, error) {
	ctx, closePage := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(closePage)
	p := &Page{t: t, ctx: ctx, scriptless: options.NoScripts}
	options.Width, options.Height = cmp.Or(options.Width, 1280), cmp.Or(options.Height, 900)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(options.Width), int64(options.Height))); err != nil {
		return nil, err
	}
	if err := setScripts(ctx, !options.NoScripts); err != nil {
		return nil, err
	}
	language := "it-IT,it;q=0.9"
	if options.English {
		language = "en-GB,en;q=0.9"
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders,
		network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": language}}); err != nil {
		return nil, err
	}
	messages := chromedp.Console(ctx)
	go func() {
		for message, err := range messages {
			if err != nil {
				return
			}
			p.onConsole(message)
		}
	}()
	return p, nil
}

// actionTimeout limits each action, such as waiting for an element. Pages come from this machine, which may be busy.
const actionTimeout = 30 * time.Second

// Page is one tab.
type Page struct {
	t          testing.TB
	ctx        context.Context
	scriptless bool
	watch      func(*Page)

	mu            sync.Mutex
	consoleErrors []string
}

// pauseForWatcher calls Options.Watch, unless Watch itself is running.
func (p *Page) pauseForWatcher() {
	p.t.Helper()
	if watch := p.watch; watch != nil {
		p.watch = nil
		defer func() { p.watch = watch }()
		watch(p)
	}
}

func setScripts(ctx context.Context, on bool) error {
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	return err
}

func (p *Page) onConsole(message chromedp.ConsoleMessage) {
	if message.Type != chromedp.ConsoleError && !message.IsException() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.consoleErrors = append(p.consoleErrors, fmt.Sprintf("%s (%s)", message, message.URL))
}

// ConsoleErrors returns the errors in the page's console so far: violations of the content security policy, errors in
// scripts, and responses with an error status. The browser reports them with a short delay.
func (p *Page) ConsoleErrors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.consoleErrors...)
}

// runAction runs an action with a time limit. On failure the test ends with the action and the page's address.
func runAction[T any](p *Page, what string, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTimeout)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		p.fatalf("%s: %v", what, err)
	}
	return result
}

func (p *Page) fatalf(format string, args ...any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	where, _ := chromedp.Run(ctx, chromedp.Location()) // empty if it cannot be determined
	title, _ := chromedp.Run(ctx, chromedp.Title())
	p.t.Fatalf("%s\n\ton %s, %q", fmt.Sprintf(format, args...), where, title)
}
