SELECT
  "t1"."excluded_ticket",
  COUNT(*) AS "tickets"
FROM (
  SELECT
    *
  FROM "tickets" AS "t0"
  WHERE
    "t0"."excluded_ticket" IS NOT NULL
    AND "t0"."accepted_day" >= MAKE_DATE(2026, 1, 1)
    AND "t0"."accepted_day" < MAKE_DATE(2027, 1, 1)
    AND "t0"."accepted_ts" < MAKE_TIMESTAMP(2027, 1, 1, 0, 0, 0.0)
) AS "t1"
GROUP BY
  1
