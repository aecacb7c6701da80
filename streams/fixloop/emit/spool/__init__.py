"""The files on this machine that every emitter appends to, whatever its language: `docs/spool.md` is the contract."""
