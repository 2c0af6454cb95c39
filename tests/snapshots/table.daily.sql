WITH "t10" AS (
  SELECT
    "t8"."source",
    "t8"."call_key",
    "t8"."call_id",
    "t8"."direction",
    "t8"."leg",
    "t8"."display",
    "t8"."display_shape",
    "t8"."display_confidence",
    "t8"."callee_shape",
    "t8"."start_ts",
    "t8"."delivered",
    "t8"."answered",
    "t8"."test",
    "t8"."agent_kind",
    "t8"."line_id",
    "t8"."team_id",
    "t8"."purpose",
    "t8"."_customer",
    "t8"."_delivered",
    "t8"."_answered",
    "t8"."_untold",
    ROW_NUMBER() OVER (
      PARTITION BY "t8"."source", "t8"."call_key"
      ORDER BY "t8"."_customer" DESC, "t8"."_delivered" DESC, CASE "t8"."display_confidence"
        WHEN 'good'
        THEN 0
        WHEN 'medium'
        THEN 1
        WHEN 'low'
        THEN 2
        ELSE 3
      END ASC, "t8"."_answered" DESC, "t8"."start_ts" ASC, "t8"."call_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "_rank",
    MAX("t8"."_delivered") OVER (
      PARTITION BY "t8"."source", "t8"."call_key"
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "_any_delivered",
    MAX("t8"."_answered") OVER (
      PARTITION BY "t8"."source", "t8"."call_key"
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "_any_answered",
    MAX("t8"."_untold") OVER (
      PARTITION BY "t8"."source", "t8"."call_key"
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "_any_untold",
    MAX("t8"."purpose") OVER (
      PARTITION BY "t8"."source", "t8"."call_key"
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "_any_purpose",
    MAX(
      CASE
        WHEN FALSE
        OR CONTAINS(LOWER(COALESCE("t8"."purpose", '')), 'marketing')
        OR CONTAINS(LOWER(COALESCE("t8"."purpose", '')), '营销')
        THEN "t8"."purpose"
        ELSE NULL
      END
    ) OVER (
      PARTITION BY "t8"."source", "t8"."call_key"
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "_any_marketing"
  FROM (
    SELECT
      "t1"."source",
      "t1"."call_key",
      "t1"."call_id",
      "t1"."direction",
      "t1"."leg",
      "t1"."display",
      "t1"."display_shape",
      "t1"."display_confidence",
      "t1"."callee_shape",
      "t1"."start_ts",
      "t1"."delivered",
      "t1"."answered",
      "t1"."test",
      "t1"."agent_kind",
      "t1"."line_id",
      "t1"."team_id",
      "t1"."purpose",
      CAST(COALESCE("t1"."leg" = 'customer', FALSE) AS BIGINT) AS "_customer",
      CAST(COALESCE("t1"."leg" = 'customer', FALSE) AS BIGINT) * CAST(COALESCE("t1"."delivered", FALSE) AS BIGINT) AS "_delivered",
      CAST(COALESCE("t1"."leg" = 'customer', FALSE) AS BIGINT) * CAST(COALESCE("t1"."answered", FALSE) AS BIGINT) AS "_answered",
      CAST(COALESCE("t1"."leg" = 'customer', FALSE) AS BIGINT) * CAST(COALESCE("t1"."answered" IS NULL, FALSE) AS BIGINT) AS "_untold"
    FROM "calls" AS "t1"
    WHERE
      "t1"."part" <> 'rejected' AND "t1"."call_key" IS NOT NULL
  ) AS "t8"
), "t21" AS (
  SELECT
    *
  FROM (
    SELECT
      "t16"."day",
      "t16"."display",
      "t16"."shape",
      "t16"."confidence",
      "t16"."kind",
      "t16"."line_id",
      "t16"."team_id",
      BIT_OR("t16"."bit") AS "day_bits",
      COUNT(*) AS "records",
      COUNT(*) AS "outbound",
      COUNT(*) FILTER(WHERE
        "t16"."delivered" AND TRUE) AS "delivered",
      COUNT(*) FILTER(WHERE
        "t16"."answered" AND TRUE) AS "answered",
      COUNT(*) FILTER(WHERE
        "t16"."answer_unknown" AND TRUE) AS "answer_unknown",
      COUNT(*) FILTER(WHERE
        "t16"."test") AS "tests",
      COUNT(*) FILTER(WHERE
        "t16"."without_customer") AS "without_customer",
      COUNT(*) FILTER(WHERE
        "t16"."masked_callee" AND TRUE) AS "masked_callee",
      COUNT(*) FILTER(WHERE
        "t16"."delivered"
        AND TRUE
        AND (
          FALSE
          OR CONTAINS(LOWER(COALESCE("t16"."purpose", '')), 'marketing')
          OR CONTAINS(LOWER(COALESCE("t16"."purpose", '')), '营销')
        )) AS "marketing",
      COUNT(*) FILTER(WHERE
        "t16"."delivered" AND TRUE AND (
          COALESCE("t16"."purpose", '') = ''
        )) AS "unnamed"
    FROM (
      SELECT
        "t14"."line_id",
        "t14"."team_id",
        "t14"."display",
        "t14"."delivered",
        "t14"."purpose",
        "t14"."day",
        "t14"."shape",
        "t14"."confidence",
        "t14"."kind",
        "t14"."answered",
        "t14"."answer_unknown",
        "t14"."test",
        "t14"."without_customer",
        "t14"."masked_callee",
        1 << CAST(EXTRACT(day FROM "t14"."day") AS BIGINT) AS "bit"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t1"."line_id",
            "t1"."team_id",
            "t1"."display",
            "t1"."delivered",
            "t1"."purpose",
            CAST("t1"."start_ts" AS DATE) AS "day",
            "t1"."display_shape" AS "shape",
            "t1"."display_confidence" AS "confidence",
            "t1"."agent_kind" AS "kind",
            "t1"."delivered" AND "t1"."answered" AS "answered",
            COALESCE("t1"."delivered", FALSE) AND (
              "t1"."answered" IS NULL
            ) AS "answer_unknown",
            (
              "t1"."direction" = 'out'
            ) AND (
              "t1"."leg" = 'customer'
            ) AND "t1"."test" AS "test",
            (
              "t1"."direction" = 'out'
            ) AND (
              "t1"."leg" = 'event'
            ) AS "without_customer",
            "t1"."callee_shape" = 'masked' AS "masked_callee"
          FROM "calls" AS "t1"
          WHERE
            "t1"."part" <> 'rejected'
            AND "t1"."call_key" IS NULL
            AND "t1"."direction" = 'out'
            AND "t1"."leg" = 'customer'
            AND NOT (
              COALESCE("t1"."test", FALSE)
            )
        ) AS "t7"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t11"."line_id",
            "t11"."team_id",
            "t11"."display",
            "t11"."_any_delivered" = 1 AS "delivered",
            COALESCE("t11"."_any_marketing", "t11"."purpose", "t11"."_any_purpose") AS "purpose",
            CAST("t11"."start_ts" AS DATE) AS "day",
            "t11"."display_shape" AS "shape",
            "t11"."display_confidence" AS "confidence",
            "t11"."agent_kind" AS "kind",
            (
              "t11"."_any_delivered" = 1
            )
            AND CASE
              WHEN "t11"."_any_answered" = 1
              THEN TRUE
              WHEN "t11"."_any_untold" = 0
              THEN FALSE
              ELSE NULL
            END AS "answered",
            COALESCE("t11"."_any_delivered" = 1, FALSE)
            AND (
              CASE
                WHEN "t11"."_any_answered" = 1
                THEN TRUE
                WHEN "t11"."_any_untold" = 0
                THEN FALSE
                ELSE NULL
              END IS NULL
            ) AS "answer_unknown",
            (
              "t11"."direction" = 'out'
            )
            AND (
              "t11"."leg" = 'customer'
            )
            AND "t11"."test" AS "test",
            (
              "t11"."direction" = 'out'
            ) AND (
              "t11"."leg" = 'event'
            ) AS "without_customer",
            "t11"."callee_shape" = 'masked' AS "masked_callee"
          FROM "t10" AS "t11"
          WHERE
            "t11"."_rank" = 0
            AND "t11"."direction" = 'out'
            AND "t11"."leg" = 'customer'
            AND NOT (
              COALESCE("t11"."test", FALSE)
            )
        ) AS "t12"
      ) AS "t14"
    ) AS "t16"
    GROUP BY
      1,
      2,
      3,
      4,
      5,
      6,
      7
  ) AS "t18"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t19"."day",
      CAST(NULL AS BIGINT) AS "display",
      CAST(NULL AS TEXT) AS "shape",
      CAST(NULL AS TEXT) AS "confidence",
      CAST(NULL AS TEXT) AS "kind",
      CAST(NULL AS TEXT) AS "line_id",
      CAST(NULL AS TEXT) AS "team_id",
      "t19"."day_bits",
      "t19"."records",
      "t19"."outbound",
      "t19"."delivered",
      "t19"."answered",
      "t19"."answer_unknown",
      "t19"."tests",
      "t19"."without_customer",
      "t19"."masked_callee",
      "t19"."marketing",
      "t19"."unnamed"
    FROM (
      SELECT
        "t17"."day",
        BIT_OR("t17"."bit") AS "day_bits",
        COUNT(*) AS "records",
        COUNT(*) FILTER(WHERE
          FALSE) AS "outbound",
        COUNT(*) FILTER(WHERE
          "t17"."delivered" AND FALSE) AS "delivered",
        COUNT(*) FILTER(WHERE
          "t17"."answered" AND FALSE) AS "answered",
        COUNT(*) FILTER(WHERE
          "t17"."answer_unknown" AND FALSE) AS "answer_unknown",
        COUNT(*) FILTER(WHERE
          "t17"."test") AS "tests",
        COUNT(*) FILTER(WHERE
          "t17"."without_customer") AS "without_customer",
        COUNT(*) FILTER(WHERE
          "t17"."masked_callee" AND FALSE) AS "masked_callee",
        COUNT(*) FILTER(WHERE
          "t17"."delivered"
          AND FALSE
          AND (
            FALSE
            OR CONTAINS(LOWER(COALESCE("t17"."purpose", '')), 'marketing')
            OR CONTAINS(LOWER(COALESCE("t17"."purpose", '')), '营销')
          )) AS "marketing",
        COUNT(*) FILTER(WHERE
          "t17"."delivered" AND FALSE AND (
            COALESCE("t17"."purpose", '') = ''
          )) AS "unnamed"
      FROM (
        SELECT
          "t15"."line_id",
          "t15"."team_id",
          "t15"."display",
          "t15"."delivered",
          "t15"."purpose",
          "t15"."day",
          "t15"."shape",
          "t15"."confidence",
          "t15"."kind",
          "t15"."answered",
          "t15"."answer_unknown",
          "t15"."test",
          "t15"."without_customer",
          "t15"."masked_callee",
          1 << CAST(EXTRACT(day FROM "t15"."day") AS BIGINT) AS "bit"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t1"."line_id",
              "t1"."team_id",
              "t1"."display",
              "t1"."delivered",
              "t1"."purpose",
              CAST("t1"."start_ts" AS DATE) AS "day",
              "t1"."display_shape" AS "shape",
              "t1"."display_confidence" AS "confidence",
              "t1"."agent_kind" AS "kind",
              "t1"."delivered" AND "t1"."answered" AS "answered",
              COALESCE("t1"."delivered", FALSE) AND (
                "t1"."answered" IS NULL
              ) AS "answer_unknown",
              (
                "t1"."direction" = 'out'
              ) AND (
                "t1"."leg" = 'customer'
              ) AND "t1"."test" AS "test",
              (
                "t1"."direction" = 'out'
              ) AND (
                "t1"."leg" = 'event'
              ) AS "without_customer",
              "t1"."callee_shape" = 'masked' AS "masked_callee"
            FROM "calls" AS "t1"
            WHERE
              "t1"."part" <> 'rejected'
              AND "t1"."call_key" IS NULL
              AND NOT (
                COALESCE(
                  (
                    "t1"."direction" = 'out'
                  )
                  AND (
                    "t1"."leg" = 'customer'
                  )
                  AND NOT (
                    COALESCE("t1"."test", FALSE)
                  ),
                  FALSE
                )
              )
          ) AS "t9"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t11"."line_id",
              "t11"."team_id",
              "t11"."display",
              "t11"."_any_delivered" = 1 AS "delivered",
              COALESCE("t11"."_any_marketing", "t11"."purpose", "t11"."_any_purpose") AS "purpose",
              CAST("t11"."start_ts" AS DATE) AS "day",
              "t11"."display_shape" AS "shape",
              "t11"."display_confidence" AS "confidence",
              "t11"."agent_kind" AS "kind",
              (
                "t11"."_any_delivered" = 1
              )
              AND CASE
                WHEN "t11"."_any_answered" = 1
                THEN TRUE
                WHEN "t11"."_any_untold" = 0
                THEN FALSE
                ELSE NULL
              END AS "answered",
              COALESCE("t11"."_any_delivered" = 1, FALSE)
              AND (
                CASE
                  WHEN "t11"."_any_answered" = 1
                  THEN TRUE
                  WHEN "t11"."_any_untold" = 0
                  THEN FALSE
                  ELSE NULL
                END IS NULL
              ) AS "answer_unknown",
              (
                "t11"."direction" = 'out'
              )
              AND (
                "t11"."leg" = 'customer'
              )
              AND "t11"."test" AS "test",
              (
                "t11"."direction" = 'out'
              ) AND (
                "t11"."leg" = 'event'
              ) AS "without_customer",
              "t11"."callee_shape" = 'masked' AS "masked_callee"
            FROM "t10" AS "t11"
            WHERE
              "t11"."_rank" = 0
              AND NOT (
                COALESCE(
                  (
                    "t11"."direction" = 'out'
                  )
                  AND (
                    "t11"."leg" = 'customer'
                  )
                  AND NOT (
                    COALESCE("t11"."test", FALSE)
                  ),
                  FALSE
                )
              )
          ) AS "t13"
        ) AS "t15"
      ) AS "t17"
      GROUP BY
        1
    ) AS "t19"
  ) AS "t20"
), "t24" AS (
  SELECT DISTINCT
    "t22"."day" AS "dim_day",
    "t22"."display" AS "dim_display",
    CASE
      WHEN "t22"."outbound" > 0
      THEN COALESCE("t22"."shape", 'none')
      ELSE "t22"."shape"
    END AS "dim_shape"
  FROM "t21" AS "t22"
  WHERE
    CASE
      WHEN "t22"."outbound" > 0
      THEN COALESCE("t22"."shape", 'none')
      ELSE "t22"."shape"
    END IN ('short', 'short_long', 'short_or_landline', 'short_or_other')
    AND "t22"."display" IS NOT NULL
), "t41" AS (
  SELECT
    "t27"."day",
    "t27"."display",
    "t27"."shape",
    "t27"."confidence",
    "t27"."kind",
    "t27"."line_id",
    "t27"."team_id",
    "t27"."day_bits",
    "t27"."records",
    "t27"."outbound",
    "t27"."delivered",
    "t27"."answered",
    "t27"."answer_unknown",
    "t27"."tests",
    "t27"."without_customer",
    "t27"."masked_callee",
    "t27"."marketing",
    "t27"."unnamed",
    CASE
      WHEN "t27"."shape" = 'mobile'
      THEN 'mobile'
      WHEN "t27"."shape" = 'landline'
      THEN 'landline'
      WHEN "t27"."shape" = 'service_400_800'
      THEN 'shared_400_800'
      WHEN "t27"."shape" = 'other'
      THEN 'other'
      WHEN "t27"."shape" = 'international'
      THEN 'other'
      WHEN "t40"."standing" = 2
      THEN 'own_short'
      WHEN "t40"."standing" = 1
      THEN 'unknown'
      WHEN "t40"."standing" = 0
      THEN 'other_short'
      WHEN "t27"."shape" = 'short'
      THEN 'other_short'
      WHEN "t27"."shape" = 'short_long'
      THEN 'unknown'
      WHEN "t27"."shape" = 'short_or_landline'
      THEN 'landline'
      WHEN "t27"."shape" = 'short_or_other'
      THEN 'other'
      ELSE 'unknown'
    END AS "display_class"
  FROM (
    SELECT
      "t22"."day",
      "t22"."display",
      CASE
        WHEN "t22"."outbound" > 0
        THEN COALESCE("t22"."shape", 'none')
        ELSE "t22"."shape"
      END AS "shape",
      CASE
        WHEN "t22"."outbound" > 0
        THEN COALESCE("t22"."confidence", 'none')
        ELSE "t22"."confidence"
      END AS "confidence",
      "t22"."kind",
      "t22"."line_id",
      "t22"."team_id",
      "t22"."day_bits",
      "t22"."records",
      "t22"."outbound",
      "t22"."delivered",
      "t22"."answered",
      "t22"."answer_unknown",
      "t22"."tests",
      "t22"."without_customer",
      "t22"."masked_callee",
      "t22"."marketing",
      "t22"."unnamed"
    FROM "t21" AS "t22"
  ) AS "t27"
  LEFT OUTER JOIN (
    SELECT
      "t38".*
      EXCLUDE ("score")
    FROM (
      SELECT
        "t37"."dim_day",
        "t37"."dim_display",
        "t37"."dim_shape",
        "t37"."score",
        "t37"."score" % 4 AS "standing"
      FROM (
        SELECT
          "t36"."dim_day",
          "t36"."dim_display",
          "t36"."dim_shape",
          MAX("t36"."score") AS "score"
        FROM (
          SELECT
            "t35"."dim_day",
            "t35"."dim_display",
            "t35"."dim_shape",
            "t35"."root_length",
            "t35"."filed",
            "t35"."valid_from",
            "t35"."valid_to",
            "t35"."match_display",
            (
              CAST("t35"."root_length" AS BIGINT) * 4
            ) + CAST(CASE
              WHEN (
                (
                  "t35"."valid_from" IS NULL
                ) OR (
                  "t35"."dim_day" >= "t35"."valid_from"
                )
              )
              AND (
                (
                  "t35"."valid_to" IS NULL
                ) OR (
                  "t35"."dim_day" <= "t35"."valid_to"
                )
              )
              AND (
                "t35"."filed" IS NULL
              )
              THEN 1
              WHEN (
                (
                  "t35"."valid_from" IS NULL
                ) OR (
                  "t35"."dim_day" >= "t35"."valid_from"
                )
              )
              AND (
                (
                  "t35"."valid_to" IS NULL
                ) OR (
                  "t35"."dim_day" <= "t35"."valid_to"
                )
              )
              AND "t35"."filed"
              THEN 2
              ELSE 0
            END AS BIGINT) AS "score"
          FROM (
            SELECT
              "t28"."dim_day",
              "t28"."dim_display",
              "t28"."dim_shape",
              "t34"."root_length",
              "t34"."filed",
              "t34"."valid_from",
              "t34"."valid_to",
              "t34"."match_display"
            FROM "t24" AS "t28"
            INNER JOIN (
              SELECT
                "t32"."root_length",
                "t32"."filed",
                "t32"."valid_from",
                "t32"."valid_to",
                "t32"."dim_display" AS "match_display"
              FROM (
                SELECT
                  "t31"."dim_display",
                  "t31"."digits",
                  "t6"."root_length",
                  "t6"."total_length",
                  "t6"."filed",
                  "t6"."valid_from",
                  "t6"."valid_to",
                  "t6"."root_digits"
                FROM (
                  SELECT
                    "t29"."dim_display",
                    CAST("t29"."dim_display" AS TEXT) AS "digits"
                  FROM (
                    SELECT DISTINCT
                      "t26"."dim_display"
                    FROM "t24" AS "t26"
                  ) AS "t29"
                ) AS "t31"
                INNER JOIN (
                  SELECT
                    "t2"."root_length",
                    "t2"."total_length",
                    "t2"."filed",
                    "t2"."valid_from",
                    "t2"."valid_to",
                    CAST("t2"."root" AS TEXT) AS "root_digits"
                  FROM "number_dim" AS "t2"
                  WHERE
                    "t2"."root" IS NOT NULL
                ) AS "t6"
                  ON LENGTH("t31"."digits") = "t6"."total_length"
              ) AS "t32"
              WHERE
                STARTS_WITH("t32"."digits", "t32"."root_digits")
            ) AS "t34"
              ON "t28"."dim_display" = "t34"."match_display"
          ) AS "t35"
        ) AS "t36"
        GROUP BY
          1,
          2,
          3
      ) AS "t37"
    ) AS "t38"
  ) AS "t40"
    ON "t27"."day" = "t40"."dim_day"
    AND "t27"."display" = "t40"."dim_display"
    AND "t27"."shape" = "t40"."dim_shape"
), "t52" AS (
  SELECT
    "t44"."day",
    "t44"."display",
    "t44"."shape",
    "t44"."confidence",
    "t44"."kind",
    "t44"."line_id",
    "t44"."day_bits",
    "t44"."records",
    "t44"."outbound",
    "t44"."delivered",
    "t44"."answered",
    "t44"."answer_unknown",
    "t44"."tests",
    "t44"."without_customer",
    "t44"."masked_callee",
    "t44"."marketing",
    "t44"."unnamed",
    "t44"."display_class",
    COALESCE("t44"."team_id", "t51"."dim_team") AS "team"
  FROM "t41" AS "t44"
  LEFT OUTER JOIN (
    SELECT
      "t49"."of_day",
      "t49"."of_line",
      "t49"."dim_team"
    FROM (
      SELECT
        "t48"."of_day",
        "t48"."of_line",
        "t48"."valid_from",
        "t48"."valid_to",
        "t48"."dim_line",
        "t48"."dim_team",
        ROW_NUMBER() OVER (
          PARTITION BY "t48"."of_day", "t48"."of_line"
          ORDER BY COALESCE("t48"."valid_from", MAKE_DATE(1, 1, 1)) DESC, "t48"."dim_team" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t46"."of_day",
            "t46"."of_line",
            "t5"."valid_from",
            "t5"."valid_to",
            "t5"."dim_line",
            "t5"."dim_team"
          FROM (
            SELECT DISTINCT
              "t42"."day" AS "of_day",
              "t42"."line_id" AS "of_line"
            FROM "t41" AS "t42"
            WHERE
              "t42"."team_id" IS NULL AND "t42"."line_id" IS NOT NULL
          ) AS "t46"
          INNER JOIN (
            SELECT
              "t0"."valid_from",
              "t0"."valid_to",
              "t0"."line_id" AS "dim_line",
              "t0"."team_id" AS "dim_team"
            FROM "line_dim" AS "t0"
            WHERE
              "t0"."team_id" IS NOT NULL
          ) AS "t5"
            ON "t46"."of_line" = "t5"."dim_line"
        ) AS "t47"
        WHERE
          (
            (
              "t47"."valid_from" IS NULL
            ) OR (
              "t47"."of_day" >= "t47"."valid_from"
            )
          )
          AND (
            (
              "t47"."valid_to" IS NULL
            ) OR (
              "t47"."of_day" <= "t47"."valid_to"
            )
          )
      ) AS "t48"
    ) AS "t49"
    WHERE
      "t49"."rank" = 0
  ) AS "t51"
    ON "t44"."day" = "t51"."of_day" AND "t44"."line_id" = "t51"."of_line"
)
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t55"."day",
      "t55"."dim",
      "t55"."key",
      "t55"."shape",
      "t55"."display_class",
      "t55"."confidence",
      BIT_OR("t55"."day_bits") AS "day_bits",
      SUM("t55"."records") AS "records",
      SUM("t55"."outbound") AS "outbound",
      SUM("t55"."delivered") AS "delivered",
      SUM("t55"."answered") AS "answered",
      SUM("t55"."answer_unknown") AS "answer_unknown",
      SUM("t55"."tests") AS "tests",
      SUM("t55"."without_customer") AS "without_customer",
      SUM("t55"."masked_callee") AS "masked_callee",
      SUM("t55"."marketing") AS "marketing",
      SUM("t55"."unnamed") AS "unnamed"
    FROM (
      SELECT
        "t53"."day",
        "t53"."display_class",
        "t53"."day_bits",
        "t53"."records",
        "t53"."outbound",
        "t53"."delivered",
        "t53"."answered",
        "t53"."answer_unknown",
        "t53"."tests",
        "t53"."without_customer",
        "t53"."masked_callee",
        "t53"."marketing",
        "t53"."unnamed",
        'line' AS "dim",
        "t53"."line_id" AS "key",
        CAST(NULL AS TEXT) AS "shape",
        CAST(NULL AS TEXT) AS "confidence"
      FROM "t52" AS "t53"
      WHERE
        "t53"."outbound" > 0
    ) AS "t55"
    GROUP BY
      1,
      2,
      3,
      4,
      5,
      6
  ) AS "t60"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t56"."day",
      "t56"."dim",
      "t56"."key",
      "t56"."shape",
      "t56"."display_class",
      "t56"."confidence",
      BIT_OR("t56"."day_bits") AS "day_bits",
      SUM("t56"."records") AS "records",
      SUM("t56"."outbound") AS "outbound",
      SUM("t56"."delivered") AS "delivered",
      SUM("t56"."answered") AS "answered",
      SUM("t56"."answer_unknown") AS "answer_unknown",
      SUM("t56"."tests") AS "tests",
      SUM("t56"."without_customer") AS "without_customer",
      SUM("t56"."masked_callee") AS "masked_callee",
      SUM("t56"."marketing") AS "marketing",
      SUM("t56"."unnamed") AS "unnamed"
    FROM (
      SELECT
        "t53"."day",
        "t53"."display_class",
        "t53"."day_bits",
        "t53"."records",
        "t53"."outbound",
        "t53"."delivered",
        "t53"."answered",
        "t53"."answer_unknown",
        "t53"."tests",
        "t53"."without_customer",
        "t53"."masked_callee",
        "t53"."marketing",
        "t53"."unnamed",
        'team' AS "dim",
        "t53"."team" AS "key",
        CAST(NULL AS TEXT) AS "shape",
        CAST(NULL AS TEXT) AS "confidence"
      FROM "t52" AS "t53"
      WHERE
        "t53"."outbound" > 0
    ) AS "t56"
    GROUP BY
      1,
      2,
      3,
      4,
      5,
      6
  ) AS "t61"
) AS "t63"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t59"."day",
      "t59"."dim",
      "t59"."key",
      "t59"."shape",
      "t59"."display_class",
      "t59"."confidence",
      BIT_OR("t59"."day_bits") AS "day_bits",
      SUM("t59"."records") AS "records",
      SUM("t59"."outbound") AS "outbound",
      SUM("t59"."delivered") AS "delivered",
      SUM("t59"."answered") AS "answered",
      SUM("t59"."answer_unknown") AS "answer_unknown",
      SUM("t59"."tests") AS "tests",
      SUM("t59"."without_customer") AS "without_customer",
      SUM("t59"."masked_callee") AS "masked_callee",
      SUM("t59"."marketing") AS "marketing",
      SUM("t59"."unnamed") AS "unnamed"
    FROM (
      SELECT
        "t53"."day",
        "t53"."display_class",
        "t53"."day_bits",
        "t53"."records",
        "t53"."outbound",
        "t53"."delivered",
        "t53"."answered",
        "t53"."answer_unknown",
        "t53"."tests",
        "t53"."without_customer",
        "t53"."masked_callee",
        "t53"."marketing",
        "t53"."unnamed",
        'display' AS "dim",
        CASE
          WHEN "t53"."shape" = 'landline'
          THEN '0' || CAST("t53"."display" AS TEXT)
          ELSE CAST("t53"."display" AS TEXT)
        END AS "key",
        "t53"."shape",
        CAST(NULL AS TEXT) AS "confidence"
      FROM "t52" AS "t53"
      WHERE
        "t53"."outbound" > 0
    ) AS "t59"
    GROUP BY
      1,
      2,
      3,
      4,
      5,
      6
  ) AS "t65"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t54"."day",
        "t54"."dim",
        "t54"."key",
        "t54"."shape",
        "t54"."display_class",
        "t54"."confidence",
        BIT_OR("t54"."day_bits") AS "day_bits",
        SUM("t54"."records") AS "records",
        SUM("t54"."outbound") AS "outbound",
        SUM("t54"."delivered") AS "delivered",
        SUM("t54"."answered") AS "answered",
        SUM("t54"."answer_unknown") AS "answer_unknown",
        SUM("t54"."tests") AS "tests",
        SUM("t54"."without_customer") AS "without_customer",
        SUM("t54"."masked_callee") AS "masked_callee",
        SUM("t54"."marketing") AS "marketing",
        SUM("t54"."unnamed") AS "unnamed"
      FROM (
        SELECT
          "t53"."day",
          "t53"."display_class",
          "t53"."day_bits",
          "t53"."records",
          "t53"."outbound",
          "t53"."delivered",
          "t53"."answered",
          "t53"."answer_unknown",
          "t53"."tests",
          "t53"."without_customer",
          "t53"."masked_callee",
          "t53"."marketing",
          "t53"."unnamed",
          'total' AS "dim",
          CAST(NULL AS TEXT) AS "key",
          "t53"."shape",
          "t53"."confidence"
        FROM "t52" AS "t53"
      ) AS "t54"
      GROUP BY
        1,
        2,
        3,
        4,
        5,
        6
    ) AS "t58"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t57"."day",
        "t57"."dim",
        "t57"."key",
        "t57"."shape",
        "t57"."display_class",
        "t57"."confidence",
        BIT_OR("t57"."day_bits") AS "day_bits",
        SUM("t57"."records") AS "records",
        SUM("t57"."outbound") AS "outbound",
        SUM("t57"."delivered") AS "delivered",
        SUM("t57"."answered") AS "answered",
        SUM("t57"."answer_unknown") AS "answer_unknown",
        SUM("t57"."tests") AS "tests",
        SUM("t57"."without_customer") AS "without_customer",
        SUM("t57"."masked_callee") AS "masked_callee",
        SUM("t57"."marketing") AS "marketing",
        SUM("t57"."unnamed") AS "unnamed"
      FROM (
        SELECT
          "t53"."day",
          "t53"."display_class",
          "t53"."day_bits",
          "t53"."records",
          "t53"."outbound",
          "t53"."delivered",
          "t53"."answered",
          "t53"."answer_unknown",
          "t53"."tests",
          "t53"."without_customer",
          "t53"."masked_callee",
          "t53"."marketing",
          "t53"."unnamed",
          'kind' AS "dim",
          "t53"."kind" AS "key",
          CAST(NULL AS TEXT) AS "shape",
          CAST(NULL AS TEXT) AS "confidence"
        FROM "t52" AS "t53"
        WHERE
          "t53"."outbound" > 0
      ) AS "t57"
      GROUP BY
        1,
        2,
        3,
        4,
        5,
        6
    ) AS "t62"
  ) AS "t64"
) AS "t66"
