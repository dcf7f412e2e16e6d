-- 机关概况：一个机关历年的主要数字及其在同类机关中的位置
-- An agency's years, and where its rates stand among agencies of the same level and type.
SELECT wide.report_year, agency.name, wide.verdict, wide.requests_received_new, wide.granted_share_of_dispositions,
       peers.granted_share_of_dispositions_percentile, wide.denied_share_of_dispositions,
       peers.denied_share_of_dispositions_percentile, peers.peers, wide.disputes_total, wide.url
FROM marts.agency_year AS wide
JOIN marts.dim_agency AS agency ON agency.agency_id = wide.agency_id
LEFT JOIN marts.agency_year_peers AS peers ON peers.report_id = wide.report_id
WHERE wide.agency_id = %(agency)s
ORDER BY wide.report_year
