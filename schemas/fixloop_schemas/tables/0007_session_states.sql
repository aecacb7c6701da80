-- Where the embedded runner stands in each session.
--
-- A state is written after the rows of all events that it has taken in, never before.

CREATE TABLE IF NOT EXISTS session_states
(
    session_id String COMMENT 'The session',
    version UInt64 COMMENT 'Grows by one with each save; the highest stands',
    state String COMMENT 'The snapshot' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY session_id
COMMENT 'States as written; the highest version of a session stands';
