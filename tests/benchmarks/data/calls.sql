-- :size calls of three years, with their legs and the users who take part.
--
-- Six in ten come in. The first agents have far more calls than the last (density
-- one over the root of the place), and so have some contacts. One call in three rings
-- a second extension; the owner of a call is the user of its contact.

CALL bench_undress('telephony_call');
CALL bench_undress('telephony_call_leg');
CALL bench_undress('telephony_call_user_rel');

SELECT setseed(0.42);

CREATE TEMP TABLE drawn AS
SELECT i,
       now() AT TIME ZONE 'UTC' - interval '3 years' * (1 - (i - random()) / :size)
           AS start_date,
       CASE WHEN random() < 0.6 THEN 'inbound' WHEN random() < 0.9 THEN 'outbound'
            ELSE 'internal' END AS direction,
       random() < 0.8 AS talked,
       floor(random() ^ 2 * (SELECT count(*) FROM bench_agent)) AS agent,
       floor(random() ^ 2 * (SELECT count(*) FROM bench_agent)) AS second,
       random() < 0.33 AS rings_second,
       CASE WHEN random() < 0.8 THEN 1 + floor(random() ^ 2 * :contacts)::bigint END
           AS contact,
       floor(random() * 10) AS line,
       floor(3 + random() * 20)::int AS wait,
       floor(random() * random() * 1200)::int AS talk
  FROM generate_series(1, :size) i;

CREATE TEMP TABLE made AS
SELECT (SELECT COALESCE(max(id), 0) FROM telephony_call) + i AS id, drawn.*,
       date_trunc('second', start_date) AS began,
       CASE WHEN talked THEN wait END AS answered_after,
       wait + CASE WHEN talked THEN talk ELSE 0 END AS lasts,
       agent.user_id, agent.extension_id, agent.number AS extension,
       CASE WHEN rings_second AND direction = 'inbound' AND second != agent
            THEN other.user_id END AS second_user_id,
       other.extension_id AS second_extension_id, other.number AS second_extension,
       p.id AS partner_id, p.user_id AS owner_id, p.phone_sanitized AS known,
       did.id AS did_id
  FROM drawn
  JOIN bench_agent agent ON agent.place = drawn.agent
  JOIN bench_agent other ON other.place = drawn.second
  LEFT JOIN res_partner p ON drawn.direction != 'internal'
        AND p.id = (SELECT contacts FROM bench_base) + drawn.contact
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS line FROM telephony_did) did
       ON did.line = drawn.line;

INSERT INTO telephony_call (
    id, create_uid, create_date, write_uid, write_date, pbx_id, company_id, call_ref,
    direction, state, version, stale, confirmed, sealed, blocked, hidden,
    needs_callback, disposition, raw_disposition, answered_by, number, number_e164,
    match_reason, did_id, extension_id, user_id, owner_id, partner_id, start_date,
    answer_date, end_date, wait_seconds, ring_seconds, talk_seconds)
SELECT made.id, 1, began, 1, began, pbx.id, pbx.company_id, 'in_bench' || i,
       direction, 'ended', 4, FALSE, TRUE, i < :size * 0.97, FALSE, FALSE,
       direction = 'inbound' AND NOT talked AND i > :size * 0.99,
       CASE WHEN talked THEN 'answered' WHEN direction = 'inbound' THEN 'missed'
            ELSE 'no_answer' END,
       CASE WHEN talked THEN 'answered' ELSE 'no answer' END,
       CASE WHEN talked THEN 'person' ELSE 'none' END,
       substr(e164, 2), e164,
       CASE WHEN direction = 'internal' THEN 'own' WHEN partner_id IS NULL THEN 'none'
            ELSE 'exact' END,
       CASE WHEN direction != 'internal' THEN did_id END,
       extension_id, user_id, owner_id, partner_id, began,
       began + answered_after * interval '1 second',
       began + lasts * interval '1 second',
       wait, wait, CASE WHEN talked THEN talk ELSE 0 END
  FROM made
 CROSS JOIN LATERAL (
    SELECT CASE WHEN direction = 'internal' THEN NULL
                ELSE COALESCE(known, '+3349' || lpad((i % 10000000)::text, 7, '0'))
           END AS e164) caller
 CROSS JOIN (SELECT id, company_id FROM telephony_pbx LIMIT 1) pbx
 ORDER BY i;

INSERT INTO telephony_call_leg (
    create_uid, create_date, write_uid, write_date, call_id, leg_ref, kind,
    extension_id, user_id, number, state, disposition, ring_date, answer_date,
    end_date, ring_seconds, talk_seconds, hold_seconds)
SELECT 1, began, 1, began, id, 'agent:' || extension, 'agent', extension_id, user_id,
       extension, 'ended', CASE WHEN talked THEN 'answered' ELSE 'missed' END, began,
       began + answered_after * interval '1 second',
       began + lasts * interval '1 second',
       wait, CASE WHEN talked THEN talk ELSE 0 END, 0
  FROM made
 UNION ALL
SELECT 1, began, 1, began, id, 'agent:' || second_extension, 'agent',
       second_extension_id, second_user_id, second_extension, 'ended',
       CASE WHEN talked THEN 'answered_elsewhere' ELSE 'missed' END, began, NULL,
       began + wait * interval '1 second', wait, 0, 0
  FROM made WHERE second_user_id IS NOT NULL
 ORDER BY 5, 6;

INSERT INTO telephony_call_user_rel (call_id, user_id)
SELECT id, user_id FROM made
 UNION
SELECT id, second_user_id FROM made WHERE second_user_id IS NOT NULL
 UNION
SELECT id, owner_id FROM made WHERE owner_id IS NOT NULL
 ORDER BY 1, 2;

SELECT setval('telephony_call_id_seq', (SELECT max(id) FROM telephony_call));

CALL bench_dress();
VACUUM ANALYZE telephony_call;
VACUUM ANALYZE telephony_call_leg;
VACUUM ANALYZE telephony_call_user_rel;
