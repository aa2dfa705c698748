-- :size contacts and as many leads, each with a number.
--
-- Seven in ten are French, two Ukrainian, one British. The national part is the row's
-- number times a prime, so it is unique and in no order; it is written in the ways
-- people write numbers. A tenth are companies, which six others belong to; half have a
-- responsible user. Three leads in ten are a contact's and have its number and user.

CREATE FUNCTION bench_national(i bigint, kind text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN i % 10 < 7 THEN CASE kind WHEN 'contact' THEN '1' ELSE '3' END
                             || lpad((i * 48271 % 100000000)::text, 8, '0')
        WHEN i % 10 < 9 THEN CASE kind WHEN 'contact' THEN '67' ELSE '50' END
                             || lpad((i * 4327 % 10000000)::text, 7, '0')
        ELSE CASE kind WHEN 'contact' THEN '77' ELSE '78' END
             || lpad((i * 48271 % 100000000)::text, 8, '0')
    END $$;

CREATE FUNCTION bench_e164(i bigint, kind text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN i % 10 < 7 THEN '+33' WHEN i % 10 < 9 THEN '+380' ELSE '+44' END
           || bench_national(i, kind) $$;

-- The number as somebody typed it.
CREATE FUNCTION bench_typed(i bigint, kind text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN i % 10 >= 7 THEN CASE i / 10 % 3
            WHEN 0 THEN bench_e164(i, kind)
            WHEN 1 THEN replace(bench_e164(i, kind), '+', '00')
            ELSE regexp_replace(bench_e164(i, kind),
                                '^(\+44|\+380)(..)(...)(..)(.*)$', '\1 \2 \3 \4 \5') END
        ELSE CASE i / 10 % 5
            WHEN 0 THEN bench_e164(i, kind)
            WHEN 1 THEN '0' || bench_national(i, kind)
            WHEN 2 THEN '00' || substr(bench_e164(i, kind), 2)
            WHEN 3 THEN regexp_replace(bench_national(i, kind),
                            '^(.)(..)(..)(..)(..)$', '+33 \1 \2 \3 \4 \5')
            ELSE regexp_replace('0' || bench_national(i, kind),
                            '^(..)(..)(..)(..)(..)$', '\1 \2 \3 \4 \5') END
    END $$;

CREATE TABLE bench_agent AS
SELECT row_number() OVER (ORDER BY u.id) - 1 AS place, u.id AS user_id,
       e.id AS extension_id, e.number
  FROM res_users u JOIN telephony_extension e ON e.user_id = u.id
 WHERE u.login LIKE 'bench_agent_%' AND u.login != 'bench_agent_idle';

-- The first ids of the rows made here: contact i has id contacts + i.
CREATE TABLE bench_base AS
SELECT (SELECT max(id) FROM res_partner) AS contacts,
       COALESCE((SELECT max(id) FROM crm_lead), 0) AS leads;

CALL bench_undress('res_partner');
CALL bench_undress('crm_lead');

INSERT INTO res_partner (
    id, create_uid, create_date, write_uid, write_date, name, complete_name, lang,
    type, is_company, active, partner_share, color, parent_id, commercial_partner_id,
    commercial_company_name, user_id, country_id, street, zip, city, function, email,
    email_normalized, phone, phone_sanitized)
SELECT base.contacts + i, 1, now(), 1, now(), one.name,
       CASE WHEN company THEN one.name ELSE 'Company ' || head || ', ' || one.name END,
       'en_US',
       'contact', company, TRUE, TRUE, 0,
       CASE WHEN NOT company AND i % 10 <= 6 THEN base.contacts + head END,
       base.contacts + CASE WHEN i % 10 <= 6 THEN head ELSE i END,
       'Company ' || head, agent.user_id,
       CASE WHEN i % 10 < 7 THEN fr.res_id WHEN i % 10 < 9 THEN ua.res_id
            ELSE gb.res_id END,
       i || ' High Street', lpad((i % 99999)::text, 5, '0'), 'City ' || i % 1000,
       CASE WHEN NOT company THEN 'Position ' || i % 50 END,
       'person' || i || '@company' || head || '.example.com',
       'person' || i || '@company' || head || '.example.com',
       bench_typed(i, 'contact'), bench_e164(i, 'contact')
  FROM generate_series(1, :size) i
 CROSS JOIN LATERAL (
    -- Rows 0, 10, 20… are companies; the first nine have none of theirs before them.
    SELECT greatest(i - i % 10, 10) AS head, i % 10 = 0 AS company,
           CASE WHEN i % 10 = 0 THEN 'Company ' || i
                ELSE 'Person ' || md5(i::text) END AS name) one
 CROSS JOIN bench_base base
  LEFT JOIN bench_agent agent
         ON i % 2 = 0 AND agent.place = i / 2 % (SELECT count(*) FROM bench_agent)
  JOIN ir_model_data fr ON fr.module = 'base' AND fr.name = 'fr'
  JOIN ir_model_data ua ON ua.module = 'base' AND ua.name = 'ua'
  JOIN ir_model_data gb ON gb.module = 'base' AND gb.name = 'uk';

INSERT INTO crm_lead (
    id, create_uid, create_date, write_uid, write_date, name, type, active, company_id,
    stage_id, won_status, user_id, team_id, partner_id, country_id, priority,
    probability, expected_revenue, contact_name, email_from, email_normalized,
    date_last_stage_update, date_open, phone, phone_sanitized)
SELECT base.leads + i, 1, now() - i * interval '1 minute', 1, now(),
       'Opportunity ' || i, 'opportunity', TRUE, 1, stage.id,
       CASE WHEN stage.is_won THEN 'won' ELSE 'pending' END,
       agent.user_id, 1, CASE WHEN of_contact THEN base.contacts + i END,
       CASE WHEN i % 10 < 7 THEN fr.res_id WHEN i % 10 < 9 THEN ua.res_id
            ELSE gb.res_id END,
       '0', CASE WHEN stage.is_won THEN 100 ELSE 20 END, i % 1000 * 100,
       'Person ' || md5(i::text), 'person' || i || '@example.com',
       'person' || i || '@example.com', now(), now(),
       bench_typed(i, kind), bench_e164(i, kind)
  FROM generate_series(1, :size) i
 CROSS JOIN LATERAL (
    SELECT i / 10 % 10 < 3 AS of_contact,
           CASE WHEN i / 10 % 10 < 3 THEN 'contact' ELSE 'lead' END AS kind) one
 CROSS JOIN bench_base base
  JOIN (SELECT id, is_won, row_number() OVER (ORDER BY sequence, id) - 1 AS place
          FROM crm_stage) stage
         ON stage.place = i % (SELECT count(*) FROM crm_stage)
  LEFT JOIN bench_agent agent
         ON agent.place = CASE WHEN of_contact AND i % 2 = 0 THEN i / 2 ELSE i END
                          % (SELECT count(*) FROM bench_agent)
  JOIN ir_model_data fr ON fr.module = 'base' AND fr.name = 'fr'
  JOIN ir_model_data ua ON ua.module = 'base' AND ua.name = 'ua'
  JOIN ir_model_data gb ON gb.module = 'base' AND gb.name = 'uk';

SELECT setval('res_partner_id_seq', (SELECT max(id) FROM res_partner)),
       setval('crm_lead_id_seq', (SELECT max(id) FROM crm_lead));

CALL bench_dress();
VACUUM ANALYZE res_partner;
VACUUM ANALYZE crm_lead;
