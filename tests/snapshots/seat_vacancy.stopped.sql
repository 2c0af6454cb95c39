SELECT
  "t2"."seat_id"
FROM (
  SELECT
    "t1"."as_of",
    "t1"."seat_id",
    "t1"."kind",
    CAST(NOT (
      COALESCE("t1"."cancelled_on" <= "t1"."as_of", FALSE)
      OR COALESCE((
        "t1"."filing" = 'cancelled'
      ) AND (
        "t1"."cancelled_on" IS NULL
      ), FALSE)
      OR COALESCE("t1"."filing" = 'unfiled', FALSE)
      OR COALESCE("t1"."filed_on" > "t1"."as_of", FALSE)
    )
    AND (
      "t1"."filing" IS NOT NULL
    )
    AND (
      "t1"."filed_on" IS NOT NULL
    ) AS BIGINT) AS "filed",
    CAST(COALESCE("t1"."opened_on" <= "t1"."as_of", FALSE)
    AND (
      (
        "t1"."closed_on" IS NULL
      ) OR (
        "t1"."closed_on" > "t1"."as_of"
      )
    ) AS BIGINT) AS "opened",
    CAST(COALESCE("t1"."opened_on" <= "t1"."as_of", FALSE)
    AND (
      (
        "t1"."closed_on" IS NULL
      ) OR (
        "t1"."closed_on" > "t1"."as_of"
      )
    )
    AND (
      NOT (
        COALESCE("t1"."cancelled_on" <= "t1"."as_of", FALSE)
        OR COALESCE((
          "t1"."filing" = 'cancelled'
        ) AND (
          "t1"."cancelled_on" IS NULL
        ), FALSE)
        OR COALESCE("t1"."filing" = 'unfiled', FALSE)
        OR COALESCE("t1"."filed_on" > "t1"."as_of", FALSE)
      )
      AND (
        "t1"."filing" IS NOT NULL
      )
      AND (
        "t1"."filed_on" IS NOT NULL
      )
    ) AS BIGINT) AS "opened_and_filed",
    CAST(COALESCE("t1"."opened_on" <= "t1"."as_of", FALSE)
    AND (
      (
        "t1"."closed_on" IS NULL
      ) OR (
        "t1"."closed_on" > "t1"."as_of"
      )
    )
    AND (
      COALESCE("t1"."cancelled_on" <= "t1"."as_of", FALSE)
      OR COALESCE((
        "t1"."filing" = 'cancelled'
      ) AND (
        "t1"."cancelled_on" IS NULL
      ), FALSE)
      OR COALESCE("t1"."filing" = 'unfiled', FALSE)
      OR COALESCE("t1"."filed_on" > "t1"."as_of", FALSE)
    ) AS BIGINT) AS "unfiled_open",
    CAST(NOT (
      COALESCE("t1"."cancelled_on" <= "t1"."as_of", FALSE)
      OR COALESCE((
        "t1"."filing" = 'cancelled'
      ) AND (
        "t1"."cancelled_on" IS NULL
      ), FALSE)
      OR COALESCE("t1"."filing" = 'unfiled', FALSE)
      OR COALESCE("t1"."filed_on" > "t1"."as_of", FALSE)
    )
    AND (
      (
        "t1"."filing" IS NULL
      ) OR (
        "t1"."filed_on" IS NULL
      )
    ) AS BIGINT) AS "unknown_filing",
    CAST(NOT (
      COALESCE("t1"."cancelled_on" <= "t1"."as_of", FALSE)
      OR COALESCE((
        "t1"."filing" = 'cancelled'
      ) AND (
        "t1"."cancelled_on" IS NULL
      ), FALSE)
      OR COALESCE("t1"."filing" = 'unfiled', FALSE)
      OR COALESCE("t1"."filed_on" > "t1"."as_of", FALSE)
    )
    AND (
      (
        "t1"."filing" IS NULL
      ) OR (
        "t1"."filed_on" IS NULL
      )
    )
    AND (
      COALESCE("t1"."opened_on" <= "t1"."as_of", FALSE)
      AND (
        (
          "t1"."closed_on" IS NULL
        ) OR (
          "t1"."closed_on" > "t1"."as_of"
        )
      )
    ) AS BIGINT) AS "unknown_filing_open"
  FROM (
    SELECT
      "t0"."seat_id",
      "t0"."kind",
      "t0"."filing",
      "t0"."filed_on",
      "t0"."cancelled_on",
      "t0"."opened_on",
      "t0"."closed_on",
      "t0"."valid_from",
      "t0"."valid_to",
      UNNEST(CAST([MAKE_DATE(2026, 12, 31)] AS DATE[])) AS "as_of"
    FROM "seat_dim" AS "t0"
  ) AS "t1"
  WHERE
    (
      (
        "t1"."valid_from" IS NULL
      ) OR (
        "t1"."valid_from" <= "t1"."as_of"
      )
    )
    AND (
      (
        "t1"."valid_to" IS NULL
      ) OR (
        "t1"."valid_to" >= "t1"."as_of"
      )
    )
) AS "t2"
WHERE
  "t2"."filed" = 1 AND "t2"."opened" = 0
