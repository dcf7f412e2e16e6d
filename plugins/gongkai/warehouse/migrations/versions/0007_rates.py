"""agency_year: reasons of denial, rates, guards, measures over all forms; fct_findings: words for the agency."""

from gongkai.warehouse.migrations.mart_columns import add_columns

revision = "0007"
down_revision = "0006"

FIGURES = (
    "denied_state_secret",
    "denied_prohibited_by_law",
    "denied_security_and_stability",
    "denied_third_party_rights",
    "denied_internal_affairs",
    "denied_process_information",
    "denied_enforcement_case_file",
    "denied_administrative_inquiry",
    "reconsideration_concluded",
    "litigation_concluded",
    "normative_documents_changed",
    "requests_received_over_forms",
    "requests_online_over_forms",
    "granted_in_part_over_forms",
    "denied_state_secret_over_forms",
    "denied_security_and_stability_over_forms",
    "reconsiderations_upheld_over_forms",
    "reconsiderations_corrected_over_forms",
    "lawsuits_upheld_over_forms",
    "lawsuits_corrected_over_forms",
    "granted_in_full_share_of_requests_to_handle",
    "granted_share_of_requests_to_handle",
    "granted_in_full_share_of_requests_received",
    "granted_share_of_requests_received",
    "normative_documents_turnover_per_document_in_force",
    "licensing_decisions_per_penalty_decision",
    "denied_state_secret_share_of_denied",
    "denied_prohibited_by_law_share_of_denied",
    "denied_security_and_stability_share_of_denied",
    "denied_third_party_rights_share_of_denied",
    "denied_internal_affairs_share_of_denied",
    "denied_process_information_share_of_denied",
    "denied_enforcement_case_file_share_of_denied",
    "denied_administrative_inquiry_share_of_denied",
)

GUARDS = (
    "requests_to_handle_at_least_30",
    "denied_at_least_30",
    "unable_to_provide_at_least_30",
    "concluded_reconsiderations_at_least_30",
    "concluded_litigation_at_least_30",
    "normative_documents_in_force_at_least_30",
    "penalty_decisions_at_least_30",
)


def upgrade() -> None:
    figures, guards = dict.fromkeys(FIGURES, "numeric"), dict.fromkeys(GUARDS, "boolean")
    add_columns({"agency_year": figures | guards, "fct_findings": {"letter_zh": "text"}})
