SELECT
  "t1"."month",
  "t1"."in_trailing",
  "t1"."closed",
  "t1"."on_time",
  "t1"."arrival_missing",
  "t1"."exists",
  "t1"."closed_today",
  "t1"."exists_today",
  "t1"."source",
  "t1"."kind",
  "t1"."line",
  "t1"."team",
  "t1"."display",
  COUNT(*) AS "tickets"
FROM (
  SELECT
    "t0"."complaint_id",
    "t0"."source",
    "t0"."accepted_ts",
    "t0"."arrived_ts",
    "t0"."closed_ts",
    "t0"."reopened_ts",
    "t0"."excluded_rate",
    "t0"."excluded_ticket",
    "t0"."kind",
    "t0"."how",
    CAST("t0"."display" AS TEXT) AS "display",
    "t0"."accepted_day",
    "t0"."day",
    "t0"."line",
    "t0"."team",
    CAST(COALESCE("t0"."closed_ts" < MAKE_TIMESTAMP(2027, 1, 1, 0, 0, 0.0), FALSE) AS BIGINT) * CAST(COALESCE(
      (
        "t0"."reopened_ts" IS NULL
      ) OR (
        "t0"."reopened_ts" <= "t0"."closed_ts"
      ),
      FALSE
    ) AS BIGINT) AS "closed",
    CAST(COALESCE("t0"."closed_ts" < MAKE_TIMESTAMP(2027, 1, 1, 0, 0, 0.0), FALSE) AS BIGINT) * CAST(COALESCE(
      (
        "t0"."reopened_ts" IS NULL
      ) OR (
        "t0"."reopened_ts" <= "t0"."closed_ts"
      ),
      FALSE
    ) AS BIGINT) * CAST(COALESCE("t0"."closed_ts" <= (
      "t0"."arrived_ts" + INTERVAL '24' HOUR
    ), FALSE) AS BIGINT) AS "on_time",
    CAST(COALESCE("t0"."arrived_ts" IS NULL, FALSE) AS BIGINT) AS "arrival_missing",
    1 - CAST(COALESCE("t0"."accepted_ts" >= MAKE_TIMESTAMP(2027, 1, 1, 0, 0, 0.0), FALSE) AS BIGINT) AS "exists",
    CAST(COALESCE("t0"."closed_ts" < MAKE_TIMESTAMP(2027, 2, 2, 0, 0, 0.0), FALSE) AS BIGINT) * CAST(COALESCE(
      (
        "t0"."reopened_ts" IS NULL
      ) OR (
        "t0"."reopened_ts" <= "t0"."closed_ts"
      ),
      FALSE
    ) AS BIGINT) AS "closed_today",
    1 - CAST(COALESCE("t0"."accepted_ts" >= MAKE_TIMESTAMP(2027, 2, 2, 0, 0, 0.0), FALSE) AS BIGINT) AS "exists_today",
    (
      CAST(EXTRACT(year FROM "t0"."accepted_day") AS BIGINT) * 100
    ) + CAST(EXTRACT(month FROM "t0"."accepted_day") AS BIGINT) AS "month",
    CAST(COALESCE(
      (
        "t0"."accepted_day" >= MAKE_DATE(2026, 1, 1)
      )
      AND (
        "t0"."accepted_day" < MAKE_DATE(2027, 1, 1)
      ),
      FALSE
    ) AS BIGINT) AS "in_trailing"
  FROM "tickets" AS "t0"
  WHERE
    "t0"."excluded_ticket" IS NULL
    AND (
      (
        "t0"."accepted_day" IS NULL
      )
      OR (
        (
          "t0"."accepted_day" >= MAKE_DATE(2026, 1, 1)
        )
        AND (
          "t0"."accepted_day" < MAKE_DATE(2027, 1, 1)
        )
      )
      OR (
        (
          "t0"."accepted_day" >= MAKE_DATE(2026, 1, 1)
        )
        AND (
          "t0"."accepted_day" < MAKE_DATE(2027, 1, 1)
        )
      )
    )
) AS "t1"
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13
