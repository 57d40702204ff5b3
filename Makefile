# Two commands do everything on a fresh machine: `make demo` and `make test`.
# One build serves both: the tests test the binary that people run.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CONFIG ?= release
BUILD := swift build -c $(CONFIG) --build-tests
QUASH := .build/$(CONFIG)/quash

.PHONY: help demo test simulate test-tsan test-asan fire fuzz mutants bench build lint format tools clean install

help: ## says what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

demo: build ## cancels some 1,300 practice orders before your eyes
	@$(QUASH) demo

# The simulation keeps both cores busy, and the tests of the real binary wait for the clock: one after the other.
test: build ## runs all tests
	@swift test -c $(CONFIG) --skip-build --disable-xctest --filter '^SimulationTests\.' 2>&1 | ./.ci/brief
	@swift test -c $(CONFIG) --skip-build --disable-xctest --skip '^SimulationTests\.' 2>&1 | ./.ci/brief

simulate: build ## runs SEEDS=n fresh seeds of the simulation, or tells SEED=n line by line
	@QUASH_SIMULATE_SEEDS=$(or $(SEEDS),200) $(if $(SEED),QUASH_SIMULATE_SEED=$(SEED)) \
		swift test -c $(CONFIG) --skip-build --disable-xctest \
		--filter '$(if $(SEED),one seed,every promise)' 2>&1 | grep -E '^(simulation:|✘|↳|✔ Test run)'

fire: build ## kills, starves and cuts the real binary off; FULL=1 for the whole sweep
	@if command -v python3 >/dev/null; then \
		python3 Tests/Fire/fire.py --quash $(QUASH) $(if $(FULL),--full,--quick); \
	else echo "skipped: python3 is missing: apt-get install python3"; fi

mutants: ## breaks the product on purpose, and shows which test catches it
	@python3 Tests/Mutants/mutants.py

bench: build ## measures what it costs, against what is possible here; RUNS=n, ONLY="limit engine"
	@python3 Benchmarks/bench.py --runs $(or $(RUNS),1) $(if $(ONLY),--only $(ONLY))

fuzz: ## feeds the readers with nonsense; RUNS=n inputs each
	@Tests/Fuzz/run --runs $(or $(RUNS),200000)

test-tsan: ## runs all tests under ThreadSanitizer
	@./Tests/sanitize thread

test-asan: ## runs all tests under AddressSanitizer
	@./Tests/sanitize address

lint: ## checks the format
	@swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

format: ## formats the sources
	@swift format --in-place --recursive Package.swift Sources Tests Benchmarks

build: tools ## builds the program and its tests
	@$(BUILD)

install: build ## puts quash into PREFIX/bin (default /usr/local)
	@install -D -m 755 $(QUASH) $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/quash

tools:
	@./.ci/tools

clean: ## removes the build
	@rm -rf .build
