from urllib.parse import urlsplit

from odoo import models

from ..pbx import adapter as pbx_adapter


class TelephonyPbx(models.Model):
    """The test button: all that is wrong between here and the PBX, in words."""

    _inherit = "telephony.pbx"

    def action_test(self):
        """Ask the PBX harmless questions and say in words what came of them."""
        self.ensure_one()
        self.check_access("write")
        pbx = self.sudo()
        adapter, credentials = pbx._adapter(), pbx._credentials()
        kind, message = "danger", ""
        try:
            problems = pbx._converse(adapter.examine(credentials))
        except pbx_adapter.Unreachable as error:
            message = pbx._why_unreachable(error, credentials.api_url)
            message = pbx._why_bridge_is_away(error) or message
        except pbx_adapter.PbxError as error:
            message = pbx._in_words(error)
        else:
            if all(problem.is_note for problem in problems):
                kind, message = pbx._success_in_words(adapter.check(credentials))
            words = [pbx._problem_in_words(problem) for problem in problems]
            message = " ".join(filter(None, (message, *words)))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "sticky": kind == "danger"},
        }

    def _success_in_words(self, asked):
        """Return kind and words of a test without problems."""
        if asked:
            return "success", self.env._("The PBX answers and accepts the key.")
        return "info", self.env._(
            "This PBX cannot be asked, it only sends events. Have it send one: it then "
            "stands under Events."
        )

    def _why_bridge_is_away(self, error):
        """Return what a bridge that carried nothing out last said of its troubles.

        It says so whenever it comes forward, also when it was started this moment and
        Odoo still waited for the one before it.
        """
        if error.code != "bridge_away":
            return ""
        latest = self.env["telephony.pbx.bridge"]._of(self).sorted("seen_date")[-1:]
        said = latest._problems_in_words() if latest else []
        return " ".join(self.env._("The bridge says: %s", words) for words in said)

    def _why_unreachable(self, error, url):
        """Say why nothing was heard from the address of the PBX, and what to do."""
        _ = self.env._
        address = urlsplit(url)
        names = {"host": address.hostname or "", "address": address.netloc}
        words = {
            "name": _(
                "There is no machine called %(host)s. Check the API address.", **names
            ),
            "port": _(
                "Nobody listens at %(address)s. Check host and port, and that the web "
                "server of the PBX is switched on.",
                **names,
            ),
            "silent": _(
                "%(address)s does not answer. Check host and port, and whether a "
                "firewall is in between.",
                **names,
            ),
            "certificate": _(
                "%(address)s is encrypted, but its certificate is not trusted: it has "
                "expired, is self-signed or is of another name. Give the PBX a "
                "certificate for %(host)s.",
                **names,
            ),
            "encryption": _(
                "%(address)s does not speak TLS. Check the port: the one for https is "
                "another one.",
                **names,
            ),
            "closed": _(
                "%(address)s hangs up at once. Check whether the address has to begin "
                "with https://.",
                **names,
            ),
        }
        return words.get(error.why) if url else self._in_words(error)

    def _problem_in_words(self, problem):
        """Say what is wrong, and what to change where.

        :param problem: `pbx.adapter.Problem`
        """
        if problem.code == "bridge":
            bridges = self.env["telephony.pbx.bridge"]
            return bridges._in_words(problem.detail, problem.said, problem.values)
        _ = self.env._
        detail = {"detail": problem.detail}
        words = {
            "ari_off": _(
                "The web server answers, but without ARI. Write enabled=yes into "
                "ari.conf; if http.conf has a prefix, the API address ends with it. "
                "To do without ARI, leave the ARI user empty."
            ),
            "nothing_set": _(
                "Neither an ARI user nor an AMI user is set, so this Odoo can ask "
                "nothing of the PBX. Enter one of ari.conf, or one of manager.conf "
                "with write=call,system,originate; best of all both."
            ),
            "ari_unset": _(
                "An ARI user is not set either, so calls cannot be dialled at all."
            ),
            "no_ari": _(
                "There is no ARI, so calls are dialled over AMI: supervisors cannot "
                "join calls, and the extensions are not listed."
            ),
            "ari_auth": _(
                "ARI refuses the user “%(detail)s”. Check user and password against "
                "ari.conf.",
                **detail,
            ),
            "ari_read_only": _(
                "The ARI user “%(detail)s” may only read. Write read_only=no for it "
                "into ari.conf.",
                **detail,
            ),
            "not_asterisk": _(
                "What answers there is no Asterisk. Check host, port and path."
            ),
            "version": _(
                "Asterisk %(detail)s is too old; 18 is the oldest that will do.",
                **detail,
            ),
            "ami_unset": _(
                "No AMI user is set: calls can be dialled and hung up, but not put on "
                "hold, transferred or recorded."
            ),
            "ami_off": _(
                "AMI is not served over HTTP. Write enabled=yes and webenabled=yes "
                "into manager.conf."
            ),
            "ami_auth": _(
                "AMI refuses the user “%(detail)s”. Check user, password, permit and "
                "deny in manager.conf.",
                **detail,
            ),
            "ami_permission": _(
                "The AMI user lacks rights: add %(detail)s to its line write= in "
                "manager.conf.",
                **detail,
            ),
            "ami_unsaid": _(
                "The PBX does not say whether the AMI user is told of all that calls "
                "need: see that its line read= in manager.conf has %(detail)s.",
                **detail,
            ),
            "context": _(
                "The dialplan has no context “%(detail)s”. Correct the setting, or "
                "extensions.conf.",
                **detail,
            ),
            "dialplan": _(
                "The dialplan has no context “%(detail)s”. Include "
                "extensions_telephony.conf in extensions.conf.",
                **detail,
            ),
            "dialplan_unsaid": _(
                "The PBX does not say whether its dialplan has what hold and "
                "supervision need. Load func_dialplan.so in modules.conf."
            ),
        }
        return words.get(problem.code, problem.detail)
