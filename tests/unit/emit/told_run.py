"""A parsed run as lines that a person can check beside what the runner printed."""

from collections.abc import Iterator

from fixloop.emit.parsed_run import ParsedRun, Result


def told(run: ParsedRun | None) -> str:
    """The run, one line for what is of all of it and one for each result."""
    return "".join(f"{line}\n" for line in _lines(run))


def _lines(run: ParsedRun | None) -> Iterator[str]:
    if run is None:
        yield "no run"
        return
    totals = run.totals
    counts = (
        f"{totals.passed} passed, {totals.failed} failed, {totals.errors} errors, {totals.skipped} skipped"
        if totals
        else "not counted"
    )
    named = "all named" if run.results_complete else "not all named"
    yield f"{run.framework} {run.status.value}: {counts}; {named}"
    yield from (_result(result) for result in run.results)


def _result(result: Result) -> str:
    words = [result.outcome.value]
    if result.level.value != "case":
        words.append(result.level.value)
    if result.inferred:
        words.append("inferred")
    if result.attempts:
        words.append("after " + ",".join(attempt.value for attempt in result.attempts[:-1]))
    said = ""
    if failure := result.failure:
        message = (failure.message or "").replace("\n", " / ")[:120]
        cut = "" if failure.complete else " (incomplete)"
        said = f" | {failure.error_type}: {message} @ {failure.frame}{cut}"
    return f"  {' '.join(words)} {result.name}{said}"
