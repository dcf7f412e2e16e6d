-- 公布情况：某地某年应公布、已公布和逾期的机关
-- Who owed a report in one division, and what became of it.
SELECT agency.name, coverage.scope, coverage.outcome, coverage.found, coverage.late, coverage.first_published_on,
       coverage.deadline, coverage.url
FROM marts.dim_agency AS agency
JOIN marts.fct_coverage AS coverage ON coverage.agency_id = agency.agency_id
WHERE agency.region_code = %(region)s AND coverage.report_year = %(year)s AND coverage.expected
ORDER BY coverage.scope DESC, agency.name
