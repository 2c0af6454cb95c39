SELECT
  "t1"."display_class",
  (
    CAST(EXTRACT(year FROM "t1"."day") AS BIGINT) * 100
  ) + CAST(EXTRACT(month FROM "t1"."day") AS BIGINT) AS "month",
  CAST((
    "t1"."day" >= MAKE_DATE(2026, 1, 1)
  )
  AND (
    "t1"."day" < MAKE_DATE(2027, 1, 1)
  ) AS BIGINT) AS "in_trailing",
  SUM("t1"."delivered") AS "calls"
FROM (
  SELECT
    *
  FROM "daily" AS "t0"
  WHERE
    "t0"."dim" = 'total' AND "t0"."delivered" > 0
) AS "t1"
GROUP BY
  1,
  2,
  3
