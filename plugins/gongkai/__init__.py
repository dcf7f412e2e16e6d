"""gongkai (公开): the warehouse of China's annual reports on open government information."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("gongkai")
except PackageNotFoundError:  # a source tree on sys.path that nobody installed
    __version__ = "0+unknown"
