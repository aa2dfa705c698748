"""The simulator's commands: serve, play, list, send."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from datetime import datetime, timezone

import requests

from .book import Book
from .delivery import Poster
from .scenarios import SCENARIOS
from .settings import DEMO, Settings
from .simulator import Simulator
from .wording import Wording

PORT = 8899
CALLS_A_DAY = 25
EPILOG = """
examples:
  main.py serve --odoo http://127.0.0.1:8069 --autoplay
  main.py play answered --customer olena
  main.py play missed --number +33199001723 --speed 0
  main.py send NOTIFY_START --number +33199001723 --encoding raw
"""


def main(argv=None) -> int:
    """Run a command; the exit code."""
    parser = _parser()
    args = parser.parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.INFO,
        format="%(asctime)s %(message)s",
    )
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    try:
        return args.command(args)
    except (KeyError, ValueError, OSError) as error:
        text = error.args[0] if isinstance(error, KeyError) else error
        print(f"simulator: {text}", file=sys.stderr)
        return 1


def serve(args) -> int:
    """Answer the REST API and the control side until interrupted."""
    simulator = Simulator(_settings(args), port=args.port)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with simulator:
        if args.history:
            simulator.remember(args.history, CALLS_A_DAY)
        if args.autoplay:
            simulator.autoplay.start()
        print(f"REST API      {simulator.url}/v1/")
        print(f"What it does  {simulator.url}/simulator/")
        print(f"Webhooks to   {simulator.poster.url or 'nowhere: give --webhook'}")
        sys.stdout.flush()
        stop.wait()
    return 0


def play(args) -> int:
    """Play a scene: in the simulator that runs on the port, else in this process."""
    values = {
        "scenario": args.scenario,
        "customer": args.customer,
        "number": args.number,
        "did": args.did,
        "extension": args.extension,
        "talk": args.talk,
        "ago": args.ago,
    }
    values = {key: value for key, value in values.items() if value is not None}
    if not args.here:
        try:
            answer = requests.post(
                f"http://127.0.0.1:{args.port}/simulator/play", json=values, timeout=5
            )
        except requests.ConnectionError:
            pass
        else:
            print(json.dumps(answer.json()))
            return 0 if answer.ok else 1
    simulator = Simulator(_settings(args))
    with simulator:
        refs = simulator.play(wait=True, **values)
        for ref in [refs] if isinstance(refs, str) else refs:
            print(json.dumps(simulator.calls[ref].as_dict(), indent=4))
    return 1 if simulator.poster.problem else 0


def show(args) -> int:
    """List the scenes, and who is configured."""
    settings = _settings(args)
    for name, scene in SCENARIOS.items():
        print(f"{name:20} {scene.title}")
    callers = [(c.key, c.number, c.name or c.label) for c in settings.customers]
    _table("Customers", callers)
    _table("Extensions", [(one.number, "", one.name) for one in settings.extensions])
    _table("Lines", [(one.number, "", one.name) for one in settings.dids])
    return 0


def _table(title, rows):
    print(f"\n{title}")
    for key, number, name in rows:
        print(f"{key:20} {number:15} {name}")


def send(args) -> int:
    """Post one event of a call that otherwise does not exist."""
    settings = _settings(args)
    if not settings.webhook_url:
        raise ValueError("where to? give --webhook or --odoo")
    fields = one_event(settings, args)
    outcome = Poster(settings, threading.Event()).send(fields, signature=args.signature)
    print(json.dumps({"fields": fields, **outcome}, indent=4))
    return 0 if outcome["status"] == 200 else 1


def one_event(settings: Settings, args) -> dict:
    """The fields of the event named, ``--field`` winning over what is usual."""
    book = Book(settings)
    now = datetime.now(timezone.utc)
    outgoing = args.event.startswith("NOTIFY_OUT")
    call = book.open(
        now,
        scenario="send",
        direction="outbound" if outgoing else "inbound",
        number=args.number or settings.customers[0].number,
        did=args.did or settings.dids[0].number,
        extension=args.extension or settings.extensions[0].number,
    )
    call.ref = args.ref or call.ref
    call.raw, call.status_code = "cancel", 16
    leg = book.leg(call, "agent", now, extension=call.extension)
    words = Wording(settings, call)
    text = json.dumps({"caller_id": call.number, "caller_did": call.did, "text": "Hi"})
    makers = {
        "NOTIFY_START": words.start,
        "NOTIFY_INTERNAL": lambda: words.internal(call.extension),
        "NOTIFY_INTERNAL_END": lambda: words.internal_end(call.extension),
        "NOTIFY_IVR": lambda: words.menu("1"),
        "NOTIFY_ANSWER": lambda: words.answer(leg),
        "NOTIFY_END": words.end,
        "NOTIFY_OUT_START": lambda: words.out_start(words.other()),
        "NOTIFY_OUT_END": lambda: words.out_end(words.other()),
        "NOTIFY_RECORD": lambda: words.record(leg),
    }
    make = makers.get(args.event, lambda: {"event": args.event, "result": text})
    return {**make(), **dict(field.split("=", 1) for field in args.field)}


def _settings(args):
    webhook = args.webhook
    settings = Settings.load(
        args.config,
        key=args.key,
        secret=args.secret,
        tz=args.tz,
        encoding=args.encoding,
        content=args.content,
        speed=args.speed,
        seed=args.seed,
    )
    if not webhook and args.odoo:
        webhook = f"{args.odoo.rstrip('/')}/telephony/webhook/{settings.webhook_token}"
    settings.odoo_url = (args.odoo or settings.odoo_url).rstrip("/")
    settings.shop_url = (args.shop or settings.shop_url).rstrip("/")
    settings.webhook_url = webhook or settings.webhook_url
    settings.second_url = settings.second_url or settings.webhook_url
    return settings


def _parser():
    common = argparse.ArgumentParser(add_help=False)
    add = common.add_argument
    add("--config", metavar="FILE", help=f"the account (JSON); default: {DEMO.name}")
    add("--odoo", metavar="URL", help="where Odoo is; the configured token is added")
    add("--shop", metavar="URL", help="a web site whose visitors call")
    add("--webhook", metavar="URL", help="the full webhook address, instead of --odoo")
    add("--port", type=int, default=PORT, help="on 127.0.0.1; default: %(default)s")
    add("--key", help="the account's API key")
    add("--secret", help="the account's API secret")
    add("--tz", help="the account's time zone: Europe/Kyiv, or UTC+2")
    add("--encoding", choices=("hex", "raw"), help="what a signature's base64 covers")
    add("--content", choices=("urlencoded", "multipart"), help="form of the webhooks")
    add("--speed", type=float, help="length of every pause: 1 as in life, 0 none")
    add("--seed", type=int, help="repeats the luck of delivery faults")
    add("-v", "--verbose", action="store_true", help="say every request")

    call = argparse.ArgumentParser(add_help=False)
    call.add_argument("--number", help="of the customer, such as +442079460017")
    call.add_argument("--did", help="the company's number that is called")
    call.add_argument("--extension", help="whose phone rings or who dials")

    parser = argparse.ArgumentParser(
        prog="main.py",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, function, parents):
        sub = commands.add_parser(
            name, help=function.__doc__, description=function.__doc__, parents=parents
        )
        sub.set_defaults(command=function)
        return sub

    sub = command("serve", serve, [common])
    sub.add_argument(
        "--autoplay", action="store_true", help="let the phone ring by itself"
    )
    sub.add_argument(
        "--history",
        type=int,
        default=0,
        metavar="DAYS",
        help="remember calls of so many days before, which nobody was told of",
    )
    sub = command("play", play, [common, call])
    sub.add_argument("scenario", choices=SCENARIOS, metavar="SCENARIO", help="see list")
    sub.add_argument("--customer", help="key of a configured customer; see list")
    sub.add_argument("--talk", type=int, help="seconds of each conversation")
    sub.add_argument("--ago", type=int, help="seconds by which it lies in the past")
    sub.add_argument("--here", action="store_true", help="never ask a running one")
    command("list", show, [common])
    sub = command("send", send, [common, call])
    sub.add_argument("event", metavar="EVENT", help="such as NOTIFY_START or SMS")
    sub.add_argument("--ref", help="the call's id; default: a new one")
    sub.add_argument("--signature", help="instead of the right one; '' for none")
    sub.add_argument(
        "--field", action="append", default=[], metavar="NAME=VALUE", help="any field"
    )
    return parser
