"""What the bridge says to people, and Odoo says in their language.

Odoo finds its translations by the English sentence, as it does those of its own code;
one that it does not know stays as it is.
"""

from __future__ import annotations


def _(text: str) -> str:
    """Mark a sentence for who translates; names in braces are filled in."""
    return text


class Said(str):
    """A sentence, and from what it was made.

    :ivar code: a key of `SENTENCES`
    :ivar values: what was filled in, by name
    """

    def __new__(cls, code: str, **values):
        said = super().__new__(cls, SENTENCES[code].format(**values))
        said.code = code
        said.values = {name: str(value) for name, value in values.items()}
        return said


def sources(words: list[str]) -> list[list | None]:
    """Return for each sentence from what it was made, as JSON can have it."""
    return [[one.code, one.values] if isinstance(one, Said) else None for one in words]


SENTENCES = {
    "other": _("The PBX cannot be used: {detail}"),
    "ami_unreachable": _(
        "Nothing answers at {ami} ({detail}). Check host and port; in manager.conf of "
        "the PBX, [general] needs enabled=yes, and bindaddr and port have to be "
        "reachable from here."
    ),
    "ami_gone": _("The connection to AMI at {ami} is lost."),
    "ami_silent": _("AMI at {ami} does not answer in time."),
    "ami_tls": _(
        "AMI at {ami}: no encryption comes about ({detail}). Check that tlsenable=yes "
        "and this port belong together in manager.conf, and that the certificate is "
        "trusted here (verify)."
    ),
    "ami_garbage": _(
        "What answers at {ami} is not AMI ({detail}). Check the port: AMI has 5038, "
        "with TLS 5039, and over HTTP that of the PBX's own web server."
    ),
    "ami_login": _(
        "AMI at {ami} does not let “{ami_user}” in. Check the secret of [{ami_user}] "
        "in manager.conf, and that its permit and deny let this machine in."
    ),
    "ami_read": _(
        "The AMI user “{ami_user}” may not see what is going on ({detail}). In "
        "manager.conf, [{ami_user}] needs "
        "read=system,call,agent,user,cdr,dialplan,reporting and "
        "write=system,call,agent,user,originate,reporting."
    ),
    "ami_unread": _(
        "The AMI user “{ami_user}” is not told of all that calls need. In "
        "manager.conf, [{ami_user}] needs {detail} among read=…, and no eventfilter."
    ),
    "ami_deaf": _(
        "ARI tells of calls of which AMI says nothing; the connection to AMI is made "
        "anew. If this stays: in manager.conf, [{ami_user}] needs call among read=…, "
        "and no eventfilter."
    ),
    "ami_refused": _("AMI refuses: {detail}"),
    "ami_write": _(
        "The AMI user “{ami_user}” may not act: in manager.conf, write=… of "
        "[{ami_user}] lacks {detail}."
    ),
    "ajam_off": _(
        "AMI is not served at {ami}. In manager.conf, [general] needs webenabled=yes, "
        "and in http.conf enabled=yes."
    ),
    "ari_unreachable": _(
        "Nothing answers at {ari} ({detail}). Check the address; in http.conf of the "
        "PBX, [general] needs enabled=yes, and bindaddr and bindport have to be "
        "reachable from here."
    ),
    "ari_tls": _(
        "ARI at {ari}: no encryption comes about ({detail}). Check that http or https "
        "belongs to this port, and that the certificate is trusted here (verify)."
    ),
    "ari_login": _(
        "ARI at {ari} does not let “{ari_user}” in. Check the password of [{ari_user}] "
        "in ari.conf."
    ),
    "ari_off": _(
        "There is no ARI at {ari}. In ari.conf, [general] needs enabled=yes; if "
        "http.conf has a prefix, the address has to end with it."
    ),
    "ari_read_only": _(
        "The ARI user “{ari_user}” may only read. In ari.conf, [{ari_user}] needs "
        "read_only=no."
    ),
    "ari_garbage": _("What answers at {ari} is not ARI ({detail})."),
    "version": _("The PBX is Asterisk {detail}. At least 18 is needed."),
    "cdr_table": _("{detail} Check [cdr] in the bridge's file."),
    "recordings": _(
        "The folder of recordings, {detail}, cannot be read by the bridge."
    ),
    "context": _(
        "Odoo dials in the context {context}, which the bridge does not let it. Its "
        "file needs, under [calls], contexts = {context}"
    ),
    "damaged": _(
        "The file of what waits was damaged and is kept as {file}; what waited in it "
        "has not been told."
    ),
    "dirt": _(
        "The PBX sent {count} messages that make no sense or are too long; they were "
        "left out."
    ),
    "clock_ahead": _(
        "The clock of the PBX is {seconds} seconds ahead of that of Odoo. Set it right."
    ),
    "clock_behind": _(
        "The clock of the PBX is {seconds} seconds behind that of Odoo. Set it right."
    ),
    "long_number": _(
        "The PBX told of a number of {length} characters, “{number}…”. None has more "
        "than {most}: the call is kept, without a number."
    ),
    "given_up": _(
        "More than {most} calls went on at once. The oldest are not followed any more: "
        "{count}. Compare with the records of the PBX."
    ),
    "cdr_silence": _(
        "Calls have ended ({count}), and AMI told no record of them: what is not seen "
        "of a call cannot be filled in. In cdr_manager.conf, [general] needs "
        "enabled=yes, and in manager.conf [{user}] needs cdr among read=…; then "
        "restart Asterisk. Or name the PBX's table of records under [cdr] in the "
        "bridge's file."
    ),
    "not_odoo": _(
        "What answers at {host} is not the webhook of Odoo: the address is another "
        "one, or something stands before it."
    ),
    "odoo_status": _("Odoo answers events with status {status}."),
    "odoo_403": _(
        "Odoo refuses events (status {status}): the secret is another one than in "
        "Odoo, or this address is not among the allowed ones."
    ),
    "odoo_404": _(
        "Odoo knows no such webhook address (status {status}): copy it from the PBX's "
        "page. If one server has several databases, set “database” as well."
    ),
    "odoo_tls": _(
        "Odoo at {host}: no encryption comes about ({detail}). Check that its "
        "certificate is trusted here (verify of [odoo])."
    ),
    "odoo_silent": _("Odoo does not answer at {host}: {detail}"),
}
