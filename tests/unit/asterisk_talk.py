"""The other side of a conversation with Asterisk, as the tests play it."""

import json

from telephony_crm.pbx.adapter import Credentials, HttpResponse

DIRECT = Credentials(
    api_url="https://pbx.example:8089",
    settings={
        "ari_user": "odoo",
        "ari_password": "ari password",
        "ami_user": "odoo",
        "ami_password": "ami password",
        "context": "from-internal",
    },
)
BRIDGED = Credentials(api_secret="secret")


def ami(response="Success", **fields):
    """Return an answer as AMI gives it over HTTP."""
    lines = [f"Response: {response}", *(f"{k}: {v}" for k, v in fields.items()), "", ""]
    return HttpResponse(200, {}, "\r\n".join(lines).encode())


def ari(found=None, status=200):
    """Return an answer as ARI gives it."""
    return HttpResponse(
        status, {}, b"" if found is None else json.dumps(found).encode()
    )


LOGIN = HttpResponse(
    200,
    {"set-cookie": 'mansession_id="1a2b3c4d"; Version=1; Max-Age=60'},
    b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n",
)


def hold_talk(steps, *answers):
    """Give the answers one after the other; return all requests, and the result.

    :raises AssertionError: when more or less is asked than answered
    """
    asked, answers, answer = [], list(answers), None
    try:
        while True:
            asked.append(steps.send(answer))
            assert answers, f"nobody answers {asked[-1].url}"
            answer = answers.pop(0)
    except StopIteration as end:
        assert not answers, "less was asked than answered"
        return asked, end.value


def actions(asked):
    """Return what was asked of AMI: the actions, each with its fields."""
    return [
        dict(request.params)
        for request in asked
        if request.url.endswith("/rawman") and request.method == "GET"
    ]
