# `make` lists the targets. Go is enough to begin with: a target that needs more fetches it or says what to install.

TOOL := go tool -modfile=tools/go/go.mod# golangci-lint and deadcode, in a module of their own
GITLEAKS := go tool -modfile=tools/go/gitleaks/go.mod gitleaks -c tools/go/gitleaks/gitleaks.toml# in a third module: its dependencies conflict
BROWSERTEST := areariservata.example/utenti/internal/test/browsertest

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build release generate fmt assets lint test short race browser manifests containers mutants model-test buffers leak chaos fuzz observatory rolling ha citus citus-faults bench bench-quick pictures nu providers lighthouse restore-drill security check postgres chromium npm

help: ## lists the targets
	@awk -F ':.*## ' '/^##@ / { sub(/^##@ /, "\n"); print } /^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Every day

run: postgres ## starts the demo: site, database and a stand-in for SPID (LISTEN, DATA_DIR, DEMO_CATALOGUE, DEMO_DATA)
	go build -o bin/demo ./cmd/demo
	@exec bin/demo # a signal reaches the demo itself

short: ## runs the tests that need neither a database nor a browser
	go test -short ./...

test: postgres chromium ## runs every test: rules, database, pages, browser
	go test -timeout 30m ./...

generate: ## what is made from other files: pages from .templ, the demo's thousand users
	go tool templ generate
	go generate ./...

fmt: ## formats the code and applies go fix
	go fix -stringsbuilder=false ./...
	$(TOOL) golangci-lint fmt
	go tool templ fmt web

lint: ## runs the linters of .golangci.yml, and looks for unreachable code
	$(TOOL) golangci-lint run
	@dead=$$($(TOOL) deadcode -test ./...) && echo "$$dead" && [ -z "$$dead" ]

check: ## runs what CI runs: modules, generated code, format, linters, tests with the race detector
	go mod tidy -diff
	go -C tools/go mod tidy -diff
	go -C tools/go/gitleaks mod tidy -diff
	go -C tools/go/sbom mod tidy -diff
	.ci/unchanged $(MAKE) generate fmt assets
	$(MAKE) lint manifests race

##@ Build

# grpcnotrace leaves out gRPC's debugging pages. They bring a template engine, with which the linker keeps every method of
# every type: 5 MB.
build: ## builds the static programs into bin/
	CGO_ENABLED=0 go build -tags grpcnotrace -trimpath -ldflags='-s -w' -o bin/ ./cmd/areariservata ./cmd/spidbridge

release: ## builds the release into dist/: programs for linux amd64 and arm64, twice and compared, checksums, SBOMs (some minutes)
	tools/release

assets: npm ## builds styles, icons and fonts into web/static
	node tools/assets.mjs

pictures: postgres chromium ## takes the README's pictures from the running demo
	PICTURES=$(CURDIR)/docs/pictures go test -count=1 -run TheDemoRunsTwice ./cmd/demo

##@ More tests

# Left out: packages that ask one thing many times, or run the program as a process of its own, without the detector.
NO_RACE := internal/test/(bench|chaos|e2e|ha|leak|perf|refmodel|restore)$$|/web/gallery$$

race: postgres ## runs the tests with the race detector
	go test -race -vet=off -timeout 30m $$(go list ./... | grep -vE '$(NO_RACE)')

browser: postgres chromium ## runs the tests that open a browser
	go test $$(go list -f '{{$$p := .ImportPath}}{{range .TestImports}}{{if eq . "$(BROWSERTEST)"}}{{$$p}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "$(BROWSERTEST)"}}{{$$p}}{{end}}{{end}}' ./... | sort -u) $(BROWSERTEST)

manifests: ## checks Dockerfile, compose.yaml and the Kubernetes manifests with the parsers of their tools
	go -C tools/go test -count=1 ./...

containers: manifests ## builds the images, starts compose.yaml and uses the site, where Docker is (some minutes)
	@if docker info >/dev/null 2>&1; then CONTAINERS=yes go test -count=1 -v -timeout 1h ./internal/test/containers; \
	else echo "containers: SKIPPED, no engine answers \`docker info\`: no image is built, and compose.yaml is not started"; fi

mutants: ## puts mutants into the rules; the reference model must kill each (an hour)
	MUTANTS=1 go test -count=1 -timeout 60m -v -run TestEveryMutantIsKilled ./internal/test/refmodel

model-test: postgres ## makes a million concurrent changes and replays them from the log (half an hour)
	OPERATIONS=1000000 go test -v -timeout 3h -run ConcurrentOperations ./internal/users

buffers: postgres ## compares what each page's statements read with 1,000 and 100,000 users in one institution (some minutes)
	BUFFERS=yes go test -count=1 -v -timeout 1h -run NoPageReadsMore ./internal/test/perf

LEAK_PEOPLE ?= 10000

leak: postgres ## sends invented personal data through every page, form and error, and searches for it elsewhere (up to an hour)
	LEAK_PEOPLE=$(LEAK_PEOPLE) go test -count=1 -v -timeout 6h ./internal/test/leak

CHAOS ?= 1# the share of a whole run

chaos: postgres ## breaks the site's dependencies under load, and counts what is lost (CHAOS=0.1: a tenth of a run)
	CHAOS=$(CHAOS) go test -count=1 -v -timeout 3h -skip RollingRestarts ./internal/test/chaos

rolling: postgres ## restarts two replicas in turn under load, and counts the failures
	CHAOS=$(CHAOS) go test -count=1 -v -timeout 1h -run RollingRestarts ./internal/test/chaos

KILLS ?= 20

ha: postgres ## kills the primary of three database machines under load, and counts what is lost (KILLS=n)
	@for name in haproxy pgbouncer patroni etcd; do PATH="$$PATH:/usr/sbin" command -v $$name >/dev/null || \
		{ echo "$$name is missing: apt-get install --no-install-recommends haproxy pgbouncer patroni etcd-server; their services need not run" >&2; exit 1; }; done
	HA=$(KILLS) go test -count=1 -p 1 -v -timeout 2h -run 'Primary|Standbys|LossOfAMachine|HAProxy' ./internal/test/ha ./internal/test/chaos

# Citus is an extension of PostgreSQL, installed apart.
CITUS = go run ./internal/test/citus/installed

citus: postgres ## runs the tests of users, store, server and cmd on a database distributed with Citus, where it is installed (half an hour)
	@! $(CITUS) || TEST_CITUS=yes go test -count=1 -p 1 -timeout 1h ./internal/users ./internal/store ./internal/server ./cmd/areariservata

CITUS_KILLS ?= 50

citus-faults: postgres ## moves shards and kills nodes of a Citus cluster under changes, and counts what is lost (CITUS_KILLS=n)
	@! $(CITUS) || CITUS_KILLS=$(CITUS_KILLS) go test -count=1 -v -timeout 2h -run FaultsOfNodes ./internal/test/citus

REQUESTS ?= 1000000

fuzz: postgres chromium ## sends a million odd requests, scripts in every text and every stale form (REQUESTS=n)
	FUZZ=1 REQUESTS=$(REQUESTS) go test -count=1 -v -timeout 3h ./internal/test/fuzz

RESTORE_USERS ?= 100000

restore-drill: postgres ## loses the database under load, restores it to named moments, reports losses and times (RESTORE_USERS=n)
	RESTORE_USERS=$(RESTORE_USERS) go test -count=1 -v -timeout 1h ./internal/test/restore

##@ Measurements

USERS ?= 1000000
BENCH = BENCH_PROGRAM=$(CURDIR)/bin/areariservata go test -count=1 -v -timeout 3h -run GoalsOfSpeed ./internal/test/bench

bench: postgres build ## measures the goals of docs/performance.md (20 minutes; USERS=n; BENCH_DATA=/folder keeps the generated users)
	BENCH=whole USERS=$(USERS) $(BENCH)

bench-quick: postgres build ## measures what does not depend on the machine: allocations, round trips, sizes, ratios (a minute)
	go test -count=1 -v -run 'FewAllocations|TheDatabaseTwice|ListReads' ./web ./internal/test/perf ./internal/store
	BENCH=quick ROUNDS=1 $(BENCH)

##@ Third-party tools

observatory: postgres tools/observatory/node_modules/.package-lock.json ## runs Mozilla's HTTP Observatory on every linked page (needs Node.js)
	OBSERVATORY=$(CURDIR)/tools/observatory go test -count=1 -v -run Observatory ./internal/test/fuzz

nu: npm ## runs the Nu Html Checker on every page in every state (needs Java)
	@command -v java >/dev/null || { echo "java is missing: install a runtime (apt-get install default-jre-headless, brew install openjdk)" >&2; exit 1; }
	NU=yes go test -count=1 -v -run NuChecker ./web/gallery

providers: postgres ## tests sign-in with npm's oidc-provider in place of our bridge (needs Node.js)
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js (apt-get install nodejs npm, brew install node)" >&2; exit 1; }
	npm ci --prefix tools/oidc --ignore-scripts --no-audit --no-fund
	PROVIDERS=$(CURDIR)/tools/oidc go test -count=1 -v -run TestSignInWithAnotherProvider ./internal/test/attack

lighthouse: postgres chromium tools/lighthouse/node_modules/.package-lock.json ## runs Lighthouse on the list: accessibility, best practices, performance (needs Node.js)
	LIGHTHOUSE=$(CURDIR)/tools/lighthouse/node_modules/lighthouse/cli/index.js go test -count=1 -v -run Lighthouse ./internal/test/perf

VULNDB ?= https://vuln.go.dev# file:///FOLDER: a local copy (with index and ID in it); none: skip

security: ## scans code, dependencies, secrets and licences (VULNDB=file:///FOLDER where vuln.go.dev is out of reach)
	go mod verify
	$(TOOL) golangci-lint run --allow-parallel-runners -c tools/go/security.yml
	@if [ "$(VULNDB)" = none ]; then echo "govulncheck: SKIPPED (VULNDB=none)"; else \
	$(TOOL) govulncheck -show version -db "$(VULNDB)" ./... || { [ $$? = 3 ] || \
		echo "if $(VULNDB) cannot be read: VULNDB=file:///FOLDER names a local copy, VULNDB=none skips this" >&2; exit 1; }; fi
	$(GITLEAKS) git --no-banner --redact --verbose .
	$(GITLEAKS) dir --no-banner --redact --verbose .
	go -C tools/go run ./licences $(CURDIR)
	tools/go/npm-audit $(dir $(wildcard tools/package-lock.json tools/*/package-lock.json))

# The demo and the tests start their own PostgreSQL, and the tests a browser: the system's if there is one, otherwise npm's.

postgres:
	@if go run ./internal/demo/devpostgres/locate >/dev/null 2>&1; then :; \
	elif command -v npm >/dev/null; then $(MAKE) npm; \
	elif [ -z "$$DATABASE_URL$$TEST_DATABASE_URL" ]; then go run ./internal/demo/devpostgres/locate; fi

chromium:
	@for name in "$$CHROME" chromium-headless-shell chrome-headless-shell chromium chromium-browser google-chrome google-chrome-stable \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; \
	do command -v "$$name" >/dev/null && exit; done; \
	if command -v npm >/dev/null; then $(MAKE) npm; \
	else echo "neither a browser nor npm to fetch one: the tests that open a browser are skipped"; fi

npm: tools/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js (apt-get install nodejs npm, brew install node)" >&2; exit 1; }
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund
