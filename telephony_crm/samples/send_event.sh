#!/bin/sh
# Sends one event to Odoo and prints the answer. See pbx/event.schema.json.
#
#   TELEPHONY_URL=https://odoo.example/telephony/webhook/… TELEPHONY_SECRET=… \
#       send_event.sh event.json        (or - for standard input)
#
# Needs openssl and curl. While openssl runs, whoever may list the processes of this
# machine can see the secret; where that matters, use send_event.py.
set -eu
: "${TELEPHONY_URL:?is not set}" "${TELEPHONY_SECRET:?is not set}"

body=$(mktemp)
trap 'rm -f "$body"' EXIT
cat -- "${1:--}" >"$body"

time=$(date +%s)
nonce=$(openssl rand -hex 16)
# The signature covers the very bytes that are sent: time.nonce.body
signature=$({ printf '%s.%s.' "$time" "$nonce"; cat "$body"; } |
    openssl dgst -sha256 -hmac "$TELEPHONY_SECRET" -r | cut -d ' ' -f 1)

curl --silent --show-error --fail --max-time 10 \
    --header 'Content-Type: application/json' \
    --header "X-Telephony-Time: $time" \
    --header "X-Telephony-Nonce: $nonce" \
    --header "X-Telephony-Signature: $signature" \
    --data-binary "@$body" "$TELEPHONY_URL"
