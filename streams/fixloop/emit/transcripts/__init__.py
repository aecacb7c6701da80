"""What agents write down of their sessions, read back: one module a format, each with `read(unit, asked)`."""
