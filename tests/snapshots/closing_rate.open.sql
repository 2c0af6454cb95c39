SELECT
  "t0"."accepted_ts",
  "t0"."complaint_id"
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
  AND (
    CAST(COALESCE("t0"."closed_ts" < MAKE_TIMESTAMP(2027, 1, 1, 0, 0, 0.0), FALSE) AS BIGINT) * CAST(COALESCE(
      (
        "t0"."reopened_ts" IS NULL
      ) OR (
        "t0"."reopened_ts" <= "t0"."closed_ts"
      ),
      FALSE
    ) AS BIGINT)
  ) = 0
  AND (
    1 - CAST(COALESCE("t0"."accepted_ts" >= MAKE_TIMESTAMP(2027, 1, 1, 0, 0, 0.0), FALSE) AS BIGINT)
  ) = 1
  AND "t0"."accepted_day" >= MAKE_DATE(2026, 1, 1)
  AND "t0"."accepted_day" < MAKE_DATE(2027, 1, 1)
