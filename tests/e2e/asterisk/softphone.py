"""Agents whose telephone is their browser, connected as on the internet: by TLS."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from setup.lib.ports import free_ports
from setup.lib.process import HOST

from ..door import Door

BROWSERS = {"sofia": "110", "victor": "111"}
LINE = "+442079460110"  # rings Sofia's browser
MENU = "630"  # wants four keys to be pressed
# Sound on a machine without any, and between two programs on the loopback; and a
# certificate that nobody has signed but we.
FLAGS = (
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--ignore-certificate-errors",
    "--use-fake-device-for-media-stream",
)
CARD, RINGING = ".o_telephony_card", ".o_telephony_card.o_telephony_is_ringing"
SOFTPHONE = "odoo.__WOWL_DEBUG__.root.env.services.telephony_softphone"
DIALING = "odoo.__WOWL_DEBUG__.root.env.services.telephony.dialing"
REGISTERED = f"{SOFTPHONE}.state.status === 'registered'"
# Of the one call that is heard: packets each way, and the energy of the sound.
SOUND = f"""(async () => {{
    const found = {{ got: 0, heard: 0, sent: 0, said: 0 }};
    for (const call of {SOFTPHONE}.line.calls.values()) {{
        if (call.held) {{
            continue;
        }}
        for (const one of (await call.session.connection.getStats()).values()) {{
            if (one.type === "inbound-rtp") {{
                found.got += one.packetsReceived;
                found.heard += one.totalAudioEnergy;
            }} else if (one.type === "outbound-rtp") {{
                found.sent += one.packetsSent;
            }} else if (one.type === "media-source") {{
                found.said += one.totalAudioEnergy;
            }}
        }}
    }}
    return found;
}})()"""


def seat(office):
    """Give two agents telephones in their browsers; the door that these go through."""
    door = Door(secure(office.lab))
    office.settings(softphone_url=f"wss://{HOST}:{door.port}/ws")
    groups = office.admin("res.users", "search_read", _is("petra"), ["group_ids"])
    for login, number in BROWSERS.items():
        values = {"name": login.title(), "login": login, "password": login}
        values["group_ids"] = [(6, 0, groups[0]["group_ids"])]
        silent = {"no_reset_password": True}
        [user] = office.admin("res.users", "create", [values], context=silent)
        values = {"pbx_id": office.pbx, "number": number, "user_id": user}
        password = office.lab.settings["SIP_PASSWORD"]
        values |= {"softphone": True, "sip_password": password}
        office.admin("telephony.extension", "create", [values])
    menu = {"pbx_id": office.pbx, "number": MENU}
    office.admin("telephony.extension", "create", [menu])
    return door


def _is(login):
    return [["login", "=", login]]


def secure(lab):
    """Have Asterisk's web server speak TLS as well; the port."""
    [port] = free_ports(1)
    pem = lab.folder / "etc" / "asterisk.pem"
    pem.touch(mode=0o600)
    pem.write_bytes(_certificate())
    with (lab.folder / "etc" / "http.conf").open("a") as file:
        file.write(
            f"tlsenable = yes\ntlsbindaddr = {HOST}:{port}\n"
            f"tlscertfile = {pem}\ntlsprivatekey = {pem}\n"
        )
    lab.cli("module reload http")
    return port


def _certificate():
    """A key and its certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(1)
    address = x509.IPAddress(ipaddress.ip_address(HOST))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def sits(person, path="/odoo/contacts"):
    """A tab of somebody whose softphone can be rung."""
    tab = person.open(path)
    tab.wait(REGISTERED)
    return tab


def talks(tab):
    """Wait until sound flows both ways, and neither is silence."""
    before = tab.evaluate(SOUND)
    more = {"got": 50, "sent": 50, "heard": 0.01, "said": 0.01}
    grown = " && ".join(
        f"now.{name} > {before[name]} + {much}" for name, much in more.items()
    )
    tab.wait(f"{SOUND}.then((now) => {grown})")


def does(tab, button, *then):
    """Click a button of the card once it is there, and wait for what shows then."""
    tab.see(button)
    tab.click(button)
    if then:
        tab.see(*then)
