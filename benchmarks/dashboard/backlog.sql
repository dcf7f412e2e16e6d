-- 积压：某年结转下年度申请最多的机关
-- The agencies that carried most requests forward, with what they had to handle; an index gives them in order.
SELECT agency.name, wide.scope, wide.requests_to_handle, wide.requests_carried_forward_to_next_year,
       wide.carried_forward_share_of_requests_to_handle
FROM marts.agency_year AS wide
JOIN marts.dim_agency AS agency ON agency.agency_id = wide.agency_id
WHERE wide.report_year = %(year)s AND wide.requests_carried_forward_to_next_year > 0
ORDER BY wide.requests_carried_forward_to_next_year DESC
LIMIT 20
