# `make` lists the targets. Each does its own set-up: a virtual environment in .venv and the install.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
DEVICE ?= cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadgroup --durations=15

.DEFAULT_GOAL := help
.PHONY: help train test test-all test-nightly check format extractor measured benchmark gpu gpu-bundle quality pages samplers table clean coverage release mutants faults bad-inputs lock versions

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(BIN)/python:
	@$(PYTHON) -B -c "import gan_lab"
	$(PYTHON) -m venv .venv

# What is installed is what requirements.lock says, byte by byte. One package of it has no wheel: setuptools builds it.
.venv/.installed: pyproject.toml requirements.lock | $(BIN)/python
	@echo "installing into .venv: once, some minutes"
	@sed -n '/^setuptools==/,/[^\\]$$/p' requirements.lock > .venv/setuptools.lock
	$(PIP) --require-hashes --requirement .venv/setuptools.lock
	$(PIP) --require-hashes --use-pep517 --requirement requirements.lock
	$(PIP) --editable .
	$(BIN)/python -m pip check
	@touch $@

train: .venv/.installed ## train WGAN-GP on the embedded digits; ARGS="model=gan epochs=10" for anything else
	$(BIN)/python -m gan_lab $(ARGS)

test: .venv/.installed ## run the quick half of the tests, six minutes on two cores; ARGS="-k resume" for less
	$(PYTEST) -m "not slow and not nightly" $(ARGS)

test-all: .venv/.installed ## run all tests but the nightly ones, half an hour on two cores
	$(PYTEST) -m "not nightly" $(ARGS)

test-nightly: .venv/.installed ## run what repeats tests over more seeds
	$(PYTEST) -m nightly $(ARGS)

check: .venv/.installed ## check format, lint and types: the fast sibling of `make test`, half a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.installed ## put the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

extractor: .venv/.installed ## train the feature extractor on MNIST again (to a new file)
	$(BIN)/python -m gan_lab.extractor data=mnist name=mnistcnn-again threads=1

measured: .venv/.installed ## measure MNIST and Fashion-MNIST for their extractors once more, into gan_lab/metric/measured
	$(BIN)/python -m gan_lab.extractor.ship mnistcnn mnist
	$(BIN)/python -m gan_lab.extractor.ship fashioncnn fashion_mnist

benchmark: .venv/.installed ## compare our speed with hand-written loops' and the libraries', an hour; DEVICE=cuda
	$(BIN)/python -m tests.benchmarks.training --device $(DEVICE)
	$(BIN)/python -m tests.benchmarks.measuring
	$(BIN)/python -m tests.benchmarks.neighbours
	$(BIN)/python -m tests.benchmarks.variants
	$(BIN)/python -m tests.benchmarks.chains

gpu: .venv/.installed ## learn all that can be learnt on a GPU in eight minutes, and write outputs/reference/gpu.json
	$(BIN)/python -m tests.gpu $(ARGS)

gpu-bundle: .venv/.installed ## prepare outputs/gpu_bundle for a GPU machine without a network; ARGS="--python 3.12"
	$(BIN)/python -m tests.gpu.bundle $(ARGS)

quality: .venv/.installed ## check that what is faster makes as good images, five seeds each, half an hour; goes on where it was
	$(BIN)/python -m tests.benchmarks.training --sections quality

pages: .venv/.installed ## build the pages to play with, below outputs/pages and outputs/theory, and the README's pictures of them
	mkdir -p outputs/pages
	$(BIN)/python -m gan_lab.explore best_mnist gmgan_dynamic out=outputs/pages/explore.html --overwrite
	$(BIN)/python -m gan_lab.explore theory
	$(BIN)/python -m tests.page.pictures

samplers: .venv/.installed ## train four models, measure every sampler on them and write the tables, half a day; goes on where it was
	$(BIN)/python -m gan_lab.reference samplers $(ARGS)

table: .venv/.installed ## train every row of the table on MNIST, measure it and write the table, a day; goes on where it was
	$(BIN)/python -m gan_lab.reference table $(ARGS)

clean: ## remove the environment, the caches and the run folders
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
	find outputs -mindepth 1 -maxdepth 1 ! -name reference ! -name extractors -exec rm -rf {} +

coverage: .venv/.installed ## report which lines of gan_lab all tests run, and classes that none uses; ARGS=tests/loss for a part
	$(PYTEST) -m "not nightly" --cov --cov-report=term --cov-report=json:.coverage.json $(ARGS)
	$(BIN)/python -m tests.exercised

release: .venv/.installed ## build the wheel and the sdist into dist/ and check them
	$(BIN)/python -m tests.release

mutants: .venv/.installed ## plant five bugs in every room of gan_lab and see that the tests find them, an hour; goes on where it was
	$(BIN)/python -m tests.mutants $(ARGS)

faults: .venv/.installed ## kill and spoil runs in every way and see that nothing is lost, half an hour
	$(BIN)/python -m tests.faults $(ARGS)

bad-inputs: .venv/.installed ## give more than a thousand wrong inputs to everything that reads, five minutes
	$(BIN)/python -m tests.bad_inputs $(ARGS)

lock: .venv/.installed ## write requirements.lock again where pyproject.toml asks for more; ARGS=--upgrade for the newest versions
	$(BIN)/uv pip compile --quiet --all-extras --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" --output-file requirements.lock $(ARGS) pyproject.toml

versions: .venv/.installed ## test with the lowest versions that pyproject.toml admits and with the newest, ten minutes
	$(BIN)/python -m tests.versions $(ARGS)
