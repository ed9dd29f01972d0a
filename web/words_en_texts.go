package web

// Both texts say what is true of a product that hasn't been declared yet, and no more.

var englishAccessibility = TextPage{
	Title: "Accessibility",
	Lead:  "We want the Area Riservata to work with every tool: keyboard, screen reader, magnifier, voice control.",
	Sections: []Notice{
		{"How far we are", "The service has no accessibility statement yet. We build it by the WCAG 2.2, level AA, and will publish the statement when the checks are complete."},
		{"What we check", "With every change an automatic check examines all pages in a browser. Every journey must work with the keyboard alone, without JavaScript, with enlarged text, on screens 320 pixels wide and with high-contrast colours."},
		{"What is missing", "Automatic checks are not enough: checks with people who use assistive technology every day are still missing. There is no dark mode; the operating system’s high-contrast colours are respected."},
		{"If you find an obstacle", "Write to us what you wanted to do, on which page, and with which tool. Don’t send Fiscal Codes or other people’s data."},
	},
	Contact:   "Report an obstacle",
	NoContact: "The address for reports has not been published yet: turn to the service’s help desk.",
}

var englishPrivacy = TextPage{
	Title: "Privacy",
	Lead:  "Which data this service uses, who sees them and what we do with them. The full notice is that of the service which hosts it.",
	Sections: []Notice{
		{"Which data", "First name, last name, Fiscal Code, institutional e-mail, roles and groups of who works for an institution on PagoPA products, and the language you choose."},
		{"Where they come from", "An Administrator of the institution enters them. When you sign in with SPID or CIE, first and last name are verified."},
		{"Who sees them", "You, and the Administrators of your institution’s products. No institution sees what another one wrote, nor whom else you work for."},
		{"What stays on record", "Every change to roles is recorded: who made it, to whom, and when. The record can’t be changed."},
		{"Cookies", "Technical ones only: they keep your session open, protect signing in, find again a form that you were filling in when the session ended, and remember for a year the language you chose. No statistics, no third-party services."},
	},
	Contact:   "For your rights over your data",
	NoContact: "For your rights over your data, turn to the institution you work for.",
}
