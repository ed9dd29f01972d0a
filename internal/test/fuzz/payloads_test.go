package fuzz_test

import (
	"strconv"
	"strings"
)

// escapes end the context of a text, so that markup is interpreted.
func escapes() []string {
	return []string{
		"",
		`">`,
		`'>`,
		"`>",
		"</title>",
		"</textarea>",
		"</script>",
		"--!>",
		"</style>",
		"]]>",
		"</option></select>",
		"</noscript>",
		"</svg></math>",
		"</button></a></form>",
		`"/>`,
		"\x0b>",
		"}};*/",
	}
}

// vectors run or fetch something where markup is interpreted. N is the payload's number; every element has the
// attribute `fired`, by which typed markup is found in a page.
func vectors() []string {
	return []string{
		"<script fired>self.firedN=1</script>",
		"<script fired src=/fired/N></script>",
		"<img fired src=/fired/N onerror=self.firedN=1>",
		"<svg fired onload=self.firedN=1>",
		"<svg fired><script>self.firedN=1</script></svg>",
		`<iframe fired srcdoc="<script>parent.firedN=1</script>">`,
		"<iframe fired src=javascript:parent.firedN=1>",
		"<details fired open ontoggle=self.firedN=1>",
		"<input fired autofocus onfocus=self.firedN=1>",
		"<video fired><source onerror=self.firedN=1></video>",
		"<audio fired src=/fired/N>",
		"<object fired data=/fired/N></object>",
		"<embed fired src=/fired/N>",
		"<link fired rel=stylesheet href=/fired/N>",
		"<style fired>@import '/fired/N';</style>",
		"<meta fired http-equiv=refresh content='9;url=/fired/N'>",
		"<base fired href=/fired/N/>",
		"<form fired action=/fired/N><button>x</button></form>",
		"<marquee fired onstart=self.firedN=1>x</marquee>",
		"<a fired href=javascript:self.firedN=1>x</a>",
		"<x fired tabindex=1 onfocus=self.firedN=1 autofocus>",
		"<svg fired><animate onbegin=self.firedN=1 attributeName=x dur=1s></svg>",
		"<img fired srcset=/fired/N>",
		"<picture fired><source srcset=/fired/N><img></picture>",
		"<video fired poster=/fired/N></video>",
		"<math fired><mtext><img src=x onerror=self.firedN=1></mtext></math>",
		"<template fired shadowrootmode=open><img src=/fired/N></template>",
		"<div fired style=background:url(/fired/N)>x</div>",
		"<svg fired><image href=/fired/N /></svg>",
	}
}

// payloads are all vectors after all escapes, and some that need no markup.
func payloads() (all []string) {
	for _, escape := range escapes() {
		for _, vector := range vectors() {
			all = append(all, escape+vector)
		}
	}
	all = append(
		all,
		`" autofocus onfocus=self.firedN=1 fired="`,
		`' autofocus onfocus=self.firedN=1 fired='`,
		` fired onfocus=self.firedN=1 autofocus `,
		"javascript:self.firedN=1",
		"JaVaScRiPt:self.firedN=1",
		"java\tscript:self.firedN=1",
		"data:text/html,<script>parent.firedN=1</script>",
		"';self.firedN=1;'",
		`";self.firedN=1;"`,
		"${self.firedN=1}",
		"{{constructor.constructor('self.firedN=1')()}}",
		"&lt;script fired&gt;self.firedN=1&lt;/script&gt;",
		"%3Cscript fired%3Eself.firedN=1%3C/script%3E",
		"\u003cscript fired\u003eself.firedN=1\u003c/script\u003e",
		"＜script fired＞self.firedN=1＜/script＞",
		"+ADw-script fired+AD4-self.firedN=1+ADw-/script+AD4-",
		"<scr<script>ipt fired>self.firedN=1</scr</script>ipt>",
		"<<script fired>self.firedN=1</script>",
		"<svg/fired/onload=self.firedN=1>",
		"<img fired src=`x` onerror=self.firedN=1>",
		"//fired.example/N",
	)
	for n := range all {
		all[n] = strings.ReplaceAll(all[n], "N", strconv.Itoa(n))
	}
	return all
}
