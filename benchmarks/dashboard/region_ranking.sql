-- 地区排名：某年各省级地区的公开比例
-- Provinces of one year by the share of requests that they granted, where there are enough to speak of.
SELECT region_code, region_name, reports, dispositions_total, granted_share_of_dispositions,
       rank() OVER (ORDER BY granted_share_of_dispositions DESC NULLS LAST) AS place
FROM marts.region_year
WHERE summed_to = 'provincial' AND report_year = %(year)s AND dispositions_at_least_30
ORDER BY place, region_code
