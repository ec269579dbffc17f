"""The version of newsmill that is running."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("newsmill")
except PackageNotFoundError:  # run from a checkout that is not installed
    VERSION = "0"
