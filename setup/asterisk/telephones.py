"""What telephones do: scripts of callers, and of phones that are called."""

from .sip_script import ASIDE, HAS_SOUND, OF_INVITE, PATIENCE, PREFIX, Script

CALLER_TONE = "caller.ul"
PHONE_TONE = "phone.ul"
PROVISIONAL = ("100", "180", "181", "183")
REFUSALS = ("404", "480", "486", "488", "500", "503", "603")


def caller(number, called, *, name="", hidden=False, ear=None, **conduct):
    """A telephone that calls.

    :param number: its number, or the extension it is
    :param ear: who talks and listens there, see ``ear``
    :param conduct: see ``_calls``, and ``_talks`` once it is answered
    """
    script = Script("anonymous" if hidden else number, CALLER_TONE, ear)
    _calls(script, called, f'"{name}" ' if name else "", **conduct)
    return script.xml


def phone(
    number, *, answers=1.0, rings=True, busy=False, forwards="", ear=None, **conduct
):
    """A telephone that is called once.

    :param answers: seconds after which it is picked up; None: never
    :param busy: it says so instead
    :param forwards: the address it sends the call to instead, ``sip:…``
    :param ear: who talks and listens there, see ``ear``
    :param conduct: see ``_talks``
    """
    script = Script(number, PHONE_TONE, ear)
    script.receive("request", "INVITE", script.note_target())
    if busy or forwards:
        status = "486 Busy Here" if busy else "302 Moved Temporarily"
        script.reply(status, contact=forwards, first=True, again=True)
        script.receive("request", "ACK")
        return script.xml
    if rings:
        script.reply("180 Ringing", first=True)
    cancelled, picked_up = script.new_mark(), script.new_mark()
    wait = PATIENCE if answers is None else max(1, round(answers * 1000))
    script.receive(
        "request", "CANCEL", timeout=wait, ontimeout=picked_up, next=cancelled
    )
    script.mark(picked_up)
    script.reply("200 OK", body=script.sound(), first=True, again=True)
    script.receive("request", "ACK", *script.note_parties("To", "From"))
    script.sent = 0
    over = _talks(script, **conduct)
    script.go(over)
    script.mark(cancelled)
    _is_cancelled(script)
    script.mark(over)
    return script.xml


def _is_cancelled(script):
    """The caller gave up, or somebody else has picked up."""
    script.reply("200 OK", first=True)
    # the refusal is of the INVITE, whose number Asterisk counts on its own
    script.send(
        "SIP/2.0 487 Request Terminated\n[last_Via:]\n[last_From:]\n"
        "[last_To:];tag=[pid]S[call_number]\n[last_Call-ID:]\n"
        "CSeq: [last_cseq_number] INVITE\nContent-Length: 0\n\n",
        again=True,
    )
    script.receive("request", "ACK")


def _calls(script, called, name, *, gives_up=None, fails=False, **conduct):
    """Call, and talk once it is answered.

    :param gives_up: seconds after which it hangs up unanswered
    :param fails: the call is refused
    """
    words = {"called": called, "name": name, "user": script.user}
    script.invite(called, name)
    if gives_up is not None:
        script.receive("response", "100", optional="true")
        script.receive("response", "180")
        script.pause(gives_up)
        script.send(
            OF_INVITE.format(
                method="CANCEL", via="[last_Via:]", to=_to(words), **words
            ),
            again=True,
        )
        script.receive("response", "200")
        script.receive("response", "487")
        _acknowledges(script, words)
        return
    for status in PROVISIONAL:
        script.receive("response", status, optional="true")
    if fails:
        refused = script.new_mark()
        for status in REFUSALS:
            script.receive("response", status, optional="true", next=refused)
        script.receive("response", "487")
        script.mark(refused)
        _acknowledges(script, words)
        return
    script.receive(
        "response", "200", *script.note_parties("From", "To"), script.note_target()
    )
    script.request("ACK")
    script.mark(_talks(script, **conduct))


def _to(words):
    return f"To: <sip:{words['called']}@[remote_ip]:[remote_port]>"


def _acknowledges(script, words):
    """Confirm a refusal, as every final answer to an INVITE is."""
    script.send(
        OF_INVITE.format(method="ACK", via="[last_Via:]", to="[last_To:]", **words)
    )


def _talks(script, *, talks=None, does=()):
    """Talk until it is over; the place in the script where it is.

    :param talks: seconds until this side hangs up; None: the other side does
    :param does: (seconds, step, …) in their order: each after so many seconds
    """
    script.play()
    for seconds, step, *details in does:
        script.pause(seconds)
        step(script, *details)
    over = script.new_mark()
    if talks is None:
        _is_hung_up(script)
    else:
        mine = script.new_mark()
        _is_hung_up(script, max(1, round(talks * 1000)), mine)
        script.go(over)
        script.mark(mine)
        script.request("BYE")
        script.receive("response", "200")
    for _ in range(script.consulted):
        _is_hung_up(script)
    return over


def _is_hung_up(script, wait=PATIENCE, otherwise=None):
    """Wait for the other side to hang up.

    :param otherwise: the place in the script to continue at when it does not
    """
    limit = {"timeout": wait, **({"ontimeout": otherwise} if otherwise else {})}
    script.receive("request", "BYE", **limit)
    script.reply("200 OK")


# -- what can be done during a talk -----------------------------------------


def presses(script, digits):
    """Press keys."""
    for digit in digits:
        script.request(
            "INFO",
            headers="Content-Type: application/dtmf-relay\n",
            body=f"Signal={digit}\nDuration=160\n",
        )
        script.receive("response", "200")
        script.pause(0.1)


def holds(script, seconds):
    """Put the other side on hold, and take it back."""
    _turns(script, "sendonly")
    script.pause(seconds)
    _turns(script, "sendrecv")


def _turns(script, direction):
    """Say anew in which directions sound may flow."""
    script.request("INVITE", headers=HAS_SOUND, body=script.sound(direction))
    script.receive("response", "100", optional="true")
    script.receive("response", "200")
    script.request("ACK")


def transfers(script, called):
    """Give the other side to somebody else, unasked (RFC 3515)."""
    script.request("REFER", headers=f"Refer-To: <sip:{called}@[remote_ip]>\n")
    script.receive("response", "202")


def consults(script, called, seconds):
    """Ask a colleague in a second call, join both as desk phones do (RFC 3891)."""
    _turns(script, "sendonly")
    script.invite(called, aside=ASIDE)
    for status in PROVISIONAL:
        script.receive("response", status, optional="true")
    script.receive(
        *("response", "200"),
        *script.note_parties("From", "To", ASIDE),
        script.note_target(ASIDE),
        script.note("tag=([^;]*)", "To", "whole_tag", "tag"),
    )
    script.request("ACK", aside=ASIDE)
    script.pause(seconds)
    tags = f"to-tag%3D[$tag]%3Bfrom-tag%3D[pid]C[call_number]{ASIDE}"
    replaces = f"{PREFIX.replace('/', '%2F')}[call_id]%3B{tags}"
    target = f"sip:{called}@[remote_ip]?Replaces={replaces}"
    script.request("REFER", headers=f"Refer-To: <{target}>\n")
    script.receive("response", "202")
    script.consulted += 1
