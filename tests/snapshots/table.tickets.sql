WITH "t50" AS (
  SELECT
    "t49"."complaint_id",
    "t49"."source",
    "t49"."accepted_ts",
    "t49"."arrived_ts",
    "t49"."closed_ts",
    "t49"."reopened_ts",
    "t49"."excluded_rate",
    "t49"."excluded_ticket",
    "t34"."kind",
    "t34"."how",
    "t49"."complained" AS "display",
    "t49"."day" AS "accepted_day",
    COALESCE("t34"."match_day", CAST("t49"."call_ts" AS DATE), "t49"."day") AS "day",
    COALESCE("t49"."line_id", "t34"."match_line") AS "line_id",
    COALESCE("t49"."team_id", "t34"."match_team") AS "team_id"
  FROM (
    SELECT
      "t47"."complaint_id",
      "t47"."source",
      "t47"."reference",
      "t47"."accepted_ts",
      "t47"."arrived_ts",
      "t47"."complainant",
      "t47"."complained",
      "t47"."call_ts",
      "t47"."category",
      "t47"."call_id",
      "t47"."line_id",
      "t47"."team_id",
      "t47"."responded_ts",
      "t47"."closed_ts",
      "t47"."reopened_ts",
      "t47"."exclusion",
      "t47"."valid_from",
      "t47"."valid_to",
      "t47"."day",
      "t47"."excluded_rate",
      "t47"."excluded_rest",
      COALESCE("t47"."excluded_rate", "t47"."excluded_rest") AS "excluded_ticket"
    FROM (
      SELECT
        "t46".*
        EXCLUDE ("complaint_id_right")
      FROM (
        SELECT
          "t45"."complaint_id",
          "t45"."source",
          "t45"."reference",
          "t45"."accepted_ts",
          "t45"."arrived_ts",
          "t45"."complainant",
          "t45"."complained",
          "t45"."call_ts",
          "t45"."category",
          "t45"."call_id",
          "t45"."line_id",
          "t45"."team_id",
          "t45"."responded_ts",
          "t45"."closed_ts",
          "t45"."reopened_ts",
          "t45"."exclusion",
          "t45"."valid_from",
          "t45"."valid_to",
          "t45"."day",
          "t45"."excluded_rate",
          "t41"."complaint_id" AS "complaint_id_right",
          "t41"."excluded_rest"
        FROM (
          SELECT
            "t43".*
            EXCLUDE ("complaint_id_right")
          FROM (
            SELECT
              "t17"."complaint_id",
              "t17"."source",
              "t17"."reference",
              "t17"."accepted_ts",
              "t17"."arrived_ts",
              "t17"."complainant",
              "t17"."complained",
              "t17"."call_ts",
              "t17"."category",
              "t17"."call_id",
              "t17"."line_id",
              "t17"."team_id",
              "t17"."responded_ts",
              "t17"."closed_ts",
              "t17"."reopened_ts",
              "t17"."exclusion",
              "t17"."valid_from",
              "t17"."valid_to",
              "t17"."day",
              "t42"."complaint_id" AS "complaint_id_right",
              "t42"."excluded_rate"
            FROM (
              SELECT
                "t9"."complaint_id",
                "t9"."source",
                "t9"."reference",
                "t9"."accepted_ts",
                "t9"."arrived_ts",
                "t9"."complainant",
                "t9"."complained",
                "t9"."call_ts",
                "t9"."category",
                "t9"."call_id",
                "t9"."line_id",
                "t9"."team_id",
                "t9"."responded_ts",
                "t9"."closed_ts",
                "t9"."reopened_ts",
                CASE
                  WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                  THEN "t9"."exclusion"
                  ELSE NULL
                END AS "exclusion",
                "t9"."valid_from",
                "t9"."valid_to",
                CAST("t9"."accepted_ts" AS DATE) AS "day"
              FROM (
                SELECT
                  "t8".*
                  EXCLUDE ("rank")
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t2"."complaint_id",
                      "t2"."source",
                      "t2"."reference",
                      "t2"."accepted_ts",
                      "t2"."arrived_ts",
                      "t2"."complainant",
                      "t2"."complained",
                      "t2"."call_ts",
                      "t2"."category",
                      "t2"."call_id",
                      "t2"."line_id",
                      "t2"."team_id",
                      "t2"."responded_ts",
                      "t2"."closed_ts",
                      "t2"."reopened_ts",
                      "t2"."exclusion",
                      "t2"."valid_from",
                      "t2"."valid_to",
                      ROW_NUMBER() OVER (
                        PARTITION BY "t2"."complaint_id"
                        ORDER BY CAST("t2"."valid_to" IS NULL AS BIGINT) DESC, CAST("t2"."valid_from" IS NOT NULL AS BIGINT) DESC, "t2"."valid_from" DESC, "t2"."valid_to" DESC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1 AS "rank"
                    FROM "complaint_fact" AS "t2"
                  ) AS "t7"
                  WHERE
                    "t7"."rank" = 0
                ) AS "t8"
              ) AS "t9"
            ) AS "t17"
            LEFT OUTER JOIN (
              SELECT
                "t18"."complaint_id",
                CASE
                  WHEN "t18"."exclusion" IS NOT NULL
                  THEN "t18"."exclusion"
                  WHEN "t38"."kept_id" IS NULL
                  THEN 'duplicate'
                  ELSE CAST(NULL AS TEXT)
                END AS "excluded_rate"
              FROM (
                SELECT
                  "t9"."complaint_id",
                  "t9"."source",
                  "t9"."reference",
                  "t9"."accepted_ts",
                  "t9"."arrived_ts",
                  "t9"."complainant",
                  "t9"."complained",
                  "t9"."call_ts",
                  "t9"."category",
                  "t9"."call_id",
                  "t9"."line_id",
                  "t9"."team_id",
                  "t9"."responded_ts",
                  "t9"."closed_ts",
                  "t9"."reopened_ts",
                  CASE
                    WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                    THEN "t9"."exclusion"
                    ELSE NULL
                  END AS "exclusion",
                  "t9"."valid_from",
                  "t9"."valid_to",
                  CAST("t9"."accepted_ts" AS DATE) AS "day"
                FROM (
                  SELECT
                    "t8".*
                    EXCLUDE ("rank")
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t2"."complaint_id",
                        "t2"."source",
                        "t2"."reference",
                        "t2"."accepted_ts",
                        "t2"."arrived_ts",
                        "t2"."complainant",
                        "t2"."complained",
                        "t2"."call_ts",
                        "t2"."category",
                        "t2"."call_id",
                        "t2"."line_id",
                        "t2"."team_id",
                        "t2"."responded_ts",
                        "t2"."closed_ts",
                        "t2"."reopened_ts",
                        "t2"."exclusion",
                        "t2"."valid_from",
                        "t2"."valid_to",
                        ROW_NUMBER() OVER (
                          PARTITION BY "t2"."complaint_id"
                          ORDER BY CAST("t2"."valid_to" IS NULL AS BIGINT) DESC, CAST("t2"."valid_from" IS NOT NULL AS BIGINT) DESC, "t2"."valid_from" DESC, "t2"."valid_to" DESC
                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                        ) - 1 AS "rank"
                      FROM "complaint_fact" AS "t2"
                    ) AS "t7"
                    WHERE
                      "t7"."rank" = 0
                  ) AS "t8"
                ) AS "t9"
                WHERE
                  COALESCE("t9"."source" IN ('12321', '12300'), FALSE)
              ) AS "t18"
              LEFT OUTER JOIN (
                SELECT
                  "t33"."complaint_id" AS "kept_id"
                FROM (
                  SELECT
                    "t29"."complaint_id",
                    "t29"."source",
                    "t29"."reference",
                    "t29"."accepted_ts",
                    "t29"."arrived_ts",
                    "t29"."complainant",
                    "t29"."complained",
                    "t29"."call_ts",
                    "t29"."category",
                    "t29"."call_id",
                    "t29"."line_id",
                    "t29"."team_id",
                    "t29"."responded_ts",
                    "t29"."closed_ts",
                    "t29"."reopened_ts",
                    "t29"."exclusion",
                    "t29"."valid_from",
                    "t29"."valid_to",
                    "t29"."day",
                    "t29"."twice",
                    "t29"."call_day",
                    CASE
                      WHEN (
                        "t29"."complainant" IS NOT NULL
                      )
                      AND (
                        "t29"."complained" IS NOT NULL
                      )
                      AND (
                        "t29"."call_day" IS NOT NULL
                      )
                      THEN ROW_NUMBER() OVER (
                        PARTITION BY "t29"."complainant", "t29"."complained", "t29"."call_day"
                        ORDER BY CAST("t29"."accepted_ts" IS NULL AS BIGINT) ASC, "t29"."accepted_ts" ASC, "t29"."complaint_id" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1
                      ELSE 0
                    END AS "again"
                  FROM (
                    SELECT
                      "t25"."complaint_id",
                      "t25"."source",
                      "t25"."reference",
                      "t25"."accepted_ts",
                      "t25"."arrived_ts",
                      "t25"."complainant",
                      "t25"."complained",
                      "t25"."call_ts",
                      "t25"."category",
                      "t25"."call_id",
                      "t25"."line_id",
                      "t25"."team_id",
                      "t25"."responded_ts",
                      "t25"."closed_ts",
                      "t25"."reopened_ts",
                      "t25"."exclusion",
                      "t25"."valid_from",
                      "t25"."valid_to",
                      "t25"."day",
                      "t25"."twice",
                      CAST("t25"."call_ts" AS DATE) AS "call_day"
                    FROM (
                      SELECT
                        "t20"."complaint_id",
                        "t20"."source",
                        "t20"."reference",
                        "t20"."accepted_ts",
                        "t20"."arrived_ts",
                        "t20"."complainant",
                        "t20"."complained",
                        "t20"."call_ts",
                        "t20"."category",
                        "t20"."call_id",
                        "t20"."line_id",
                        "t20"."team_id",
                        "t20"."responded_ts",
                        "t20"."closed_ts",
                        "t20"."reopened_ts",
                        "t20"."exclusion",
                        "t20"."valid_from",
                        "t20"."valid_to",
                        "t20"."day",
                        CASE
                          WHEN (
                            "t20"."source" IS NOT NULL
                          ) AND (
                            "t20"."reference" IS NOT NULL
                          )
                          THEN ROW_NUMBER() OVER (
                            PARTITION BY "t20"."source", "t20"."reference"
                            ORDER BY CAST("t20"."accepted_ts" IS NULL AS BIGINT) ASC, "t20"."accepted_ts" ASC, "t20"."complaint_id" ASC
                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                          ) - 1
                          ELSE 0
                        END AS "twice"
                      FROM (
                        SELECT
                          "t9"."complaint_id",
                          "t9"."source",
                          "t9"."reference",
                          "t9"."accepted_ts",
                          "t9"."arrived_ts",
                          "t9"."complainant",
                          "t9"."complained",
                          "t9"."call_ts",
                          "t9"."category",
                          "t9"."call_id",
                          "t9"."line_id",
                          "t9"."team_id",
                          "t9"."responded_ts",
                          "t9"."closed_ts",
                          "t9"."reopened_ts",
                          CASE
                            WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                            THEN "t9"."exclusion"
                            ELSE NULL
                          END AS "exclusion",
                          "t9"."valid_from",
                          "t9"."valid_to",
                          CAST("t9"."accepted_ts" AS DATE) AS "day"
                        FROM (
                          SELECT
                            "t8".*
                            EXCLUDE ("rank")
                          FROM (
                            SELECT
                              *
                            FROM (
                              SELECT
                                "t2"."complaint_id",
                                "t2"."source",
                                "t2"."reference",
                                "t2"."accepted_ts",
                                "t2"."arrived_ts",
                                "t2"."complainant",
                                "t2"."complained",
                                "t2"."call_ts",
                                "t2"."category",
                                "t2"."call_id",
                                "t2"."line_id",
                                "t2"."team_id",
                                "t2"."responded_ts",
                                "t2"."closed_ts",
                                "t2"."reopened_ts",
                                "t2"."exclusion",
                                "t2"."valid_from",
                                "t2"."valid_to",
                                ROW_NUMBER() OVER (
                                  PARTITION BY "t2"."complaint_id"
                                  ORDER BY CAST("t2"."valid_to" IS NULL AS BIGINT) DESC, CAST("t2"."valid_from" IS NOT NULL AS BIGINT) DESC, "t2"."valid_from" DESC, "t2"."valid_to" DESC
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                ) - 1 AS "rank"
                              FROM "complaint_fact" AS "t2"
                            ) AS "t7"
                            WHERE
                              "t7"."rank" = 0
                          ) AS "t8"
                        ) AS "t9"
                        WHERE
                          COALESCE("t9"."source" IN ('12321', '12300'), FALSE)
                          AND CASE
                            WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                            THEN "t9"."exclusion"
                            ELSE NULL
                          END IS NULL
                      ) AS "t20"
                    ) AS "t25"
                    WHERE
                      "t25"."twice" = 0
                  ) AS "t29"
                ) AS "t33"
                WHERE
                  "t33"."again" = 0
              ) AS "t38"
                ON "t18"."complaint_id" = "t38"."kept_id"
            ) AS "t42"
              ON "t17"."complaint_id" = "t42"."complaint_id"
          ) AS "t43"
        ) AS "t45"
        LEFT OUTER JOIN (
          SELECT
            "t21"."complaint_id",
            CASE
              WHEN "t21"."exclusion" IS NOT NULL
              THEN "t21"."exclusion"
              WHEN "t37"."kept_id" IS NULL
              THEN 'duplicate'
              ELSE CAST(NULL AS TEXT)
            END AS "excluded_rest"
          FROM (
            SELECT
              "t9"."complaint_id",
              "t9"."source",
              "t9"."reference",
              "t9"."accepted_ts",
              "t9"."arrived_ts",
              "t9"."complainant",
              "t9"."complained",
              "t9"."call_ts",
              "t9"."category",
              "t9"."call_id",
              "t9"."line_id",
              "t9"."team_id",
              "t9"."responded_ts",
              "t9"."closed_ts",
              "t9"."reopened_ts",
              CASE
                WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                THEN "t9"."exclusion"
                ELSE NULL
              END AS "exclusion",
              "t9"."valid_from",
              "t9"."valid_to",
              CAST("t9"."accepted_ts" AS DATE) AS "day"
            FROM (
              SELECT
                "t8".*
                EXCLUDE ("rank")
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t2"."complaint_id",
                    "t2"."source",
                    "t2"."reference",
                    "t2"."accepted_ts",
                    "t2"."arrived_ts",
                    "t2"."complainant",
                    "t2"."complained",
                    "t2"."call_ts",
                    "t2"."category",
                    "t2"."call_id",
                    "t2"."line_id",
                    "t2"."team_id",
                    "t2"."responded_ts",
                    "t2"."closed_ts",
                    "t2"."reopened_ts",
                    "t2"."exclusion",
                    "t2"."valid_from",
                    "t2"."valid_to",
                    ROW_NUMBER() OVER (
                      PARTITION BY "t2"."complaint_id"
                      ORDER BY CAST("t2"."valid_to" IS NULL AS BIGINT) DESC, CAST("t2"."valid_from" IS NOT NULL AS BIGINT) DESC, "t2"."valid_from" DESC, "t2"."valid_to" DESC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                    ) - 1 AS "rank"
                  FROM "complaint_fact" AS "t2"
                ) AS "t7"
                WHERE
                  "t7"."rank" = 0
              ) AS "t8"
            ) AS "t9"
            WHERE
              NOT (
                COALESCE("t9"."source" IN ('12321', '12300'), FALSE)
              )
          ) AS "t21"
          LEFT OUTER JOIN (
            SELECT
              "t32"."complaint_id" AS "kept_id"
            FROM (
              SELECT
                "t28"."complaint_id",
                "t28"."source",
                "t28"."reference",
                "t28"."accepted_ts",
                "t28"."arrived_ts",
                "t28"."complainant",
                "t28"."complained",
                "t28"."call_ts",
                "t28"."category",
                "t28"."call_id",
                "t28"."line_id",
                "t28"."team_id",
                "t28"."responded_ts",
                "t28"."closed_ts",
                "t28"."reopened_ts",
                "t28"."exclusion",
                "t28"."valid_from",
                "t28"."valid_to",
                "t28"."day",
                "t28"."twice",
                "t28"."call_day",
                CASE
                  WHEN (
                    "t28"."complainant" IS NOT NULL
                  )
                  AND (
                    "t28"."complained" IS NOT NULL
                  )
                  AND (
                    "t28"."call_day" IS NOT NULL
                  )
                  THEN ROW_NUMBER() OVER (
                    PARTITION BY "t28"."complainant", "t28"."complained", "t28"."call_day"
                    ORDER BY CAST("t28"."accepted_ts" IS NULL AS BIGINT) ASC, "t28"."accepted_ts" ASC, "t28"."complaint_id" ASC
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  ) - 1
                  ELSE 0
                END AS "again"
              FROM (
                SELECT
                  "t24"."complaint_id",
                  "t24"."source",
                  "t24"."reference",
                  "t24"."accepted_ts",
                  "t24"."arrived_ts",
                  "t24"."complainant",
                  "t24"."complained",
                  "t24"."call_ts",
                  "t24"."category",
                  "t24"."call_id",
                  "t24"."line_id",
                  "t24"."team_id",
                  "t24"."responded_ts",
                  "t24"."closed_ts",
                  "t24"."reopened_ts",
                  "t24"."exclusion",
                  "t24"."valid_from",
                  "t24"."valid_to",
                  "t24"."day",
                  "t24"."twice",
                  CAST("t24"."call_ts" AS DATE) AS "call_day"
                FROM (
                  SELECT
                    "t19"."complaint_id",
                    "t19"."source",
                    "t19"."reference",
                    "t19"."accepted_ts",
                    "t19"."arrived_ts",
                    "t19"."complainant",
                    "t19"."complained",
                    "t19"."call_ts",
                    "t19"."category",
                    "t19"."call_id",
                    "t19"."line_id",
                    "t19"."team_id",
                    "t19"."responded_ts",
                    "t19"."closed_ts",
                    "t19"."reopened_ts",
                    "t19"."exclusion",
                    "t19"."valid_from",
                    "t19"."valid_to",
                    "t19"."day",
                    CASE
                      WHEN (
                        "t19"."source" IS NOT NULL
                      ) AND (
                        "t19"."reference" IS NOT NULL
                      )
                      THEN ROW_NUMBER() OVER (
                        PARTITION BY "t19"."source", "t19"."reference"
                        ORDER BY CAST("t19"."accepted_ts" IS NULL AS BIGINT) ASC, "t19"."accepted_ts" ASC, "t19"."complaint_id" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1
                      ELSE 0
                    END AS "twice"
                  FROM (
                    SELECT
                      "t9"."complaint_id",
                      "t9"."source",
                      "t9"."reference",
                      "t9"."accepted_ts",
                      "t9"."arrived_ts",
                      "t9"."complainant",
                      "t9"."complained",
                      "t9"."call_ts",
                      "t9"."category",
                      "t9"."call_id",
                      "t9"."line_id",
                      "t9"."team_id",
                      "t9"."responded_ts",
                      "t9"."closed_ts",
                      "t9"."reopened_ts",
                      CASE
                        WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                        THEN "t9"."exclusion"
                        ELSE NULL
                      END AS "exclusion",
                      "t9"."valid_from",
                      "t9"."valid_to",
                      CAST("t9"."accepted_ts" AS DATE) AS "day"
                    FROM (
                      SELECT
                        "t8".*
                        EXCLUDE ("rank")
                      FROM (
                        SELECT
                          *
                        FROM (
                          SELECT
                            "t2"."complaint_id",
                            "t2"."source",
                            "t2"."reference",
                            "t2"."accepted_ts",
                            "t2"."arrived_ts",
                            "t2"."complainant",
                            "t2"."complained",
                            "t2"."call_ts",
                            "t2"."category",
                            "t2"."call_id",
                            "t2"."line_id",
                            "t2"."team_id",
                            "t2"."responded_ts",
                            "t2"."closed_ts",
                            "t2"."reopened_ts",
                            "t2"."exclusion",
                            "t2"."valid_from",
                            "t2"."valid_to",
                            ROW_NUMBER() OVER (
                              PARTITION BY "t2"."complaint_id"
                              ORDER BY CAST("t2"."valid_to" IS NULL AS BIGINT) DESC, CAST("t2"."valid_from" IS NOT NULL AS BIGINT) DESC, "t2"."valid_from" DESC, "t2"."valid_to" DESC
                              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                            ) - 1 AS "rank"
                          FROM "complaint_fact" AS "t2"
                        ) AS "t7"
                        WHERE
                          "t7"."rank" = 0
                      ) AS "t8"
                    ) AS "t9"
                    WHERE
                      NOT (
                        COALESCE("t9"."source" IN ('12321', '12300'), FALSE)
                      )
                      AND CASE
                        WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                        THEN "t9"."exclusion"
                        ELSE NULL
                      END IS NULL
                  ) AS "t19"
                ) AS "t24"
                WHERE
                  "t24"."twice" = 0
              ) AS "t28"
            ) AS "t32"
            WHERE
              "t32"."again" = 0
          ) AS "t37"
            ON "t21"."complaint_id" = "t37"."kept_id"
        ) AS "t41"
          ON "t45"."complaint_id" = "t41"."complaint_id"
      ) AS "t46"
    ) AS "t47"
  ) AS "t49"
  LEFT OUTER JOIN (
    SELECT
      "t30"."line_id" AS "match_line",
      "t30"."team_id" AS "match_team",
      "t30"."kind",
      CASE
        WHEN "t30"."grade" = 0
        THEN 'id'
        WHEN "t30"."grade" = 1
        THEN 'ten_minutes'
        ELSE 'day'
      END AS "how",
      CAST("t30"."start_ts" AS DATE) AS "match_day",
      "t30"."complaint_id" AS "match_id"
    FROM (
      SELECT
        "t27"."complaint_id",
        "t27"."call_id",
        "t27"."start_ts",
        "t27"."line_id",
        "t27"."team_id",
        "t27"."kind",
        "t27"."grade",
        "t27"."seconds",
        ROW_NUMBER() OVER (
          PARTITION BY "t27"."complaint_id"
          ORDER BY "t27"."grade" ASC, "t27"."seconds" ASC, "t27"."start_ts" ASC, "t27"."call_id" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t22"."complaint_id",
            "t22"."call_id",
            "t22"."start_ts",
            "t22"."line_id",
            "t22"."team_id",
            "t22"."kind",
            CAST(CASE
              WHEN (
                "t22"."start_ts" >= (
                  "t22"."call_ts" - INTERVAL '10' MINUTE
                )
              )
              AND (
                "t22"."start_ts" <= (
                  "t22"."call_ts" + INTERVAL '10' MINUTE
                )
              )
              THEN 1
              ELSE 2
            END AS BIGINT) AS "grade",
            COALESCE(
              ABS(
                CAST(EPOCH(CAST("t22"."start_ts" AS TIMESTAMP)) AS BIGINT) - CAST(EPOCH(CAST("t22"."call_ts" AS TIMESTAMP)) AS BIGINT)
              ),
              0
            ) AS "seconds"
          FROM (
            SELECT
              "t11"."complaint_id",
              "t11"."complainant",
              "t11"."complained",
              "t11"."call_ts",
              "t11"."asked_call",
              "t6"."call_id",
              "t6"."callee",
              "t6"."display",
              "t6"."start_ts",
              "t6"."line_id",
              "t6"."team_id",
              "t6"."kind"
            FROM (
              SELECT
                "t9"."complaint_id",
                "t9"."complainant",
                "t9"."complained",
                "t9"."call_ts",
                "t9"."call_id" AS "asked_call"
              FROM (
                SELECT
                  "t8".*
                  EXCLUDE ("rank")
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t2"."complaint_id",
                      "t2"."source",
                      "t2"."reference",
                      "t2"."accepted_ts",
                      "t2"."arrived_ts",
                      "t2"."complainant",
                      "t2"."complained",
                      "t2"."call_ts",
                      "t2"."category",
                      "t2"."call_id",
                      "t2"."line_id",
                      "t2"."team_id",
                      "t2"."responded_ts",
                      "t2"."closed_ts",
                      "t2"."reopened_ts",
                      "t2"."exclusion",
                      "t2"."valid_from",
                      "t2"."valid_to",
                      ROW_NUMBER() OVER (
                        PARTITION BY "t2"."complaint_id"
                        ORDER BY CAST("t2"."valid_to" IS NULL AS BIGINT) DESC, CAST("t2"."valid_from" IS NOT NULL AS BIGINT) DESC, "t2"."valid_from" DESC, "t2"."valid_to" DESC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1 AS "rank"
                    FROM "complaint_fact" AS "t2"
                  ) AS "t7"
                  WHERE
                    "t7"."rank" = 0
                ) AS "t8"
              ) AS "t9"
            ) AS "t11"
            INNER JOIN (
              SELECT
                "t1"."call_id",
                "t1"."callee",
                "t1"."display",
                "t1"."start_ts",
                "t1"."line_id",
                "t1"."team_id",
                "t1"."agent_kind" AS "kind"
              FROM "calls" AS "t1"
              WHERE
                "t1"."part" <> 'rejected' AND "t1"."direction" = 'out' AND "t1"."leg" = 'customer'
            ) AS "t6"
              ON "t11"."complainant" = "t6"."callee" AND "t11"."complained" = "t6"."display"
          ) AS "t22"
          WHERE
            (
              (
                "t22"."start_ts" >= (
                  "t22"."call_ts" - INTERVAL '10' MINUTE
                )
              )
              AND (
                "t22"."start_ts" <= (
                  "t22"."call_ts" + INTERVAL '10' MINUTE
                )
              )
            )
            OR (
              CAST("t22"."start_ts" AS DATE) = CAST("t22"."call_ts" AS DATE)
            )
        ) AS "t26"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t13"."complaint_id",
            "t6"."call_id",
            "t6"."start_ts",
            "t6"."line_id",
            "t6"."team_id",
            "t6"."kind",
            CAST(0 AS BIGINT) AS "grade",
            COALESCE(
              ABS(
                CAST(EPOCH(CAST("t6"."start_ts" AS TIMESTAMP)) AS BIGINT) - CAST(EPOCH(CAST("t13"."call_ts" AS TIMESTAMP)) AS BIGINT)
              ),
              0
            ) AS "seconds"
          FROM (
            SELECT
              "t9"."complaint_id",
              "t9"."complainant",
              "t9"."complained",
              "t9"."call_ts",
              "t9"."call_id" AS "asked_call"
            FROM (
              SELECT
                "t8".*
                EXCLUDE ("rank")
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t2"."complaint_id",
                    "t2"."source",
                    "t2"."reference",
                    "t2"."accepted_ts",
                    "t2"."arrived_ts",
                    "t2"."complainant",
                    "t2"."complained",
                    "t2"."call_ts",
                    "t2"."category",
                    "t2"."call_id",
                    "t2"."line_id",
                    "t2"."team_id",
                    "t2"."responded_ts",
                    "t2"."closed_ts",
                    "t2"."reopened_ts",
                    "t2"."exclusion",
                    "t2"."valid_from",
                    "t2"."valid_to",
                    ROW_NUMBER() OVER (
                      PARTITION BY "t2"."complaint_id"
                      ORDER BY CAST("t2"."valid_to" IS NULL AS BIGINT) DESC, CAST("t2"."valid_from" IS NOT NULL AS BIGINT) DESC, "t2"."valid_from" DESC, "t2"."valid_to" DESC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                    ) - 1 AS "rank"
                  FROM "complaint_fact" AS "t2"
                ) AS "t7"
                WHERE
                  "t7"."rank" = 0
              ) AS "t8"
            ) AS "t9"
            WHERE
              "t9"."call_id" IS NOT NULL
          ) AS "t13"
          INNER JOIN (
            SELECT
              "t1"."call_id",
              "t1"."callee",
              "t1"."display",
              "t1"."start_ts",
              "t1"."line_id",
              "t1"."team_id",
              "t1"."agent_kind" AS "kind"
            FROM "calls" AS "t1"
            WHERE
              "t1"."part" <> 'rejected' AND "t1"."direction" = 'out' AND "t1"."leg" = 'customer'
          ) AS "t6"
            ON "t13"."asked_call" = "t6"."call_id"
        ) AS "t23"
      ) AS "t27"
    ) AS "t30"
    WHERE
      "t30"."rank" = 0
  ) AS "t34"
    ON "t49"."complaint_id" = "t34"."match_id"
)
SELECT
  "t61"."complaint_id",
  "t61"."source",
  "t61"."accepted_ts",
  "t61"."arrived_ts",
  "t61"."closed_ts",
  "t61"."reopened_ts",
  "t61"."excluded_rate",
  "t61"."excluded_ticket",
  "t61"."kind",
  "t61"."how",
  "t61"."display",
  "t61"."accepted_day",
  "t61"."day",
  "t61"."line_id" AS "line",
  "t61"."team"
FROM (
  SELECT
    "t53"."complaint_id",
    "t53"."source",
    "t53"."accepted_ts",
    "t53"."arrived_ts",
    "t53"."closed_ts",
    "t53"."reopened_ts",
    "t53"."excluded_rate",
    "t53"."excluded_ticket",
    "t53"."kind",
    "t53"."how",
    "t53"."display",
    "t53"."accepted_day",
    "t53"."day",
    "t53"."line_id",
    COALESCE("t53"."team_id", "t60"."dim_team") AS "team"
  FROM "t50" AS "t53"
  LEFT OUTER JOIN (
    SELECT
      "t58"."of_day",
      "t58"."of_line",
      "t58"."dim_team"
    FROM (
      SELECT
        "t57"."of_day",
        "t57"."of_line",
        "t57"."valid_from",
        "t57"."valid_to",
        "t57"."dim_line",
        "t57"."dim_team",
        ROW_NUMBER() OVER (
          PARTITION BY "t57"."of_day", "t57"."of_line"
          ORDER BY COALESCE("t57"."valid_from", MAKE_DATE(1, 1, 1)) DESC, "t57"."dim_team" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t55"."of_day",
            "t55"."of_line",
            "t5"."valid_from",
            "t5"."valid_to",
            "t5"."dim_line",
            "t5"."dim_team"
          FROM (
            SELECT DISTINCT
              "t51"."day" AS "of_day",
              "t51"."line_id" AS "of_line"
            FROM "t50" AS "t51"
            WHERE
              "t51"."team_id" IS NULL AND "t51"."line_id" IS NOT NULL
          ) AS "t55"
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
            ON "t55"."of_line" = "t5"."dim_line"
        ) AS "t56"
        WHERE
          (
            (
              "t56"."valid_from" IS NULL
            ) OR (
              "t56"."of_day" >= "t56"."valid_from"
            )
          )
          AND (
            (
              "t56"."valid_to" IS NULL
            ) OR (
              "t56"."of_day" <= "t56"."valid_to"
            )
          )
      ) AS "t57"
    ) AS "t58"
    WHERE
      "t58"."rank" = 0
  ) AS "t60"
    ON "t53"."day" = "t60"."of_day" AND "t53"."line_id" = "t60"."of_line"
) AS "t61"
