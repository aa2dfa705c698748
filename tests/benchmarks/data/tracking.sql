-- :visits visits of a year, a call of one in ten, a lead of one in a hundred.
--
-- A month is a twelfth of them. Every visit has had a number of the pool, the fifty of
-- them by turns. A lead has two touches, as the models share them; one in five is won.
-- Three in ten visits come by themselves. There is a cost for each day and campaign.

CALL bench_undress('telephony_tracking_visit');
CALL bench_undress('telephony_tracking_lease');
CALL bench_undress('telephony_tracking_match');
CALL bench_undress('telephony_tracking_touch');
CALL bench_undress('telephony_call');
CALL bench_undress('crm_lead');

SELECT setseed(0.42);

CREATE TABLE bench_pool AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, pool_id
  FROM telephony_did WHERE pool_id IS NOT NULL;

-- The words of a visit, by what chance draws.
CREATE TABLE bench_origin AS
SELECT place, CASE WHEN place < 70 THEN source END AS source,
       CASE WHEN place < 70 THEN medium END AS medium,
       CASE WHEN place < 50 THEN 'campaign ' || place % 40 END AS campaign,
       CASE WHEN place < 50 THEN 'paid' WHEN place < 70 THEN 'organic'
            ELSE 'direct' END AS kind
  FROM (SELECT place,
               (ARRAY['google', 'bing', 'facebook', 'yandex', 'newsletter', 'partner'])
                   [1 + place % 6] AS source,
               CASE WHEN place < 50 THEN 'cpc' ELSE 'organic' END AS medium
          FROM generate_series(0, 99) place) drawn;
ALTER TABLE bench_origin ADD source_id int, ADD medium_id int, ADD campaign_id int;
UPDATE bench_origin o
   SET source_id = (SELECT min(id) FROM utm_source WHERE lower(name) = o.source),
       medium_id = (SELECT min(id) FROM utm_medium WHERE lower(name) = o.medium),
       campaign_id = (SELECT min(id) FROM utm_campaign WHERE lower(name) = o.campaign);

INSERT INTO telephony_tracking_visit (
    id, key, visitor_key, site_id, company_id, start_date, seen_date, kept, host,
    landing, referrer, utm_source, utm_medium, utm_campaign, utm_term, gclid,
    consent_analytics, consent_ads, kind, source, medium, campaign, keyword,
    source_id, medium_id, campaign_id)
SELECT i, 'key' || i, 'key' || i, site.id, site.company_id, began,
       began + interval '90 seconds', CASE WHEN i % 10 = 0 THEN TRUE END,
       'shop.example', page, NULL,
       o.source, o.medium, o.campaign, keyword,
       CASE WHEN o.kind = 'paid' THEN md5(i::text) || md5(began::text) END,
       'granted', 'granted', o.kind, o.source, o.medium, o.campaign, keyword,
       CASE WHEN i % 10 = 0 THEN o.source_id END,
       CASE WHEN i % 10 = 0 THEN o.medium_id END,
       CASE WHEN i % 10 = 0 THEN o.campaign_id END
  FROM (SELECT i, date_trunc('second', now() AT TIME ZONE 'UTC'
                   - interval '1 year' * (1 - i::float / :visits)) AS began,
               floor(random() * 100)::int AS place, random() AS chance
          FROM generate_series(1, :visits) i OFFSET 0) drawn
  JOIN bench_origin o USING (place)
 CROSS JOIN LATERAL (
    -- An advertisement leads to one page for each of its words.
    SELECT floor(chance ^ 2 * 40)::int AS word, floor(chance ^ 2 * 100)::int AS any_page
    ) had
 CROSS JOIN LATERAL (
    SELECT CASE WHEN o.kind = 'paid' THEN 'word ' || word END AS keyword,
           '/page/' || CASE WHEN o.kind = 'paid' THEN (place * 7 + word) % 100
                            ELSE any_page END AS page) worded
 CROSS JOIN (SELECT id, company_id FROM telephony_tracking_site LIMIT 1) site
 ORDER BY i;

INSERT INTO telephony_tracking_lease (
    id, did_id, pool_id, visit_id, start_date, seen_date, confirmed, end_date)
SELECT v.id, d.id, d.pool_id, v.id, v.start_date, v.seen_date, TRUE,
       v.seen_date + interval '60 seconds'
  FROM telephony_tracking_visit v
  JOIN bench_pool d ON d.place = v.id % (SELECT count(*) FROM bench_pool)
 ORDER BY v.id;

CREATE TEMP TABLE rung AS
SELECT v.id AS visit_id, v.id / 10 AS place, v.start_date, v.landing, v.keyword,
       v.source_id, v.medium_id, v.campaign_id, v.company_id, l.did_id,
       '+3361' || lpad((v.id::bigint / 10 * 4327 % (:visits / 20 + 1))::text, 7, '0') AS number,
       v.id % 3 > 0 AS talked, CASE WHEN v.id % 100 = 0 THEN v.id / 100 END AS lead_id,
       v.start_date + interval '40 seconds' AS called
  FROM telephony_tracking_visit v
  JOIN telephony_tracking_lease l ON l.visit_id = v.id
 WHERE v.id % 10 = 0;

INSERT INTO crm_lead (
    id, create_uid, create_date, write_uid, write_date, name, type, active, company_id,
    stage_id, won_status, team_id, priority, probability, expected_revenue, phone,
    phone_sanitized, source_id, medium_id, campaign_id, tracking_channel,
    tracking_won_date, tracking_revenue, tracking_sold_date, tracking_currency_id)
SELECT lead_id, 1, called, 1, called, 'Opportunity ' || lead_id, 'opportunity', TRUE,
       rung.company_id, stage.id, CASE WHEN won THEN 'won' ELSE 'pending' END, 1, '0',
       CASE WHEN won THEN 100 ELSE 20 END, lead_id % 1000 * 10, number, number,
       source_id, medium_id, campaign_id, 'call', CASE WHEN won THEN closed END,
       CASE WHEN won THEN lead_id % 1000 * 10 ELSE 0 END, CASE WHEN won THEN closed END,
       company.currency_id
  FROM rung
 CROSS JOIN LATERAL (
    SELECT lead_id % 5 = 0 AS won,
           least(called + interval '20 days', now() AT TIME ZONE 'UTC') AS closed) sold
  JOIN (SELECT is_won, min(id) AS id FROM crm_stage GROUP BY is_won) stage
    ON COALESCE(stage.is_won, FALSE) = won
  JOIN res_company company ON company.id = rung.company_id
 WHERE lead_id IS NOT NULL
 ORDER BY lead_id;

INSERT INTO telephony_tracking_money (
    lead_id, number, date, amount, currency_id, res_model, res_id)
SELECT id, 0, tracking_sold_date, tracking_revenue, tracking_currency_id, 'crm.lead', id
  FROM crm_lead WHERE tracking_sold_date IS NOT NULL ORDER BY id;

INSERT INTO telephony_call (
    id, create_uid, create_date, write_uid, write_date, pbx_id, company_id, call_ref,
    direction, state, version, confirmed, sealed, disposition, answered_by, number,
    number_e164, match_reason, did_id, lead_id, start_date, answer_date, end_date,
    wait_seconds, talk_seconds, source_id, medium_id, campaign_id, tracking_state,
    visit_date, visit_landing, visit_keyword, qualified, first_time)
SELECT place, 1, called, 1, called, pbx.id, pbx.company_id, 'in_bench' || place,
       'inbound', 'ended', 4, TRUE, TRUE,
       CASE WHEN talked THEN 'answered' ELSE 'missed' END,
       CASE WHEN talked THEN 'person' ELSE 'none' END, substr(number, 2), number,
       CASE WHEN lead_id IS NULL THEN 'none' ELSE 'exact' END, did_id, lead_id, called,
       CASE WHEN talked THEN called + interval '8 seconds' END,
       called + interval '100 seconds', 8, CASE WHEN talked THEN 92 ELSE 0 END,
       source_id, medium_id, campaign_id, 'matched', start_date, landing, keyword,
       talked, TRUE
  FROM rung CROSS JOIN (SELECT id, company_id FROM telephony_pbx LIMIT 1) pbx
 ORDER BY place;

INSERT INTO telephony_tracking_match (
    id, call_id, visit_id, lease_id, weight, level, reason, seconds)
SELECT place, place, visit_id, visit_id, 0.8, 'live', 'live', 10
  FROM rung ORDER BY place;

-- The call that made the lead, and what had come before it.
INSERT INTO telephony_tracking_touch (
    company_id, e164, lead_id, visit_id, call_id, date, channel, kind, source_id,
    medium_id, campaign_id, keyword, landing, did_id, share_first, share_last,
    share_last_non_direct, share_linear, share_position)
SELECT company_id, number, lead_id, CASE WHEN is_last THEN visit_id END,
       CASE WHEN is_last THEN rung.place END,
       CASE WHEN is_last THEN start_date ELSE start_date - interval '9 days' END,
       CASE WHEN is_last THEN 'call' ELSE 'visit' END, 'paid', origin.source_id,
       origin.medium_id, origin.campaign_id, keyword, landing, did_id,
       CASE WHEN is_last THEN 0 ELSE 1000000 END,
       CASE WHEN is_last THEN 1000000 ELSE 0 END,
       CASE WHEN is_last = (rung.source_id IS NOT NULL) THEN 1000000 ELSE 0 END,
       500000, 500000
  FROM rung
 CROSS JOIN (VALUES (FALSE), (TRUE)) side (is_last)
  JOIN bench_origin drawn ON drawn.place = lead_id % 50
 CROSS JOIN LATERAL (
    SELECT CASE WHEN is_last THEN rung.source_id ELSE drawn.source_id END AS source_id,
           CASE WHEN is_last THEN rung.medium_id ELSE drawn.medium_id END AS medium_id,
           CASE WHEN is_last THEN rung.campaign_id ELSE drawn.campaign_id END
               AS campaign_id) origin
 WHERE lead_id IS NOT NULL
 ORDER BY rung.place, is_last;

INSERT INTO telephony_tracking_cost (
    create_uid, create_date, write_uid, write_date, feed, date, company_id, source_id,
    medium_id, campaign_id, amount, currency_id, amount_company, clicks)
SELECT 1, now(), 1, now(), 'Ads', day::date, company.id, o.source_id, o.medium_id,
       o.campaign_id, 12.5, company.currency_id, 12.5, 10
  FROM generate_series(now() - interval '1 year', now(), interval '1 day') day
 CROSS JOIN bench_origin o
 CROSS JOIN (SELECT c.id, c.currency_id FROM res_company c
               JOIN telephony_tracking_site s ON s.company_id = c.id) company
 WHERE o.place < 40;

SELECT setval('crm_lead_id_seq', (SELECT max(id) FROM crm_lead)),
       setval('telephony_call_id_seq', (SELECT max(id) FROM telephony_call)),
       setval('telephony_tracking_match_id_seq',
              (SELECT max(id) FROM telephony_tracking_match)),
       setval('telephony_tracking_lease_id_seq',
              (SELECT max(id) FROM telephony_tracking_lease)),
       setval('telephony_tracking_visit_id_seq',
              (SELECT max(id) FROM telephony_tracking_visit));

CALL bench_dress();
VACUUM ANALYZE telephony_tracking_visit;
VACUUM ANALYZE telephony_tracking_lease;
VACUUM ANALYZE telephony_tracking_match;
VACUUM ANALYZE telephony_tracking_touch;
VACUUM ANALYZE telephony_tracking_money;
VACUUM ANALYZE telephony_tracking_cost;
VACUUM ANALYZE telephony_call;
VACUUM ANALYZE crm_lead;
