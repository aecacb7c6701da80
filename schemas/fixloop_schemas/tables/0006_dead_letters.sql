-- Messages that were refused, each once.

CREATE TABLE IF NOT EXISTS dead_letter_rows
(
    dead_letter_id String COMMENT 'Of source and message: the same message from the same place is the same letter',
    source String COMMENT 'Where it came from: topic, partition and offset, or file and line',
    reason LowCardinality(String) COMMENT 'Why it was refused',
    detail String COMMENT 'The same for a person',
    time Nullable(DateTime64(6, 'UTC')) COMMENT 'When its record was written, where the source knows',
    raw String COMMENT 'The message as it came, cut at 256 KiB' CODEC(ZSTD(3)),
    raw_bytes UInt64 COMMENT 'How large the message was'
)
ENGINE = ReplacingMergeTree
ORDER BY dead_letter_id
COMMENT 'Dead letters as written, copies included; read the view dead_letters';

CREATE VIEW IF NOT EXISTS dead_letters AS
SELECT
    dead_letter_id,
    source,
    reason,
    detail,
    time,
    raw,
    raw_bytes
FROM dead_letter_rows FINAL
COMMENT 'Each refused message, once';
