-- The pages of the original's web sites show no numbers by grace of a copy, and the copy
-- counts no visits of theirs.
UPDATE telephony_tracking_site
   SET token = 'neutralized-' || id || '-' || gen_random_uuid();
-- What other systems post for the original is not for the copy.
UPDATE telephony_tracking_feed
   SET token = 'neutralized-' || id || '-' || gen_random_uuid();
-- A copy hands nothing over, has no key to do so with, and its feeds are closed.
UPDATE telephony_tracking_destination
   SET active = FALSE,
       password_stored = NULL,
       token = 'neutralized-' || id || '-' || gen_random_uuid();
UPDATE telephony_tracking_destination_setting
   SET secret_stored = NULL;
