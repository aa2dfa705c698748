"""Scripts for sipp: what one telephone does in a call, told step by step.

sipp (https://sipp.readthedocs.io) reads a scenario in XML. These are put together
from few messages, since all calls are the same but for who does what when.
"""

from xml.sax.saxutils import quoteattr

PATIENCE = 30_000  # milliseconds until a call that never ends is a failure
SOUND = """\
v=0
o=- 1 {version} IN IP4 127.0.0.1
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio {port} RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=ptime:20
a={direction}
"""
ANSWER = """\
SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <{contact}>
{headers}Content-Length: [len]

{body}"""
REQUEST = """\
{method} [$target{aside}] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From:[$local{aside}]
To:[$remote{aside}]
Call-ID: {prefix}[call_id]
CSeq: {number} {method}
Contact: <sip:{user}@[local_ip]:[local_port]>
Max-Forwards: 70
{headers}Content-Length: [len]

{body}"""
INVITE = """\
INVITE sip:{called}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: {name}<sip:{user}@[remote_ip]>;tag=[pid]C[call_number]{aside}
To: <sip:{called}@[remote_ip]:[remote_port]>
Call-ID: {prefix}[call_id]
CSeq: 1 INVITE
Contact: <sip:{user}@[local_ip]:[local_port]>
Max-Forwards: 70
{headers}Content-Length: [len]

{body}"""
# Of an INVITE that is still under way: the same branch, no tag of the other side.
OF_INVITE = """\
{method} sip:{called}@[remote_ip]:[remote_port] SIP/2.0
{via}
From: {name}<sip:{user}@[remote_ip]>;tag=[pid]C[call_number]
{to}
Call-ID: [call_id]
CSeq: 1 {method}
Max-Forwards: 70
Content-Length: 0

"""
HAS_SOUND = "Content-Type: application/sdp\n"
ASIDE = "aside"  # what a second call of the same telephone has in its names
PREFIX = "aside///"  # by which sipp knows that it belongs to the same script


class Script:
    """One telephone's part in a call.

    :param user: its number, as it stands in its own address
    :param tone: a file of sound (8 kHz µ-law) it plays while it talks
    :param ear: who talks and listens in its place, see ``ear``
    """

    def __init__(self, user, tone, ear=None):
        self.user = user
        self.tone = tone
        self.ear = ear
        self.steps = []
        self.sent = 1  # the number of its last request
        self.version = 1  # of its description of the sound
        self.marks = 0
        self.consulted = 0  # second calls
        self.names = set()  # of variables

    @property
    def xml(self):
        """The scenario as a file for sipp."""
        steps = "\n".join(self.steps)
        # sipp refuses variables that are used once only
        names = ",".join(sorted(self.names))
        names = f'<Reference variables="{names}"/>' if names else ""
        return (
            '<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="call">\n'
            f"{steps}\n{names}\n</scenario>\n"
        )

    # -- steps -------------------------------------------------------------

    def send(self, text, *, again=False):
        """Send a message; ``again``: until it is answered, as UDP wants it."""
        retrans = ' retrans="500"' if again else ""
        self.steps.append(f"<send{retrans}><![CDATA[\n{text}\n]]></send>")

    def receive(self, kind, what, *actions, **options):
        """Wait for a ``request`` or ``response``; options are sipp's own."""
        words = "".join(f" {key}={quoteattr(str(val))}" for key, val in options.items())
        inside = f"<action>{''.join(actions)}</action>" if actions else ""
        self.steps.append(f'<recv {kind}="{what}"{words}>{inside}</recv>')

    def pause(self, seconds):
        """Do nothing for a while; nothing may arrive meanwhile."""
        self.steps.append(f'<pause milliseconds="{round(seconds * 1000)}"/>')

    def mark(self, name=None):
        """Put a place into the script that others jump to; its name."""
        name = name or self.new_mark()
        self.steps.append(f'<label id="{name}"/>')
        return name

    def new_mark(self):
        """The name of a place that is put in later."""
        self.marks += 1
        return str(self.marks)

    def go(self, mark):
        """Continue at that place."""
        self.steps.append(f'<nop next="{mark}"/>')

    # -- messages ----------------------------------------------------------

    def sound(self, direction="sendrecv"):
        """The body that describes our sound; each one is newer than the last."""
        self.version += 1
        port = self.ear.port if self.ear else "[rtpstream_audio_port]"
        return SOUND.format(version=self.version, direction=direction, port=port)

    def reply(self, status, *, contact="", body="", first=False, again=False):
        """Answer the request that came last.

        :param contact: our address, when it is another one
        :param first: it is the INVITE, which has no tag of ours as yet
        """
        self.send(
            ANSWER.format(
                status=status,
                tag=";tag=[pid]S[call_number]" if first else "",
                contact=contact or f"sip:{self.user}@[local_ip]:[local_port]",
                headers=HAS_SOUND if body else "",
                body=body,
            ),
            again=again,
        )

    def request(self, method, *, headers="", body="", aside=""):
        """Ask something within the call; an ``ACK`` belongs to what was asked last.

        :param aside: ``ASIDE`` for the second call
        """
        if method != "ACK":
            self.sent += 1
        self.send(
            REQUEST.format(
                method=method,
                number=1 if aside else self.sent,
                user=self.user,
                headers=headers,
                body=body,
                aside=aside,
                prefix=PREFIX if aside else "",
            ),
            again=method != "ACK",
        )

    def invite(self, called, name="", aside=""):
        """Begin a call, to ``called``."""
        self.send(
            INVITE.format(
                called=called,
                name=name,
                user=self.user,
                headers=HAS_SOUND,
                body=self.sound(),
                aside=aside,
                prefix=PREFIX if aside else "",
            ),
            again=True,
        )

    def note(self, what, header, *names):
        """The action that notes what of a header matches, and each group, by names."""
        self.names |= set(names)
        return (
            f'<ereg regexp={quoteattr(what)} search_in="hdr" header="{header}:"'
            f' assign_to="{",".join(names)}"/>'
        )

    def note_parties(self, local, remote, aside=""):
        """Actions that note who is who from the headers of what is received.

        :param local: the header that has us, ``From`` or ``To``
        :param remote: the one that has the other side
        """
        return [
            self.note(".*", local, f"local{aside}"),
            self.note(".*", remote, f"remote{aside}"),
        ]

    def note_target(self, aside=""):
        """The action that notes where requests within the call go to."""
        return self.note("sip:[^>]*", "Contact", f"target{aside}")

    def play(self):
        """Begin to talk: the tone, until the call is over."""
        if self.ear:
            return
        stream = f"{self.tone},-1,0,PCMU/8000"
        self.steps.append(f'<nop><action><exec rtp_stream="{stream}"/></action></nop>')
