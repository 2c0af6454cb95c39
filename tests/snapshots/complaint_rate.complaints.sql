SELECT
  (
    CAST(EXTRACT(year FROM "t1"."accepted_day") AS BIGINT) * 100
  ) + CAST(EXTRACT(month FROM "t1"."accepted_day") AS BIGINT) AS "month",
  CAST(COALESCE(
    (
      "t1"."accepted_day" >= MAKE_DATE(2026, 1, 1)
    )
    AND (
      "t1"."accepted_day" < MAKE_DATE(2027, 1, 1)
    ),
    FALSE
  ) AS BIGINT) AS "in_trailing",
  "t1"."source",
  "t1"."excluded_rate" AS "reason",
  "t1"."kind",
  "t1"."line",
  "t1"."team",
  "t1"."display",
  COUNT(*) AS "complaints"
FROM (
  SELECT
    *
  FROM "tickets" AS "t0"
  WHERE
    "t0"."source" IN ('12321', '12300')
) AS "t1"
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8
