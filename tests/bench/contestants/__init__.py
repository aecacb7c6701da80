"""The detector as other engines would have it: each a program that reads the same events, decodes and folds them with the same code.

`python -m tests.bench.contestants.NAME BOOTSTRAP GROUP EVENTS DIRECTORY`; it says when it has folded so many events, and goes
on until it is stopped.
"""
