-- 复议和诉讼结果：一个地区历年的纠错比例
-- What became of reconsiderations and lawsuits in one region and below it.
SELECT report_year, reconsideration_total, reconsideration_upheld, reconsideration_corrected, reconsideration_other,
       reconsideration_pending, corrected_share_of_concluded_reconsiderations, litigation_total, litigation_upheld,
       litigation_corrected, litigation_other, litigation_pending, corrected_share_of_concluded_litigation
FROM marts.region_year
WHERE summed_to = 'provincial' AND region_code = %(province)s
ORDER BY report_year
