-- 数字溯源：一个数字的原文、页码位置、文件指纹和网址
-- The largest figure of requests received by one agency in a year, back to where it stands: page and place, the
-- document's bytes by their hash. A printed zero has no line in the facts.
SELECT cell.table_zh, cell.row_zh, cell.column_zh, fact.requests, fact.state, fact.raw_text, fact.locator,
       fact.sha256, fact.url, wide.reader, wide.parser_version, wide.fetched_at
FROM marts.agency_year AS wide
JOIN marts.fct_applications AS fact ON fact.report_id = wide.report_id
JOIN marts.dim_form_cell AS cell ON cell.cell_id = fact.cell_id
WHERE wide.agency_id = %(agency)s AND wide.report_year = %(year)s AND fact.flow = 'received'
ORDER BY fact.requests DESC, fact.cell_id
LIMIT 1
