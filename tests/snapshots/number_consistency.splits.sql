SELECT
  "t1"."dim",
  "t1"."key",
  "t1"."display_class",
  SUM("t1"."delivered") AS "calls"
FROM (
  SELECT
    *
  FROM "daily" AS "t0"
  WHERE
    "t0"."dim" <> 'total'
    AND "t0"."day" >= MAKE_DATE(2026, 1, 1)
    AND "t0"."day" < MAKE_DATE(2027, 1, 1)
    AND "t0"."delivered" > 0
) AS "t1"
GROUP BY
  1,
  2,
  3
