package browsertest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"
)

// Upload chooses a file in the field that matches the selector: assistive technologies do not agree on a role of file
// fields.
func (p *Page) Upload(selector, path string) {
	p.t.Helper()
	p.pauseForWatcher()
	runAction(p, fmt.Sprintf("choose a file in %q", selector), func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		document, err := cdp.Call(ctx, t, dom.GetDocument, dom.GetDocumentParams{})
		if err != nil {
			return chromedp.Void{}, err
		}
		field, err := cdp.Call(ctx, t, dom.QuerySelector, dom.QuerySelectorParams{NodeID: document.Root.NodeID, Selector: selector})
		if err != nil {
			return chromedp.Void{}, err
		}
		_, err = cdp.Call(ctx, t, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, NodeID: field.NodeID})
		return chromedp.Void{}, err
	})
}
