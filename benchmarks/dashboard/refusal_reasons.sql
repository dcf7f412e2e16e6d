-- 不予公开的理由：历年各理由的件数和占比
-- Why requests were denied, in the whole country.
SELECT report_year, reason.name AS reason, reason.requests, reason.share AS share_of_denied
FROM marts.region_year
CROSS JOIN LATERAL (
    VALUES ('state_secret', denied_state_secret, denied_state_secret_share_of_denied),
           ('prohibited_by_law', denied_prohibited_by_law, denied_prohibited_by_law_share_of_denied),
           ('security_and_stability', denied_security_and_stability, denied_security_and_stability_share_of_denied),
           ('third_party_rights', denied_third_party_rights, denied_third_party_rights_share_of_denied),
           ('internal_affairs', denied_internal_affairs, denied_internal_affairs_share_of_denied),
           ('process_information', denied_process_information, denied_process_information_share_of_denied),
           ('enforcement_case_file', denied_enforcement_case_file, denied_enforcement_case_file_share_of_denied),
           ('administrative_inquiry', denied_administrative_inquiry, denied_administrative_inquiry_share_of_denied)
) AS reason (name, requests, share)
WHERE summed_to = 'national' AND region_level = 'national' AND denied_total IS NOT NULL
ORDER BY report_year, reason
