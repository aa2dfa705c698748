-- A copy of the database can neither call nor be called: nothing is sent to a PBX that
-- is switched off, it has no key to be let in with, and its events are addressed to the
-- original, whose token and secret the copy does not have.
UPDATE telephony_pbx
   SET active = FALSE,
       api_key = NULL,
       api_secret_stored = NULL,
       webhook_token = 'neutralized-' || id || '-' || gen_random_uuid(),
       lookup_token = NULL,
       route_token = NULL,
       webhook_missing = NULL,
       webhook_checked_date = NULL;
UPDATE telephony_pbx_setting
   SET secret_stored = NULL;
UPDATE telephony_phonebook
   SET token = 'neutralized-' || id || '-' || gen_random_uuid();
-- Nor is anybody rung in the browser as somebody of the original.
UPDATE telephony_extension
   SET sip_password_stored = NULL;
-- What the original has begun, the copy does not go on with.
UPDATE telephony_pbx_reconciliation
   SET state = 'cancelled'
 WHERE state IN ('waiting', 'running');
-- What was asked of a PBX by its bridge, and the bridge, are the original's.
DELETE FROM telephony_pbx_command;
DELETE FROM telephony_pbx_bridge;
-- Nobody is offered a call there, nor called for a lead.
UPDATE telephony_callback
   SET offer = 'over'
 WHERE offer IN ('waiting', 'offered', 'accepted');
UPDATE crm_lead
   SET telephony_asked = NULL
 WHERE telephony_asked IS NOT NULL;
