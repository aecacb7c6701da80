"""Profiles: how the simulated world is made up. Every parameter is described in docs/simulator.md."""

from dataclasses import dataclass, replace
from typing import Final

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """The parameters of a simulation. Unless said otherwise, a number is a share between 0 and 1."""

    name: str
    projects: int = 25
    """How many repositories the sessions are spread over; what is flaky in one is so in all of its sessions."""
    modules_per_project: tuple[int, int] = (4, 7)
    tests_per_module: tuple[int, int] = (3, 6)
    habits: Weights = (
        ("careful", 12),
        ("chain", 5),
        ("ping_pong", 10),
        ("signature_pair", 6),
        ("regressing", 8),
        ("forgetful", 8),
        ("reverting", 7),
        ("stuck", 6),
        ("gamer", 7),
        ("mutation_checker", 9),
        ("test_driven", 7),
        ("refactorer", 6),
        ("requirements", 6),
        ("independent", 6),
        ("side_by_side", 5),
        ("filtering", 6),
    )
    """Each session has one habit, drawn by these weights."""

    flaky_tests: float = 0.05
    flaky_rates: tuple[tuple[float, float], ...] = ((0.01, 0.5), (0.05, 0.3), (0.2, 0.15), (0.5, 0.05))
    """(how often such a test fails with nothing wrong, weight): most flaky tests fail rarely."""
    order_dependent_tests: float = 0.01
    """Of all tests, those that fail when their module is not run as a whole."""
    preexisting_failures: float = 0.3
    """Of sessions, those with a failure from the start that is nobody's task."""
    environment_failures: float = 0.07
    """Of sessions, those on a host that lacks something."""
    hosts: int = 5
    """Such hosts; each fails with one message of its own, in every project and session."""
    outages: float = 0.06
    """Of sessions, those in which one run fails almost as a whole."""

    partial_runs: float = 0.2
    """Of runs, those that run a selection."""
    off_target_runs: float = 0.15
    """Of partial runs, those that leave out what is being worked on."""
    crashed_runs: float = 0.015
    collection_errors: float = 0.01
    """Of runs, those in which one test file cannot be loaded for a moment."""
    runner_retries: float = 0.1
    """Of sessions, those whose runner tries a failed test twice more."""
    reruns: float = 0.6
    """How often an agent runs again when something failed that it had not touched."""
    results_per_part: int = 25

    failed_attempts: float = 0.25
    """How often an attempt to fix fails; drawn again after each."""
    side_effects: float = 0.3
    """How often a fix of the careful breaks another test, which is then repaired."""
    max_laps: int = 4
    """Of cycles."""
    giving_up: float = 0.3
    """Of cycles, those that never find the joint fix."""
    same_text: float = 0.3
    """How often a fix that is made again is the same text."""
    renames: float = 0.1
    """How often a test is renamed after it was fixed."""
    wandering: float = 0.2
    """How often something else is edited before a run: documentation, a scratch file, other product code."""
    commits: float = 0.15
    """How often a green run is followed by a commit."""

    handed_on: float = 0.05
    """Of sessions, those that begin with what an earlier one left, or try its task again."""
    lineages: Weights = (("undoing", 0.45), ("going_on", 0.3), ("trying_again", 0.25))
    """What such a session does to the bug that the earlier one had repaired: a habit, drawn by these weights."""
    isolated: float = 0.2
    """Of sessions, those whose workspace was made for them alone."""
    revisions_known: float = 0.8
    """Of sessions, those whose events tell the commit that is checked out."""

    captures: Weights = (("whole_and_lines", 0.7), ("lines", 0.2), ("whole", 0.1))
    """What a session's editor knows of an edit: digests of whole files, hashes of lines, or both."""
    tree_digests: float = 0.3
    """Of sessions, those whose runner knows the digest of the tree under test."""
    cut_messages: float = 0.02
    """Of failures, those whose message was cut."""

    late: float = 0.02
    """Of events, those that come after up to `late_by` later ones."""
    late_by: int = 20
    duplicates: float = 0.02
    """Of events, those that come twice."""
    lost: float = 0.0
    """Of events, those that never come, without a word."""
    dropped_ranges: float = 0.0
    """Of sessions, those whose spool was full for a while and says so."""
    clock_skew_s: float = 30.0
    """How far the clocks of agent and runner are apart, in seconds (standard deviation)."""
    clock_jumps: float = 0.01
    """Of events, those whose clock was set back by up to an hour."""


_DEFAULT: Final = Profile(name="default")

PROFILES: Final = {
    profile.name: profile
    for profile in (
        _DEFAULT,
        replace(
            _DEFAULT,
            name="hostile",
            flaky_tests=0.2,
            order_dependent_tests=0.02,
            partial_runs=0.3,
            off_target_runs=0.25,
            crashed_runs=0.04,
            collection_errors=0.02,
            environment_failures=0.12,
            outages=0.1,
            wandering=0.35,
            renames=0.15,
            captures=(("whole_and_lines", 0.4), ("lines", 0.35), ("whole", 0.25)),
            revisions_known=0.5,
            cut_messages=0.1,
            late=0.1,
            late_by=60,
            duplicates=0.1,
            lost=0.003,
            dropped_ranges=0.05,
            clock_skew_s=300.0,
            clock_jumps=0.05,
        ),
        replace(
            _DEFAULT,
            name="clean",
            flaky_tests=0.0,
            order_dependent_tests=0.0,
            environment_failures=0.0,
            outages=0.0,
            partial_runs=0.0,
            crashed_runs=0.0,
            collection_errors=0.0,
            revisions_known=1.0,
            cut_messages=0.0,
            late=0.0,
            duplicates=0.0,
            clock_skew_s=0.0,
            clock_jumps=0.0,
        ),
    )
}
