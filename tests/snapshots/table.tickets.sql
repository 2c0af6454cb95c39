WITH "t47" AS (
  SELECT
    "t46"."complaint_id",
    "t46"."source",
    "t46"."accepted_ts",
    "t46"."arrived_ts",
    "t46"."closed_ts",
    "t46"."reopened_ts",
    "t46"."excluded_rate",
    "t46"."excluded_ticket",
    "t32"."kind",
    "t32"."how",
    "t46"."complained" AS "display",
    "t46"."day" AS "accepted_day",
    COALESCE("t32"."match_day", CAST("t46"."call_ts" AS DATE), "t46"."day") AS "day",
    COALESCE("t46"."line_id", "t32"."match_line") AS "line_id",
    COALESCE("t46"."team_id", "t32"."match_team") AS "team_id"
  FROM (
    SELECT
      "t44".*
      EXCLUDE ("complaint_id_right")
    FROM (
      SELECT
        "t43"."complaint_id",
        "t43"."source",
        "t43"."reference",
        "t43"."accepted_ts",
        "t43"."arrived_ts",
        "t43"."complainant",
        "t43"."complained",
        "t43"."call_ts",
        "t43"."category",
        "t43"."call_id",
        "t43"."line_id",
        "t43"."team_id",
        "t43"."responded_ts",
        "t43"."closed_ts",
        "t43"."reopened_ts",
        "t43"."exclusion",
        "t43"."valid_from",
        "t43"."valid_to",
        "t43"."day",
        "t43"."excluded_rate",
        "t39"."complaint_id" AS "complaint_id_right",
        "t39"."excluded_ticket"
      FROM (
        SELECT
          "t41".*
          EXCLUDE ("complaint_id_right")
        FROM (
          SELECT
            "t16"."complaint_id",
            "t16"."source",
            "t16"."reference",
            "t16"."accepted_ts",
            "t16"."arrived_ts",
            "t16"."complainant",
            "t16"."complained",
            "t16"."call_ts",
            "t16"."category",
            "t16"."call_id",
            "t16"."line_id",
            "t16"."team_id",
            "t16"."responded_ts",
            "t16"."closed_ts",
            "t16"."reopened_ts",
            "t16"."exclusion",
            "t16"."valid_from",
            "t16"."valid_to",
            "t16"."day",
            "t40"."complaint_id" AS "complaint_id_right",
            "t40"."excluded_rate"
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
          ) AS "t16"
          LEFT OUTER JOIN (
            SELECT
              "t17"."complaint_id",
              CASE
                WHEN "t17"."exclusion" IS NOT NULL
                THEN "t17"."exclusion"
                WHEN "t36"."kept_id" IS NULL
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
                "t9"."source" IN ('12321', '12300')
            ) AS "t17"
            LEFT OUTER JOIN (
              SELECT
                "t31"."complaint_id" AS "kept_id"
              FROM (
                SELECT
                  "t27"."complaint_id",
                  "t27"."source",
                  "t27"."reference",
                  "t27"."accepted_ts",
                  "t27"."arrived_ts",
                  "t27"."complainant",
                  "t27"."complained",
                  "t27"."call_ts",
                  "t27"."category",
                  "t27"."call_id",
                  "t27"."line_id",
                  "t27"."team_id",
                  "t27"."responded_ts",
                  "t27"."closed_ts",
                  "t27"."reopened_ts",
                  "t27"."exclusion",
                  "t27"."valid_from",
                  "t27"."valid_to",
                  "t27"."day",
                  "t27"."twice",
                  "t27"."call_day",
                  CASE
                    WHEN (
                      "t27"."complainant" IS NOT NULL
                    )
                    AND (
                      "t27"."complained" IS NOT NULL
                    )
                    AND (
                      "t27"."call_day" IS NOT NULL
                    )
                    THEN ROW_NUMBER() OVER (
                      PARTITION BY "t27"."complainant", "t27"."complained", "t27"."call_day"
                      ORDER BY CAST("t27"."accepted_ts" IS NULL AS BIGINT) ASC, "t27"."accepted_ts" ASC, "t27"."complaint_id" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                    ) - 1
                    ELSE 0
                  END AS "again"
                FROM (
                  SELECT
                    "t23"."complaint_id",
                    "t23"."source",
                    "t23"."reference",
                    "t23"."accepted_ts",
                    "t23"."arrived_ts",
                    "t23"."complainant",
                    "t23"."complained",
                    "t23"."call_ts",
                    "t23"."category",
                    "t23"."call_id",
                    "t23"."line_id",
                    "t23"."team_id",
                    "t23"."responded_ts",
                    "t23"."closed_ts",
                    "t23"."reopened_ts",
                    "t23"."exclusion",
                    "t23"."valid_from",
                    "t23"."valid_to",
                    "t23"."day",
                    "t23"."twice",
                    CAST("t23"."call_ts" AS DATE) AS "call_day"
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
                        "t9"."source" IN ('12321', '12300')
                        AND CASE
                          WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                          THEN "t9"."exclusion"
                          ELSE NULL
                        END IS NULL
                    ) AS "t19"
                  ) AS "t23"
                  WHERE
                    "t23"."twice" = 0
                ) AS "t27"
              ) AS "t31"
              WHERE
                "t31"."again" = 0
            ) AS "t36"
              ON "t17"."complaint_id" = "t36"."kept_id"
          ) AS "t40"
            ON "t16"."complaint_id" = "t40"."complaint_id"
        ) AS "t41"
      ) AS "t43"
      LEFT OUTER JOIN (
        SELECT
          "t16"."complaint_id",
          CASE
            WHEN "t16"."exclusion" IS NOT NULL
            THEN "t16"."exclusion"
            WHEN "t35"."kept_id" IS NULL
            THEN 'duplicate'
            ELSE CAST(NULL AS TEXT)
          END AS "excluded_ticket"
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
        ) AS "t16"
        LEFT OUTER JOIN (
          SELECT
            "t30"."complaint_id" AS "kept_id"
          FROM (
            SELECT
              "t26"."complaint_id",
              "t26"."source",
              "t26"."reference",
              "t26"."accepted_ts",
              "t26"."arrived_ts",
              "t26"."complainant",
              "t26"."complained",
              "t26"."call_ts",
              "t26"."category",
              "t26"."call_id",
              "t26"."line_id",
              "t26"."team_id",
              "t26"."responded_ts",
              "t26"."closed_ts",
              "t26"."reopened_ts",
              "t26"."exclusion",
              "t26"."valid_from",
              "t26"."valid_to",
              "t26"."day",
              "t26"."twice",
              "t26"."call_day",
              CASE
                WHEN (
                  "t26"."complainant" IS NOT NULL
                )
                AND (
                  "t26"."complained" IS NOT NULL
                )
                AND (
                  "t26"."call_day" IS NOT NULL
                )
                THEN ROW_NUMBER() OVER (
                  PARTITION BY "t26"."complainant", "t26"."complained", "t26"."call_day"
                  ORDER BY CAST("t26"."accepted_ts" IS NULL AS BIGINT) ASC, "t26"."accepted_ts" ASC, "t26"."complaint_id" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) - 1
                ELSE 0
              END AS "again"
            FROM (
              SELECT
                "t22"."complaint_id",
                "t22"."source",
                "t22"."reference",
                "t22"."accepted_ts",
                "t22"."arrived_ts",
                "t22"."complainant",
                "t22"."complained",
                "t22"."call_ts",
                "t22"."category",
                "t22"."call_id",
                "t22"."line_id",
                "t22"."team_id",
                "t22"."responded_ts",
                "t22"."closed_ts",
                "t22"."reopened_ts",
                "t22"."exclusion",
                "t22"."valid_from",
                "t22"."valid_to",
                "t22"."day",
                "t22"."twice",
                CAST("t22"."call_ts" AS DATE) AS "call_day"
              FROM (
                SELECT
                  "t18"."complaint_id",
                  "t18"."source",
                  "t18"."reference",
                  "t18"."accepted_ts",
                  "t18"."arrived_ts",
                  "t18"."complainant",
                  "t18"."complained",
                  "t18"."call_ts",
                  "t18"."category",
                  "t18"."call_id",
                  "t18"."line_id",
                  "t18"."team_id",
                  "t18"."responded_ts",
                  "t18"."closed_ts",
                  "t18"."reopened_ts",
                  "t18"."exclusion",
                  "t18"."valid_from",
                  "t18"."valid_to",
                  "t18"."day",
                  CASE
                    WHEN (
                      "t18"."source" IS NOT NULL
                    ) AND (
                      "t18"."reference" IS NOT NULL
                    )
                    THEN ROW_NUMBER() OVER (
                      PARTITION BY "t18"."source", "t18"."reference"
                      ORDER BY CAST("t18"."accepted_ts" IS NULL AS BIGINT) ASC, "t18"."accepted_ts" ASC, "t18"."complaint_id" ASC
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
                    CASE
                      WHEN "t9"."exclusion" IN ('not_accepted', 'not_own_number', 'duplicate', 'not_a_call')
                      THEN "t9"."exclusion"
                      ELSE NULL
                    END IS NULL
                ) AS "t18"
              ) AS "t22"
              WHERE
                "t22"."twice" = 0
            ) AS "t26"
          ) AS "t30"
          WHERE
            "t30"."again" = 0
        ) AS "t35"
          ON "t16"."complaint_id" = "t35"."kept_id"
      ) AS "t39"
        ON "t43"."complaint_id" = "t39"."complaint_id"
    ) AS "t44"
  ) AS "t46"
  LEFT OUTER JOIN (
    SELECT
      "t28"."line_id" AS "match_line",
      "t28"."team_id" AS "match_team",
      "t28"."kind",
      CASE
        WHEN "t28"."grade" = 0
        THEN 'id'
        WHEN "t28"."grade" = 1
        THEN 'ten_minutes'
        ELSE 'day'
      END AS "how",
      CAST("t28"."start_ts" AS DATE) AS "match_day",
      "t28"."complaint_id" AS "match_id"
    FROM (
      SELECT
        "t25"."complaint_id",
        "t25"."call_id",
        "t25"."start_ts",
        "t25"."line_id",
        "t25"."team_id",
        "t25"."kind",
        "t25"."grade",
        "t25"."seconds",
        ROW_NUMBER() OVER (
          PARTITION BY "t25"."complaint_id"
          ORDER BY "t25"."grade" ASC, "t25"."seconds" ASC, "t25"."start_ts" ASC, "t25"."call_id" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t20"."complaint_id",
            "t20"."call_id",
            "t20"."start_ts",
            "t20"."line_id",
            "t20"."team_id",
            "t20"."kind",
            CAST(CASE
              WHEN (
                "t20"."start_ts" >= (
                  "t20"."call_ts" - INTERVAL '10' MINUTE
                )
              )
              AND (
                "t20"."start_ts" <= (
                  "t20"."call_ts" + INTERVAL '10' MINUTE
                )
              )
              THEN 1
              ELSE 2
            END AS BIGINT) AS "grade",
            COALESCE(
              ABS(
                CAST(EPOCH(CAST("t20"."start_ts" AS TIMESTAMP)) AS BIGINT) - CAST(EPOCH(CAST("t20"."call_ts" AS TIMESTAMP)) AS BIGINT)
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
          ) AS "t20"
          WHERE
            (
              (
                "t20"."start_ts" >= (
                  "t20"."call_ts" - INTERVAL '10' MINUTE
                )
              )
              AND (
                "t20"."start_ts" <= (
                  "t20"."call_ts" + INTERVAL '10' MINUTE
                )
              )
            )
            OR (
              CAST("t20"."start_ts" AS DATE) = CAST("t20"."call_ts" AS DATE)
            )
        ) AS "t24"
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
        ) AS "t21"
      ) AS "t25"
    ) AS "t28"
    WHERE
      "t28"."rank" = 0
  ) AS "t32"
    ON "t46"."complaint_id" = "t32"."match_id"
)
SELECT
  "t58"."complaint_id",
  "t58"."source",
  "t58"."accepted_ts",
  "t58"."arrived_ts",
  "t58"."closed_ts",
  "t58"."reopened_ts",
  "t58"."excluded_rate",
  "t58"."excluded_ticket",
  "t58"."kind",
  "t58"."how",
  "t58"."display",
  "t58"."accepted_day",
  "t58"."day",
  "t58"."line_id" AS "line",
  "t58"."team"
FROM (
  SELECT
    "t50"."complaint_id",
    "t50"."source",
    "t50"."accepted_ts",
    "t50"."arrived_ts",
    "t50"."closed_ts",
    "t50"."reopened_ts",
    "t50"."excluded_rate",
    "t50"."excluded_ticket",
    "t50"."kind",
    "t50"."how",
    "t50"."display",
    "t50"."accepted_day",
    "t50"."day",
    "t50"."line_id",
    COALESCE("t50"."team_id", "t57"."dim_team") AS "team"
  FROM "t47" AS "t50"
  LEFT OUTER JOIN (
    SELECT
      "t55"."of_day",
      "t55"."of_line",
      "t55"."dim_team"
    FROM (
      SELECT
        "t54"."of_day",
        "t54"."of_line",
        "t54"."valid_from",
        "t54"."valid_to",
        "t54"."dim_line",
        "t54"."dim_team",
        ROW_NUMBER() OVER (
          PARTITION BY "t54"."of_day", "t54"."of_line"
          ORDER BY COALESCE("t54"."valid_from", MAKE_DATE(1, 1, 1)) DESC, "t54"."dim_team" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t52"."of_day",
            "t52"."of_line",
            "t5"."valid_from",
            "t5"."valid_to",
            "t5"."dim_line",
            "t5"."dim_team"
          FROM (
            SELECT DISTINCT
              "t48"."day" AS "of_day",
              "t48"."line_id" AS "of_line"
            FROM "t47" AS "t48"
            WHERE
              "t48"."team_id" IS NULL AND "t48"."line_id" IS NOT NULL
          ) AS "t52"
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
            ON "t52"."of_line" = "t5"."dim_line"
        ) AS "t53"
        WHERE
          (
            (
              "t53"."valid_from" IS NULL
            ) OR (
              "t53"."of_day" >= "t53"."valid_from"
            )
          )
          AND (
            (
              "t53"."valid_to" IS NULL
            ) OR (
              "t53"."of_day" <= "t53"."valid_to"
            )
          )
      ) AS "t54"
    ) AS "t55"
    WHERE
      "t55"."rank" = 0
  ) AS "t57"
    ON "t50"."day" = "t57"."of_day" AND "t50"."line_id" = "t57"."of_line"
) AS "t58"
