SELECT
  (
    CAST(EXTRACT(year FROM "t1"."day") AS BIGINT) * 100
  ) + CAST(EXTRACT(month FROM "t1"."day") AS BIGINT) AS "month",
  CAST(COALESCE(
    (
      "t1"."day" >= MAKE_DATE(2026, 1, 1)
    )
    AND (
      "t1"."day" < MAKE_DATE(2027, 1, 1)
    ),
    FALSE
  ) AS BIGINT) AS "in_trailing",
  SUM("t1"."answered") AS "answered",
  SUM("t1"."delivered") AS "delivered",
  SUM("t1"."answer_unknown") AS "answer_unknown"
FROM (
  SELECT
    *
  FROM "daily" AS "t0"
  WHERE
    "t0"."dim" = 'total'
) AS "t1"
GROUP BY
  1,
  2
