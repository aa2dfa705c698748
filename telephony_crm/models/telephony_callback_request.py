import logging
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models

from ..pbx import numbers
from ..tools.text import clean
from ..tools.transaction import begin, end, exclusive, lock

_logger = logging.getLogger(__name__)

# The latest time that can be chosen.
FURTHEST = timedelta(days=14)
# New leads that are called at once, in a minute; what is more, is a bulk of them.
LEADS_A_MINUTE = 5
LONGEST_NAME = 100


class Asked(NamedTuple):
    """What became of a request for a call-back.

    :param reason: why it was refused, see `_refusal_of`; empty when it was not
    :param callback: the call-back, as superuser; empty when it was refused
    :param is_offered: it is on somebody's screen now
    :param date: when they will be called, naive UTC
    """

    reason: str
    callback: models.BaseModel
    is_offered: bool = False
    date: object = None


class TelephonyCallback(models.Model):
    """The one way in for all who ask to be called back, with the guard against fraud.

    Whoever asks has a stranger's number rung at the company's cost, so it is looked at
    before anybody is offered it, and once more when it is dialled.
    """

    _inherit = "telephony.callback"

    @api.model
    def _request(self, pbx, typed, asked_by, record=None, address="", **options):
        """Have somebody called back who asks for it, if that may be.

        What is refused is counted, and leaves nothing else behind; nobody waits for it.
        Committed at the end, as the limits have to hold for requests that arrive
        together: what passes is looked at again by one request at a time.

        :param pbx: `telephony.pbx`
        :param typed: the number in any spelling
        :param asked_by: a value of `asked_by`
        :param record: `crm.lead` that it is for, whose country the number may be of
        :param address: from which it was asked, for the limit of its network
        :param options: ``visitor`` (what tells one visitor from another), ``wanted``,
            ``name``, ``did``, ``calendar``, ``asked``, see `_promise`
        :rtype: Asked
        """
        pbx = pbx.sudo()._for_events()
        quota = pbx.env["telephony.callback.quota"]
        record = record.with_env(pbx.env) if record else pbx.env["crm.lead"]
        e164 = self._read_asked(pbx, typed, record)
        visitor = options.pop("visitor", "")
        options["name"] = _one_line(options.get("name"))
        for name in ("did", "calendar"):
            if options.get(name):
                options[name] = options[name].with_env(pbx.env)
        country = numbers.parse(e164).country
        limits = quota._limits(pbx, e164, country, quota._prefix(address), visitor)
        if asked_by == "person":
            limits = []  # who is counted when it is dialled
        words = (pbx, e164, asked_by, options.get("wanted"), limits)
        begin(self.env)
        # Who floods us is refused here, and has nobody wait.
        if reason := self._why_not(*words):
            refused = self._turn_down(pbx, limits, reason)
            end(self.env)
            return refused
        with exclusive(self.env, "callback", pbx.id):
            if reason := self._why_not(*words):
                return self._turn_down(pbx, limits, reason)
            quota._count(pbx, *(one[:2] for one in limits))
            if asked_by in ("form", "lead"):
                quota._count(pbx, ("lead", _minute()))
            lock(pbx.env.cr, "number", pbx.company_id.id, e164)
            callbacks = pbx.env["telephony.callback"]
            promised = callbacks._moment_of(pbx, **options)
            callback = callbacks._promise(
                pbx, e164, asked_by, promised, lead=record or None, **options
            )
            pbx.env.flush_all()
            is_now = promised <= fields.Datetime.now()
            is_offered = is_now and callback.offer in ("offered", "accepted")
            return Asked("", callback, is_offered, promised)

    @api.model
    def _read_asked(self, pbx, typed, record):
        """Return the number in E.164, or ``""``; an extension is none."""
        text = _one_line(typed)
        if text[:1] in ("*", "#") or not text:
            return ""
        countries = pbx._countries()
        if record and (country := record._phone_get_country().get(record.id)):
            countries = (country.code, *countries)
        return numbers.parse(text, countries).e164

    @api.model
    def _why_not(self, pbx, e164, asked_by, wanted, limits):
        """Return the reason for which a request is refused; ``""`` if it is not.

        :param limits: see `telephony.callback.quota`
        """
        quota = pbx.env["telephony.callback.quota"]
        reason = self._refusal_of(pbx, e164, asked_by, wanted)
        reason = reason or quota._exceeded(pbx, limits)
        if limits and not reason:
            country = numbers.parse(e164).country
            reason = "many_minutes" if quota._is_talked_out(pbx, country) else ""
        return reason

    @api.model
    def _turn_down(self, pbx, limits, reason):
        """Count a request that is refused; return what became of it."""
        tried = [one[:2] for one in limits if one[0] in ("visitor", "prefix")]
        quota = pbx.env["telephony.callback.quota"]
        quota._count(pbx, *tried, ("refused", reason))
        _logger.info("PBX %s: a call-back was refused: %s", pbx.id, reason)
        return Asked(reason, self.sudo().browse())

    @api.model
    def _refusal_of(self, pbx, e164, asked_by, wanted):
        """Tell why nobody is to be called there at all; ``""`` if they may be.

        :return: a reason of `dialling.refusal`; or ``inactive``, ``own`` (a number of
            ours), ``blocked``, ``too_far`` (the time chosen), ``leads`` (too many new
            leads at once)
        """
        now = fields.Datetime.now()
        if not pbx.active:
            return "inactive"
        if reason := pbx._never_dials(e164):
            return reason
        if pbx.env["telephony.number"]._match(e164, pbx).reason == "own":
            return "own"
        blocked = pbx.env["telephony.blocked.number"]
        if blocked._is_blocked(e164, pbx.company_id.id):
            return "blocked"
        if wanted and wanted > now + FURTHEST:
            return "too_far"
        if asked_by in ("form", "lead"):
            quota = pbx.env["telephony.callback.quota"]
            counted = quota._counted(pbx, "lead", _minute(), timedelta(hours=1))
            if counted >= LEADS_A_MINUTE:
                return "leads"
        return ""


def _minute():
    return fields.Datetime.now().strftime("%Y-%m-%d %H:%M")


def _one_line(text):
    """Return text from outside as one line that can be stored and shown."""
    return " ".join(clean(str(text or "")[: 4 * LONGEST_NAME]).split())[:LONGEST_NAME]
