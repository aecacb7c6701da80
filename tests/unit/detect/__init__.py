"""The core, one idea a file."""
