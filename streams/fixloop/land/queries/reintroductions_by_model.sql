SELECT
    ifNull(model, 'unknown') AS model,
    sessions,
    sessions_with_one,
    round(100 * sessions_with_one / sessions, 1) AS percent,
    reintroductions,
    cycles
FROM
(
    SELECT gen_ai_request_model AS model, uniqExact(session_id) AS sessions
    FROM events
    GROUP BY model
) AS worked
LEFT JOIN
(
    SELECT
        gen_ai_request_model AS model,
        uniqExact(session_id) AS sessions_with_one,
        countIf(kind = 'reintroduction') AS reintroductions,
        countIf(kind = 'coupled_cycle') AS cycles
    FROM detections
    WHERE kind IN ('reintroduction', 'coupled_cycle') AND status = 'open'
    GROUP BY model
) AS found ON worked.model IS NOT DISTINCT FROM found.model
ORDER BY sessions_with_one DESC, sessions DESC, model
