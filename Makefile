# SPDX-License-Identifier: Apache-2.0
# The two commands of the README are `make run` and `make test`; `make help` lists the rest.
SCENARIO ?= fixtures/scenarios/node_exporter/scenario.yml
CASES ?= tests/conformance
REPORT ?=
PORT ?= 4173
PREFIX ?= /usr/local
SEEDS ?= 1-200
RELEASE := build/gcc-release

.DEFAULT_GOAL := help
.PHONY: help run config page view install test build check test-unit conformance oracle oracle-go oracle-check bench bench-test bench-live compare-live lint spec-table tidy format wasm clean deps deps-bench deps-test

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: build ## install what is missing, build, and replay a recorded node_exporter (SCENARIO=FILE for another one)
	@$(RELEASE)/stalemark run $(SCENARIO)
	@$(RELEASE)/stalemark test $(SCENARIO)
	@echo
	@echo "Next: read $(SCENARIO), change something in it, and make run again."
	@echo "      $(RELEASE)/stalemark test fixtures/scenarios/*.yml runs the gallery; make test runs all tests."

config: build ## check a prometheus.yml: make config CONFIG=FILE
	@$(RELEASE)/stalemark check $(CONFIG)

page: deps-test ## build the visualizer: build/web, and in it view.html for `stalemark view` and `stalemark test --html`
	@wasm/build-deps.sh
	@cmake --preset wasm >/dev/null
	@cmake --build --preset wasm --target stalemark_module -- --quiet
	@web/scripts/with-node.sh web/scripts/build.sh

view: page ## see it: build the visualizer and serve its gallery on localhost (PORT=4173)
	@web/scripts/with-node.sh node web/scripts/serve.mjs $(PORT)

install: build ## install the command, and the visualizer's page after `make page` (PREFIX=/usr/local)
	@cmake --install $(RELEASE) --prefix $(PREFIX)

test: deps-test ## install what is missing, then every test on every build; ends with `N passed, N failed`
	@cmake/run-tests.py

deps:
	@cmake/install-deps.sh native
deps-bench:
	@cmake/install-deps.sh bench
deps-test:
	@cmake/install-deps.sh test

$(RELEASE)/build.ninja: | deps
	@cmake --preset gcc-release >/dev/null

build: deps $(RELEASE)/build.ninja ## build the command: build/gcc-release/stalemark
	@ninja --quiet -C $(RELEASE) stalemark

check: deps $(RELEASE)/build.ninja ## after an edit: build what changed, run the unit tests of the optimised build
	@ninja --quiet -C $(RELEASE)
	@ctest --test-dir $(RELEASE) --output-on-failure --parallel 2

test-unit: check ## the same as check

conformance: build ## replay recorded cases of the real Prometheus (CASES=DIR, REPORT=FILE)
	@$(RELEASE)/stalemark conformance $(CASES) $(if $(filter tests/conformance,$(CASES)),--expected-failures tests/conformance/expected_failures.txt) $(if $(REPORT),--report $(REPORT))

oracle-go:
	@tests/oracle/run check

oracle: | oracle-go build ## random cases against the real Prometheus (SEEDS=1-200, SELECT=FEATURES, ONLY=FORMAT); needs Go
	@tests/oracle/run compare -seeds $(SEEDS) -engine $(RELEASE)/stalemark -output build/oracle $(if $(ONLY),-only $(ONLY)) $(if $(SELECT),-select $(SELECT))

oracle-check: ## record the recorded cases anew: each must come out as it is; needs Go
	@tests/oracle/run verify $(CASES)

bench: deps-bench $(RELEASE)/build.ninja ## CPU time per sample, optimised build
	@cmake --preset gcc-release >/dev/null
	@ninja --quiet -C $(RELEASE) stalemark_bench
	@$(RELEASE)/benchmarks/stalemark_bench

bench-test: build ## stalemark test as whole processes: one small scenario, 500 generated ones
	@benchmarks/test_command.py $(RELEASE)/stalemark

bench-live: deps-bench deps-test $(RELEASE)/build.ninja ## stalemark live beside Prometheus 3.14 and vmagent: CPU per sample, memory (5 minutes)
	@cmake --preset gcc-release >/dev/null
	@ninja --quiet -C $(RELEASE) stalemark stalemark_bench_exporter
	@tests/live/e2e/peer.sh
	@benchmarks/live/compare.py $(RELEASE)/stalemark $(RELEASE)/benchmarks/stalemark_bench_exporter

compare-live: deps-test build ## the same for two minutes on the same exporters and faults: what each stored, as a table
	@tests/live/e2e/peer.sh
	@LIVE_SECONDS=120 python3 tests/live/e2e/live_test.py $(RELEASE)/stalemark --table

lint: deps-test ## the lints, their tests and the layout by clang-format
	@cmake/run-tests.py lint

spec-table: ## each rule of the specification with its tests and recorded cases
	@python3 cmake/lint/traceability.py

tidy: deps-test ## clang-tidy over all sources (minutes)
	@cmake/run-tests.py tidy

format: deps-test ## lay out all C++ by clang-format
	@git ls-files -z --cached --others --exclude-standard '*.h' '*.cpp' | xargs -0 clang-format -i

wasm: deps-test ## build for WebAssembly and run its tests under Node
	@cmake/run-tests.py wasm

clean: ## remove what was built; the libraries for WebAssembly stay in .cache/
	@rm -rf build
