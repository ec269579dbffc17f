"""Where the repository is, and what lies beside it."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
CONFORMANCE = REPOSITORY / "tests" / "conformance"
MALFORMED = REPOSITORY / "tests" / "feeds" / "formats" / "malformed"  # a document for each fault that feeds have
SHARED = REPOSITORY.parent / "shared"  # large corpora, kept outside the repository: tests that want them skip where they are absent
