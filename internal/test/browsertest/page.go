package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Goto opens an address and waits until the page is loaded. An error page is a page too.
func (p *Page) Goto(url string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, "go to "+url, chromedp.Navigate(url))
}

// Title is the document's.
func (p *Page) Title() string {
	p.t.Helper()
	return runAction(p, "title", chromedp.Title())
}

// URL is the page's address.
func (p *Page) URL() string {
	p.t.Helper()
	return runAction(p, "address", chromedp.Location())
}

// Click clicks the element with this role and accessible name ("button", "Salva"). It waits for the element, not for
// the effect of the click: for a link or a form's button use Follow.
func (p *Page) Click(role, name string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, fmt.Sprintf("click %s %q", role, name), p.click(role, name))
}

// Follow clicks as Click does and waits until the next page is loaded.
func (p *Page) Follow(role, name string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, fmt.Sprintf("follow %s %q", role, name), chromedp.WaitEvent(page.LoadEventFired, nil, p.click(role, name)))
}

// WaitForNavigation runs do and waits until the page to which it leads is loaded.
func (p *Page) WaitForNavigation(what string, do func()) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(
		p,
		"wait for "+what,
		chromedp.WaitEvent(page.LoadEventFired, nil, func(context.Context, *chromedp.Target) (chromedp.Void, error) {
			do()
			return chromedp.Void{}, nil
		}),
	)
}

// ClickCSS clicks the first visible element that matches the selector, for elements without a name.
func (p *Page) ClickCSS(selector string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, "click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Fill replaces the text of the field with this label.
func (p *Page) Fill(label, value string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, fmt.Sprintf("fill %q", label), func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		node, err := singleNode(ctx, t, label, "textbox", "searchbox", "combobox", "spinbutton")
		if err != nil {
			return chromedp.Void{}, err
		}
		if _, err := cdp.Call(ctx, t, dom.Focus, dom.FocusParams{BackendNodeID: node}); err != nil {
			return chromedp.Void{}, err
		}
		if _, err := callOn[bool](ctx, t, node, `function() { this.select(); return true }`); err != nil {
			return chromedp.Void{}, err
		}
		if value == "" {
			return chromedp.KeyEvent(kb.Delete)(ctx, t)
		}
		_, err = cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: value})
		return chromedp.Void{}, err
	})
}

// Choose selects the option with this text in the list with this label.
func (p *Page) Choose(label, option string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, fmt.Sprintf("choose %q in %q", option, label), func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		node, err := singleNode(ctx, t, label, "combobox", "listbox")
		if err != nil {
			return chromedp.Void{}, err
		}
		there, err := callOn[bool](ctx, t, node, `function(text) {
			const option = [...this.options].find(o => o.text.trim() === text && !o.disabled);
			if (!option) return false;
			option.selected = true;
			for (const kind of ['input', 'change']) this.dispatchEvent(new Event(kind, {bubbles: true}));
			return true;
		}`, option)
		if err == nil && !there {
			err = fmt.Errorf("no such option")
		}
		return chromedp.Void{}, err
	})
}

// Press sends a key to the focused element. Package kb of chromedp has names for keys that are not characters.
func (p *Page) Press(key string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, fmt.Sprintf("press %q", key), chromedp.KeyEvent(key))
}

// Text waits for an element that matches the selector, and returns the visible text of the first one.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	runAction(p, "find "+selector, chromedp.WaitReady(chromedp.CSS(selector)))
	return Eval[string](p, fmt.Sprintf(`document.querySelector(%s).innerText.trim()`, quoted(selector)))
}

// Texts returns the text of every element that matches the selector at this moment; there may be none.
func (p *Page) Texts(selector string) []string {
	p.t.Helper()
	return Eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll(%s)].map(e => e.innerText.trim())`, quoted(selector)))
}

// Has reports whether there is an element with this role and accessible name at this moment.
func (p *Page) Has(role, name string) bool {
	p.t.Helper()
	return len(runAction(p, fmt.Sprintf("find %s %q", role, name), func(ctx context.Context, t *chromedp.Target) ([]cdp.BackendNodeID, error) {
		return accessibleNodes(ctx, t, name, role)
	})) > 0
}

// Screenshot writes a picture of the whole page to a PNG file.
func (p *Page) Screenshot(path string) {
	p.t.Helper()
	if err := os.WriteFile(path, runAction(p, "screenshot", chromedp.FullScreenshot(100)), 0o644); err != nil {
		p.fatalf("screenshot: %v", err)
	}
}

// Eval evaluates a JavaScript expression in the page and waits for a promise. Neither the content security policy nor
// Options.NoScripts prevents it.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return runAction(p, "evaluate", chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func (p *Page) click(role, name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		node, err := singleNode(ctx, t, name, role)
		if err != nil {
			return chromedp.Void{}, err
		}
		if _, err := cdp.Call(ctx, t, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: node}); err != nil {
			return chromedp.Void{}, err
		}
		quads, err := cdp.Call(ctx, t, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: node})
		if err != nil {
			return chromedp.Void{}, err
		}
		if len(quads.Quads) == 0 {
			return chromedp.Void{}, fmt.Errorf("it has no place on the page")
		}
		var x, y float64
		for i, at := range quads.Quads[0] {
			if i%2 == 0 {
				x += at / 4
			} else {
				y += at / 4
			}
		}
		return chromedp.MouseClickXY(x, y)(ctx, t)
	}
}

// singleNode waits for the element with this name and one of these roles. Two matching elements are an error: a user
// could not distinguish them either.
func singleNode(ctx context.Context, t *chromedp.Target, name string, roles ...string) (cdp.BackendNodeID, error) {
	again := time.NewTicker(30 * time.Millisecond)
	defer again.Stop()
	for {
		nodes, err := accessibleNodes(ctx, t, name, roles...)
		switch {
		case err == nil && len(nodes) == 1:
			return nodes[0], nil
		case err == nil && len(nodes) > 1:
			return 0, fmt.Errorf("there are %d of them", len(nodes))
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("there is none: %w", ctx.Err())
		case <-again.C: // also after an error: during a navigation there is no document
		}
	}
}

func accessibleNodes(ctx context.Context, t *chromedp.Target, name string, roles ...string) ([]cdp.BackendNodeID, error) {
	// Not dom.GetDocument, which invalidates the node ids that chromedp keeps.
	document, err := chromedp.Evaluate[*runtime.RemoteObject](`document`)(ctx, t)
	if err != nil {
		return nil, err
	}
	tree, err := cdp.Call(ctx, t, accessibility.QueryAXTree,
		accessibility.QueryAXTreeParams{ObjectID: document.ObjectID, AccessibleName: name})
	if err != nil {
		return nil, err
	}
	var nodes []cdp.BackendNodeID
	for _, node := range tree.Nodes {
		if !node.Ignored && node.Role != nil && slices.Contains(roles, strings.Trim(string(node.Role.Value), `"`)) {
			nodes = append(nodes, node.BackendDOMNodeID)
		}
	}
	return nodes, nil
}

// callOn calls a function with the element as this.
func callOn[T any](ctx context.Context, t *chromedp.Target, node cdp.BackendNodeID, function string, args ...any) (T, error) {
	object, err := cdp.Call(ctx, t, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: node})
	if err != nil {
		var none T
		return none, err
	}
	on := func(call *runtime.CallFunctionOnParams) { call.ObjectID = object.Object.ObjectID }
	return chromedp.CallFunctionOn[T](function, on, args...)(ctx, t)
}

func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // cannot fail for a string
	}
	return string(out)
}
