"""Signed requests to the simulator; the signature is its own, see the npm test."""

import requests

from setup.simulator.signing import build_query, sign_request

KEY, SECRET = "d0e1a2b3c4d5e6f70819", "5ec2e7f00dba5eba11ca"


def ask(pbx, path, params=None, method="GET", key=KEY, secret=SECRET, timeout=10):
    """Send one; the response."""
    params = params or {}
    headers = {"Authorization": f"{key}:{sign_request(secret, path, params)}"}
    query = build_query(params)
    if method == "GET":
        return requests.get(
            f"{pbx.url}{path}?{query}", headers=headers, timeout=timeout
        )
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return requests.request(
        method, pbx.url + path, data=query, headers=headers, timeout=timeout
    )


def success(answer):
    """What a request that went well was answered."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "success"
    return answer.json()


def control(pbx, path, values):
    """Tell the control side something; what it answers."""
    answer = requests.post(f"{pbx.url}/simulator/{path}", json=values, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()
