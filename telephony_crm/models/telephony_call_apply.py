from datetime import datetime

from odoo import api, models
from odoo.tools import SQL

from ..pbx import numbers
from ..pbx.event import EventKind

# For this call, by a person or by its creation. What was chosen for the number is found
# again.
DECIDED = ("clicked", "created", "refused")


class TelephonyCall(models.Model):
    """How the fold of a call's events becomes a record, and who is told."""

    _inherit = "telephony.call"

    @api.model
    def _of_ref(self, pbx, call_ref, lock=False):
        """Return the call that the PBX names so, or none.

        :param lock: until the transaction ends nobody else changes it, such as a
            person at the card, who holds no lock of the event
        """
        self.flush_model(["pbx_id", "call_ref"])
        self.env.cr.execute(
            SQL(
                "SELECT id FROM telephony_call WHERE pbx_id = %s AND call_ref = %s %s",
                pbx.id,
                call_ref,
                SQL("FOR NO KEY UPDATE") if lock else SQL(),
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _apply_state(self, pbx, call_ref, state, events, imported=False):
        """Make the call equal to the fold of its events.

        The caller holds the call's lock, see `telephony.pbx.event`.

        :param state: `pbx.call_state.CallState` of all events of the call
        :param events: the `pbx.event.CallEvent` that are new; none when nothing new
            is told, then nobody is notified
        :param imported: all that is known of the call comes from an import of history
        :return: the call; empty when it is not to be logged
        """
        if state.merged_into:
            return self._apply_merged(pbx, call_ref, state)
        self._lock_for_creation(pbx, state)
        call = self._of_ref(pbx, call_ref, lock=True)
        if call.sealed:
            return call
        legs = self._loggable_legs(pbx, state)
        if legs is None:
            call.unlink()
            return self.browse()
        was = call.state if call else None
        # Who was told as long as nobody was rung has to hear that somebody is.
        told = call.owner_id if not call.leg_ids.user_id else call.owner_id.browse()
        vals = self._vals_of_state(pbx, state)
        if call:
            if not imported:  # it was, before the PBX's news or a comparison had it
                vals["imported"] = False
            number_changed = (call.number or "") != (state.number or "")
            changed = call._update(call._vals_of_news(vals))
        else:
            # Before anybody of ours is rung, the match depends on the number alone: the
            # call is then written at once with it, while the caller waits.
            rung = any(user_id for _leg, (_extension, user_id, _team) in legs)
            number_changed = rung or state.direction.value != "inbound"
            if not number_changed:
                vals.update(self._vals_of_number(pbx, vals))
            vals.update(pbx_id=pbx.id, call_ref=call_ref, imported=imported)
            call = self.create(vals)
            changed = True
        changed |= call._sync_legs(legs)
        changed |= call._update(call._vals_of_people(pbx, legs, number_changed))
        if call.state != "ended" and call._is_news(was, events):
            changed |= call._try_to_create()
        if call.state == "ended" and call.blocked and call.disposition != "answered":
            changed |= call._update({"disposition": "rejected"})
        call._sync_recordings(state.recordings)
        # What a row tells, an import of history may have told before and not done.
        is_row = any(event.kind == EventKind.RECORD for event in events)
        if call.state == "ended" and (changed or is_row):
            call._follow_up_later()
        if changed:
            call.version += was is not None
            call._sync_participants(is_new=was is None)
            if call._is_news(was, events):
                call._notify(told)
        return call

    def _vals_of_news(self, vals):
        """Return what the fold tells anew of a call that is there; here all of it.

        Overridden by who knows better why somebody rang than the number they dialled.

        :param vals: see `_vals_of_state`
        """
        return vals

    def _update(self, vals):
        """Write what differs; return whether anything does."""
        self.ensure_one()
        different = {}
        for name, value in vals.items():
            current = self[name]
            if self._fields[name].type == "many2one":
                current = current.id
            if (current or False) != (value or False):
                different[name] = value
        if different:
            self.write(different)
        return bool(different)

    # -- reading the fold ----------------------------------------------------------

    @api.model
    def _loggable_legs(self, pbx, state):
        """Return the legs to be logged, or `None` when the call is private.

        A call that only private extensions took part in is not logged at all.

        :return: list of ``(LegState, (extension_id, user_id, team_id))``
        """
        known = self.env["telephony.extension"]._by_number(pbx.id)
        mobiles = self.env["telephony.did"]._mobiles(pbx.company_id.id)
        countries = pbx._countries()
        legs, private = [], False
        for leg in state.legs:
            extension_id, user_id, team_id, log_calls = known.get(
                leg.extension, (False, False, False, True)
            )
            if leg.extension and not log_calls:
                private = True
                continue
            if not extension_id and leg.number and leg.kind.value == "external":
                e164 = numbers.parse(leg.number, countries).e164
                extension_id, user_id, team_id = mobiles.get(
                    e164, (False, False, False)
                )
            legs.append((leg, (extension_id, user_id, team_id)))
        if private and not any(
            leg.kind.value in ("agent", "external") for leg, _who in legs
        ):
            return None
        return legs

    @api.model
    def _vals_of_state(self, pbx, state):
        """Return the values of the call that follow from the fold alone."""
        number = numbers.parse(state.number or "", pbx._countries())
        did = numbers.parse(state.did or "", pbx._countries())
        dids = self.env["telephony.did"]._by_e164(pbx.id)
        did_id, _team, _user, source_id, medium_id, campaign_id = dids.get(
            did.e164 or did.digits, (False,) * 6
        )
        return {
            "company_id": pbx.company_id.id,
            "direction": state.direction.value,
            "state": state.state.value,
            "stale": False,
            "confirmed": state.confirmed,
            **({"unproven": False} if state.confirmed else {}),
            "doubtful": state.doubtful,
            "parent_ref": state.parent_ref,
            "disposition": state.disposition and state.disposition.value,
            "raw_disposition": state.raw_disposition,
            "hangup_cause": state.hangup_cause or 0,
            "answered_by": state.answered_by.value,
            "hidden": state.hidden,
            "number": state.number,
            "number_e164": number.e164,
            "did_id": did_id,
            "source_id": source_id,
            "medium_id": medium_id,
            "campaign_id": campaign_id,
            "start_date": state.start_date,
            "answer_date": state.answer_date,
            "end_date": state.end_date,
            "wait_seconds": state.wait_seconds or 0,
            "ring_seconds": state.ring_seconds or 0,
            "talk_seconds": state.talk_seconds or 0,
        }

    def _sync_legs(self, legs):
        """Write the legs that are new or different; return whether any is.

        Whose leg it is, is frozen when the leg first appears: extensions change
        hands, what was said on them does not.
        """
        self.ensure_one()
        known = {leg.leg_ref: leg for leg in self.leg_ids}
        wanted, created = set(), []
        changed = False
        for leg, (extension_id, user_id, _team_id) in legs:
            wanted.add(leg.ref)
            vals = {
                "kind": leg.kind.value,
                "number": leg.number or leg.extension,
                "state": leg.state.value,
                "disposition": leg.disposition and leg.disposition.value,
                "ring_date": leg.ring_date,
                "answer_date": leg.answer_date,
                "end_date": leg.end_date,
                "ring_seconds": leg.ring_seconds or 0,
                "talk_seconds": leg.talk_seconds or 0,
                "hold_seconds": leg.hold_seconds or 0,
                "is_asked": leg.is_asked,
            }
            record = known.get(leg.ref)
            if record is None:
                created.append(
                    {
                        **vals,
                        "call_id": self.id,
                        "leg_ref": leg.ref,
                        "extension_id": extension_id,
                        "user_id": user_id,
                    }
                )
            else:
                new = {
                    name: value
                    for name, value in vals.items()
                    if (record[name] or False) != (value or False)
                }
                if new:
                    record.write(new)
                    changed = True
        if created:
            self.env["telephony.call.leg"].create(created)
        gone = self.leg_ids.filtered(lambda leg: leg.leg_ref not in wanted)
        gone.unlink()
        return bool(changed or created or gone)

    # -- whose call it is ------------------------------------------------------------

    def _vals_of_people(self, pbx, legs, number_changed):
        """Return agent, owner, team, contact and lead of the call."""
        self.ensure_one()
        vals = self._vals_of_agent()
        matched = self._vals_of_match(pbx, vals, number_changed)
        vals.update(matched)
        partner = self.env["res.partner"].browse(
            vals.get("partner_id", self.partner_id.id)
        )
        lead = self.env["crm.lead"].browse(vals.get("lead_id", self.lead_id.id))
        # No more than that: a lead has a hundred fields.
        lead.fetch(["user_id", "team_id"])
        if "owner_id" not in vals and vals.keys() & {"partner_id", "lead_id"}:
            partner.fetch(["user_id"])
            vals["owner_id"] = lead.user_id.id or partner.user_id.id
        team_of = {
            extension_id: team_id for _leg, (extension_id, _user, team_id) in legs
        }
        vals["team_id"] = (
            team_of.get(vals["extension_id"])
            or self._team_of_did()
            or lead.team_id.id
            or pbx.fallback_team_id.id
        )
        return vals

    def _team_of_did(self):
        dids = self.env["telephony.did"]._by_e164(self.pbx_id.id)
        teams = {did_id: team_id for did_id, team_id, *_rest in dids.values()}
        return teams.get(self.did_id.id)

    def _vals_of_agent(self):
        """Return who of ours this call is counted for.

        The last who talked, else who dialled, else who was rung last.
        """
        ours = self.leg_ids.filtered(lambda leg: leg.kind == "agent" or leg.user_id)
        talked = ours.filtered("answer_date") or ours.filtered(
            lambda leg: leg.disposition == "answered" or leg.state == "in_progress"
        )
        if talked:
            leg = talked.sorted(lambda leg: _order(leg.answer_date, leg.ring_date, leg))
        elif self.direction == "inbound":
            leg = ours.sorted(lambda leg: _order(leg.ring_date, None, leg))
        else:
            leg = ours.sorted("id", reverse=True)
        leg = leg[-1:]
        return {"user_id": leg.user_id.id, "extension_id": leg.extension_id.id}

    def _vals_of_match(self, pbx, agent, number_changed):
        """Return contact and lead, and why; nothing where a person has decided.

        The agent's own leads come first, so who is found depends on the agent, too,
        whenever that is told.
        """
        if self.match_reason in DECIDED and not number_changed:
            return {}
        tied = self.direction != "inbound" and self.env["telephony.dial"]._tie(self)
        if self.direction == "internal":
            return {"match_reason": "own"}
        if tied and any(tied):
            return self._vals_of_click(*tied)
        other_agent = self.lead_id and agent["user_id"] != self.user_id.id
        if not number_changed and not other_agent:
            return {}
        names = ("direction", "hidden", "number", "number_e164")
        call = {name: self[name] for name in names}
        vals = self._vals_of_number(pbx, call, agent["user_id"])
        if not number_changed:
            vals.pop("blocked", None)  # that was decided when it rang
            was = self.match_reason, self.partner_id.id
            if was[0] == "chosen" and was != (vals["match_reason"], vals["partner_id"]):
                return {}
        return vals

    @api.model
    def _vals_of_number(self, pbx, call, user_id=False):
        """Return whose a number is, who is responsible, and whether it is blocked.

        :param call: values of the call: its direction and number
        :param user_id: the agent, whose own leads come first
        """
        user = self.env["res.users"].browse(user_id)
        match = self.env["telephony.number"]._match(call["number"], pbx, user=user)
        vals = {
            "match_reason": match.reason,
            "partner_id": match.partner_id,
            "lead_id": match.lead_id,
            "owner_id": match.owner_id,
        }
        if call["direction"] == "inbound" and not call["hidden"]:
            vals["blocked"] = self.env["telephony.blocked.number"]._is_blocked(
                call["number_e164"] or call["number"], pbx.company_id.id
            )
        return vals

    def _vals_of_click(self, partner_id, lead_id):
        """Return what the call belongs to that was clicked on a record.

        From a contact, the contact's open lead gets the call: the agent's own first.
        """
        if not lead_id:
            leads = self.env["crm.lead"].search(
                [
                    ("partner_id", "=", partner_id),
                    ("won_status", "=", "pending"),
                    ("company_id", "in", [False, self.company_id.id]),
                ],
                order="id desc",
            )
            agent = self.leg_ids.user_id[:1]
            lead_id = leads.sorted(lambda lead: lead.user_id != agent)[:1].id
        return {"match_reason": "clicked", "partner_id": partner_id, "lead_id": lead_id}

    def _sync_participants(self, is_new=False):
        """Bring `participant_ids` in line: legs' users, agent, owner, chooser."""
        if is_new and not (self.leg_ids.user_id or self.user_id or self.owner_id):
            return
        self.flush_recordset()
        self.leg_ids.flush_recordset(["user_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH wanted AS (
                    SELECT call_id, user_id FROM telephony_call_leg
                     WHERE call_id = ANY(%(ids)s) AND user_id IS NOT NULL
                     UNION
                    SELECT id, user_id FROM telephony_call
                     WHERE id = ANY(%(ids)s) AND user_id IS NOT NULL
                     UNION
                    SELECT id, owner_id FROM telephony_call
                     WHERE id = ANY(%(ids)s) AND owner_id IS NOT NULL
                     UNION
                    SELECT id, chooser_id FROM telephony_call
                     WHERE id = ANY(%(ids)s) AND chooser_id IS NOT NULL),
                gone AS (
                    DELETE FROM telephony_call_user_rel rel
                     WHERE call_id = ANY(%(ids)s)
                       AND NOT EXISTS (
                           SELECT FROM wanted
                            WHERE wanted.call_id = rel.call_id
                              AND wanted.user_id = rel.user_id))
                INSERT INTO telephony_call_user_rel (call_id, user_id)
                SELECT call_id, user_id FROM wanted
                ON CONFLICT DO NOTHING
                """,
                ids=self.ids,
            )
        )
        self.invalidate_recordset(["participant_ids"], flush=False)


def _order(date, other, leg):
    """Return what sorts legs by time; those without any come first."""
    return date or other or datetime.min, leg.id
