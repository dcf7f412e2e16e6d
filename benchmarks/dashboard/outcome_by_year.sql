-- 办理结果：历年各类答复的件数
-- The dispositions of requests in the whole country, a line a year and outcome.
SELECT report_year, outcome.name AS outcome, outcome.requests,
       round(outcome.requests / nullif(dispositions_total, 0), 4) AS share_of_dispositions
FROM marts.region_year
CROSS JOIN LATERAL (
    VALUES ('granted_in_full', granted_in_full), ('granted_in_part', granted_in_part), ('denied', denied_total),
           ('unable_to_provide', unable_to_provide_total), ('not_processed', not_processed_total),
           ('other', other_disposition_total)
) AS outcome (name, requests)
WHERE summed_to = 'national' AND region_level = 'national'
ORDER BY report_year, outcome
