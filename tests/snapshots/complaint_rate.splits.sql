SELECT
  "t1"."dim",
  "t1"."key",
  SUM("t1"."answered") AS "answered",
  SUM("t1"."delivered") AS "delivered",
  SUM("t1"."answer_unknown") AS "answer_unknown"
FROM (
  SELECT
    *
  FROM "daily" AS "t0"
  WHERE
    "t0"."dim" <> 'total'
    AND "t0"."day" >= MAKE_DATE(2026, 1, 1)
    AND "t0"."day" < MAKE_DATE(2027, 1, 1)
) AS "t1"
GROUP BY
  1,
  2
