-- A copy of the database can neither call nor be called.
UPDATE telephony_pbx
   SET active = FALSE,
       api_key = NULL,
       api_secret_stored = NULL,
       webhook_token = 'neutralized-' || id || '-' || gen_random_uuid();
UPDATE telephony_pbx_setting
   SET secret_stored = NULL;
