from odoo import fields, models

STATES = [
    ("ringing", "Ringing"),
    ("in_progress", "In conversation"),
    ("ended", "Ended"),
]
DISPOSITIONS = [
    ("answered", "Answered"),
    ("missed", "Missed"),
    ("abandoned", "Abandoned"),
    ("voicemail", "Voicemail"),
    ("no_answer", "No answer"),
    ("busy", "Busy"),
    ("cancelled", "Cancelled"),
    ("rejected", "Rejected"),
    ("failed", "Failed"),
]


class TelephonyCall(models.Model):
    """A conversation, or the attempt at one, exactly once.

    Everything above the fields of the agent is the fold of the call's events
    and is written by `_apply_state` only.
    """

    _name = "telephony.call"
    _description = "Call"
    _order = "start_date desc, id desc"
    _rec_names_search = ("number_e164", "partner_id")

    pbx_id = fields.Many2one(
        "telephony.pbx", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True)
    call_ref = fields.Char(required=True, string="PBX Reference")
    parent_ref = fields.Char(string="Parent Reference")
    direction = fields.Selection(
        [("inbound", "Incoming"), ("outbound", "Outgoing"), ("internal", "Internal")],
        required=True,
    )
    state = fields.Selection(STATES, required=True, default="ringing")
    stale = fields.Boolean(
        help="The PBX has told nothing for long; the end may be lost."
    )
    version = fields.Integer(default=1)
    confirmed = fields.Boolean(
        help="The statistics of the PBX agree. Until then length and result are "
        "provisional, since the PBX does not sign them."
    )
    unproven = fields.Boolean(
        string="Unknown to the PBX",
        help="It was looked for in the PBX's own records, and is not there.",
    )
    doubtful = fields.Boolean(
        help="The PBX told the end again long after. Until its own records agree, "
        "nothing follows from it.",
    )
    disposition = fields.Selection(DISPOSITIONS)
    raw_disposition = fields.Char(string="Disposition Told by the PBX")
    hangup_cause = fields.Integer(help="Q.850 code.")
    answered_by = fields.Selection(
        [
            ("person", "Person"),
            ("machine", "Machine"),
            ("unknown", "Not known"),
            ("none", "Nobody"),
        ],
        default="none",
    )
    sealed = fields.Boolean(help="Its events were purged, so it is folded no more.")
    imported = fields.Boolean(
        readonly=True,
        help="Comes from an import of history and brings about nothing.",
    )
    blocked = fields.Boolean(help="The number was blocked when it rang.")
    needs_callback = fields.Boolean(string="To Call Back")
    number = fields.Char(help="As the PBX gave it; empty when the caller is hidden.")
    number_e164 = fields.Char(string="International Number")
    hidden = fields.Boolean(string="Hidden Caller")
    match_reason = fields.Selection(
        [
            ("clicked", "Called from this record"),
            ("chosen", "Chosen by hand"),
            ("created", "Created by this call"),
            ("exact", "The international number is the same"),
            ("national", "The national number is the same; the country is not certain"),
            ("literal", "The digits are the same"),
            ("ambiguous", "Several records have this number"),
            ("none", "No record has this number"),
            ("refused", "None of the candidates, says a person"),
            ("hidden", "The caller hides the number"),
            ("own", "The number is one of ours"),
        ],
        string="Matched by",
    )
    did_id = fields.Many2one(
        "telephony.did", string="Company Number", index="btree_not_null"
    )
    extension_id = fields.Many2one("telephony.extension")
    user_id = fields.Many2one("res.users", string="Agent")
    owner_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        help="The user of the lead, else of the contact.",
    )
    participant_ids = fields.Many2many(
        "res.users",
        "telephony_call_user_rel",
        "call_id",
        "user_id",
        help="Who was rung, talked, dialled, is responsible, or said whose it is.",
    )
    chooser_id = fields.Many2one(
        "res.users",
        string="Chosen by",
        help="Who said last whose call it is. It stays one of theirs, so that they "
        "see what they did and can take it back.",
    )
    partner_id = fields.Many2one("res.partner", string="Contact")
    lead_id = fields.Many2one("crm.lead", string="Lead")
    team_id = fields.Many2one("crm.team")
    start_date = fields.Datetime(string="Start", required=True)
    answer_date = fields.Datetime(string="Answered at")
    end_date = fields.Datetime(string="End")
    wait_seconds = fields.Integer(string="Wait", help="Seconds from start to answer.")
    ring_seconds = fields.Integer(
        string="Ring", help="Seconds the answering agent was rung."
    )
    talk_seconds = fields.Integer(string="Talk", help="Seconds of conversation.")
    outcome_id = fields.Many2one(
        "telephony.call.outcome",
        string="Outcome",
        domain="[('company_id', 'in', [False, company_id])]",
    )
    note = fields.Text()
    leg_ids = fields.One2many("telephony.call.leg", "call_id", string="Legs")
    event_ids = fields.One2many(
        "telephony.pbx.event",
        "call_id",
        string="Events",
        groups="telephony_crm.group_telephony_administrator",
    )
    origin_call_id = fields.Many2one(
        "telephony.call", string="Follows Call", index="btree_not_null"
    )
    source_id = fields.Many2one("utm.source")
    medium_id = fields.Many2one("utm.medium")
    campaign_id = fields.Many2one("utm.campaign")

    _call_ref_unique = models.Constraint(
        "UNIQUE (pbx_id, call_ref)", "A call of a PBX is logged once."
    )
    # Counting an agent's calls is looking at the company of each.
    _by_id_with_company = models.Index("(id) INCLUDE (company_id)")
    _by_start = models.Index("(start_date DESC, id DESC)")
    _by_partner = models.Index(
        "(partner_id, start_date DESC) WHERE partner_id IS NOT NULL"
    )
    _by_lead = models.Index("(lead_id, start_date DESC) WHERE lead_id IS NOT NULL")
    _by_user = models.Index("(user_id, start_date DESC) WHERE user_id IS NOT NULL")
    _by_number = models.Index(
        "(number_e164, start_date DESC) WHERE number_e164 IS NOT NULL"
    )
    _live = models.Index("(pbx_id) WHERE state != 'ended'")
    _to_call = models.Index("(company_id, start_date) WHERE needs_callback")
