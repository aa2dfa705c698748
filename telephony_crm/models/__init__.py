from . import (
    telephony_caller_mixin,  # contacts and leads inherit it
    telephony_pbx_part,  # what belongs to a PBX inherits it
)

# isort: split
from . import (
    base_partner_merge_automatic_wizard,
    crm_lead,
    crm_team_member,
    ir_http,
    res_partner,
    res_users,
    res_users_settings,
    telephony_blocked_number,
    telephony_call,
    telephony_call_apply,
    telephony_call_callback,
    telephony_call_card,
    telephony_call_card_actions,
    telephony_call_leg,
    telephony_call_notify,
    telephony_call_outcome,
    telephony_call_owner,
    telephony_call_rights,
    telephony_call_routing,
    telephony_call_screen,
    telephony_dial,
    telephony_dial_guard,
    telephony_dialer,
    telephony_did,
    telephony_extension,
    telephony_number,
    telephony_number_fill,
    telephony_number_match,
    telephony_number_sync,
    telephony_pbx,
    telephony_pbx_event,
    telephony_pbx_health,
    telephony_pbx_request,
    telephony_pbx_setting,
    telephony_pbx_setup,
)
