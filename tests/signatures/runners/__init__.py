"""One module a runner: how to run its programs once, and where in what it printed each failure is."""
