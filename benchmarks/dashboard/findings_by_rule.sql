-- 勾稽问题：某年各规则的问题数，按责任区分
-- What does not add up in one year, by rule and by whose fault it is.
SELECT identity, kind, fault, count(*) AS findings, count(DISTINCT report_id) AS reports
FROM marts.fct_findings
WHERE report_year = %(year)s
GROUP BY identity, kind, fault
ORDER BY findings DESC, identity, kind, fault
