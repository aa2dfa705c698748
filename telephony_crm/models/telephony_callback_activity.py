from datetime import timedelta

from odoo import api, fields, models

UPDATE = "telephony.callback/update"


class TelephonyCallback(models.Model):
    """The activity that mirrors a call-back, and the notice of it."""

    _inherit = "telephony.callback"

    def _record(self):
        """Return what the activity is on: lead, else contact, else the call-back."""
        self.ensure_one()
        return self.lead_id or self.partner_id or self

    def _mirror(self):
        """Make the activity agree with the call-back: on what, for whom, for when."""
        for callback in self.filtered(lambda one: one.state == "open"):
            activity = callback.activity_id.filtered("active")
            if not callback.user_id and not activity:
                continue  # nobody would see it
            record = callback._record()
            vals = {
                "user_id": callback.user_id.id,
                "date_deadline": callback._deadline(),
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
            }
            activity = activity.with_context(mail_activity_quick_update=True)
            if activity:
                activity.write(
                    {
                        name: value
                        for name, value in vals.items()
                        if activity._fields[name].convert_to_write(
                            activity[name], activity
                        )
                        != value
                    }
                )
            elif activity_type := self._activity_type():
                # A mail for each missed call would be too much; `_tell` does it.
                callback.activity_id = activity.create(
                    {
                        **vals,
                        "activity_type_id": activity_type.id,
                        "automated": True,
                        "summary": callback._summary(),
                    }
                )

    @api.model
    def _activity_type(self):
        """Return a type for calls: Odoo's own, else whichever there is."""
        types = self.env["mail.activity.type"]
        found = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        if found and found.active and found.category == "phonecall":
            return found
        return types.search(
            [("category", "=", "phonecall"), ("res_model", "=", False)], limit=1
        )

    def _deadline(self):
        """Return the day of the call-back where its user is."""
        user = self.user_id
        return fields.Datetime.context_timestamp(
            self.with_context(tz=user.tz or self.pbx_id.tz), self.due_date
        ).date()

    def _summary(self):
        """Return what is to be done, in the language of who does it."""
        callback = self.with_context(lang=self.user_id.lang)
        return callback.env._("Call back %s", callback.number_shown)

    def _follow_activity(self):
        """Take over who does the activity, and the day; the hour stays what it was."""
        self.ensure_one()
        activity = self.activity_id
        vals = {}
        if activity.user_id != self.user_id:
            vals["user_id"] = activity.user_id.id
        if days := (activity.date_deadline - self._deadline()).days:
            vals["due_date"] = self.due_date + timedelta(days=days)
        if vals:
            self.write(vals)

    # -- notices -----------------------------------------------------------------------

    def _tell(self, seen=()):
        """Tell its user that somebody waits to be rung back.

        :param seen: users who know it
        """
        for callback in self.filtered("user_id"):
            if callback.user_id in seen:
                callback._tell_screens(callback.user_id)
                continue
            _ = callback.with_context(lang=callback.user_id.lang).env._
            callback._notice(
                callback.user_id,
                _("Missed call"),
                _("%s waits for your call.", callback._name_for(callback.user_id)),
            )

    def _notice(self, user, title, message):
        """Show a notice on the user's screen, and have the dialler look again."""
        user._bus_send(
            "simple_notification",
            {"type": "warning", "title": title, "message": message, "sticky": False},
        )
        self._tell_screens(user)

    def _name_for(self, user):
        """Return who is to be rung, as far as that user may know it."""
        for record in (self.partner_id, self.lead_id):
            if record and record.with_user(user).has_access("read"):
                return record.display_name
        return self.number_shown

    def _tell_screens(self, user):
        """Have the screens of a user count anew."""
        if user:
            user._bus_send(UPDATE, {"id": self.id})
