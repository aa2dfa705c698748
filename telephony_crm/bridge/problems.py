"""What is wrong, in words that name what to change and where."""

from __future__ import annotations

from .errors import PbxError

OLDEST = 18


def in_words(error: PbxError, config) -> str:
    """Return what an error means to who runs the PBX.

    :param config: `config_sections.AsteriskConfig`
    """
    ami = config.ami_url or f"{config.ami_host}:{config.ami_port}"
    values = {
        "ami": ami,
        "ami_user": config.ami_user,
        "ari": config.ari_url,
        "ari_user": config.ari_user,
        "detail": error.detail,
    }
    return WORDS.get(error.code, OTHER).format(**values)


OTHER = "The PBX cannot be used: {detail}"
WORDS = {
    "ami_unreachable": "Nothing answers at {ami} ({detail}). Check host and port; in "
    "manager.conf of the PBX, [general] needs enabled=yes, and bindaddr and port have "
    "to be reachable from here.",
    "ami_gone": "The connection to AMI at {ami} is lost.",
    "ami_silent": "AMI at {ami} does not answer in time.",
    "ami_tls": "AMI at {ami}: no encryption comes about ({detail}). Check that "
    "tlsenable=yes and this port belong together in manager.conf, and that the "
    "certificate is trusted here (verify).",
    "ami_garbage": "What answers at {ami} is not AMI ({detail}). Check the port: AMI "
    "has 5038, with TLS 5039, and over HTTP that of the PBX's own web server.",
    "ami_login": "AMI at {ami} does not let “{ami_user}” in. Check the secret of "
    "[{ami_user}] in manager.conf, and that its permit and deny let this machine in.",
    "ami_read": "The AMI user “{ami_user}” may not see what is going on ({detail}). In "
    "manager.conf, [{ami_user}] needs "
    "read=system,call,agent,user,cdr,dialplan,reporting and "
    "write=system,call,agent,user,originate,reporting.",
    "ami_unread": "The AMI user “{ami_user}” is not told of all that calls need. In "
    "manager.conf, [{ami_user}] needs {detail} among read=…, and no eventfilter.",
    "ami_deaf": "ARI tells of calls of which AMI says nothing; the connection to AMI "
    "is made anew. If this stays: in manager.conf, [{ami_user}] needs call among "
    "read=…, and no eventfilter.",
    "ami_refused": "AMI refuses: {detail}",
    "ami_write": "The AMI user “{ami_user}” may not act: in manager.conf, write=… of "
    "[{ami_user}] lacks {detail}.",
    "ajam_off": "AMI is not served at {ami}. In manager.conf, [general] needs "
    "webenabled=yes, and in http.conf enabled=yes.",
    "ari_unreachable": "Nothing answers at {ari} ({detail}). Check the address; in "
    "http.conf of the PBX, [general] needs enabled=yes, and bindaddr and bindport have "
    "to be reachable from here.",
    "ari_tls": "ARI at {ari}: no encryption comes about ({detail}). Check that "
    "http or https belongs to this port, and that the certificate is trusted here "
    "(verify).",
    "ari_login": "ARI at {ari} does not let “{ari_user}” in. Check the password of "
    "[{ari_user}] in ari.conf.",
    "ari_off": "There is no ARI at {ari}. In ari.conf, [general] needs enabled=yes; if "
    "http.conf has a prefix, the address has to end with it.",
    "ari_read_only": "The ARI user “{ari_user}” may only read. In ari.conf, "
    "[{ari_user}] needs read_only=no.",
    "ari_garbage": "What answers at {ari} is not ARI ({detail}).",
    "version": "The PBX is Asterisk {detail}. At least 18 is needed.",
    "cdr_table": "{detail} Check [cdr] in the bridge's file.",
    "recordings": "The folder of recordings, {detail}, cannot be read by the bridge.",
}
