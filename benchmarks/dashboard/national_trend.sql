-- 全国趋势：历年收到的申请、公开比例和争议
-- One line a year for the whole country, from sums that stand ready in region_year.
SELECT report_year, reports, requests_received_new, granted_share_of_dispositions, disputes_total,
       disputes_per_request_received, requests_received_over_forms
FROM marts.region_year
WHERE summed_to = 'national' AND region_level = 'national'
ORDER BY report_year
