#!/bin/sh
# Posts one event of a call to Odoo, from a dialplan. See pbx/event.schema.json.
#
#   telephony_call.sh started CALL direction=inbound number=+442037691880 did=…
#   telephony_call.sh ringing|answered|left CALL leg_ref=… leg_kind=agent extension=100
#   telephony_call.sh ended CALL talk_seconds=42
#
# CALL is the same in all events of a call, such as its UNIQUEID; fields without a value
# are left out. The address and the secret are read from /etc/asterisk/telephony.env, or
# the file that TELEPHONY_CONF names, which only Asterisk should be able to read:
#
#   TELEPHONY_URL=https://odoo.example/telephony/webhook/…
#   TELEPHONY_SECRET=…
#
# What cannot be sent is tried again for some minutes. Needs openssl and curl.
set -eu
event=${1:?which event} call=${2:?of which call}
shift 2
conf=${TELEPHONY_CONF:-/etc/asterisk/telephony.env}
if [ -r "$conf" ]; then
    set -a
    # shellcheck source=/dev/null
    . "$conf"
    set +a
fi

# A value as text of JSON: what would end the text, or the line, is left out.
text() { printf '"%s"' "$(printf %s "$1" | tr -d '"\\[:cntrl:]')"; }

leg=
fields=
for field in "$@"; do
    name=${field%%=*} value=${field#*=}
    [ -n "$value" ] || continue
    case $name in
        leg_ref) leg=$value value=$(text "$value") ;;
        *_seconds | hangup_cause)
            case $value in *[!0-9]*) continue ;; esac
            value=$(printf '%s' "$value" | sed 's/^0*\(.\)/\1/')
            ;;
        *) value=$(text "$value") ;;
    esac
    fields="$fields, $(text "$name"): $value"
done

body=$(mktemp)
trap 'rm -f "$body" "$body.said"' EXIT
# The id is the same in each attempt, so that Odoo knows a repeat.
printf '{"id": %s, "event": %s, "call_ref": %s, "occurred_at": "%s"%s}\n' \
    "$(text "$call-$event-$leg")" "$(text "$event")" "$(text "$call")" \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$fields" >"$body"

for pause in ${TELEPHONY_PAUSES-2 10 30 60 120} end; do
    if "${0%/*}/../send_event.sh" "$body" 2>"$body.said"; then
        exit 0
    fi
    # 400: Odoo has said what is wrong with the event, and will say so again.
    case $pause:$(cat "$body.said") in
        end:* | *': 400'*) break ;;
    esac
    sleep "$pause"
done
cat "$body.said" >&2
exit 1
