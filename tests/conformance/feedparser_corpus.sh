#!/bin/sh
# Clones feedparser's repository into a temporary folder, compares our reader with it on its own test files, and removes the folder again.
# Nothing of it is part of this repository. Usage: tests/conformance/feedparser_corpus.sh [PYTHON]
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet --depth 1 https://github.com/kurtmckee/feedparser "$folder"
"${1:-.venv/bin/python}" -m tests.conformance.feedparser_corpus "$folder/tests"
