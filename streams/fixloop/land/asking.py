"""Questions of people: one statement that only reads.

The engine's own read-only mode lets `INSERT INTO FUNCTION file(...)` through, and the embedded engine runs several statements in one
call. So the engine is asked first what it reads in the text; what it says is what is run.
"""

import re
from typing import Final

from fixloop.errors import StoreError
from fixloop.land.store import Result, Store

_READS: Final = ("SELECT", "WITH", "SHOW", "DESCRIBE", "EXISTS", "EXPLAIN")
_OUTPUT: Final = re.compile(r"\b(INTO OUTFILE|FORMAT)\s+\S+\s*$")


def ask(store: Store, sql: str) -> Result:
    """The answer to one question.

    Raises:
        StoreError: it is no SQL, more than one statement, or does more than to read.
        UnreachableError: the server does not answer.
    """
    (row,) = store.query("SELECT formatQuerySingleLine({sql:String})", {"sql": sql}).rows
    statement = str(row[0])
    if statement.split(maxsplit=1)[0] not in _READS:
        raise StoreError("Only questions are answered: SELECT, WITH, SHOW, DESCRIBE, EXISTS or EXPLAIN.")
    if _OUTPUT.search(statement):
        raise StoreError("Leave FORMAT and INTO OUTFILE out: the form of the answer is chosen with --format.")
    return store.query(statement)


def literal(text: str) -> str:
    """The text in a question, whatever signs it holds."""
    return f"unhex('{text.encode('utf-8', 'surrogateescape').hex()}')"
