-- The pages of the original's web sites show no numbers by grace of a copy, and the copy
-- counts no visits of theirs.
UPDATE telephony_tracking_site
   SET token = 'neutralized-' || id || '-' || gen_random_uuid();
-- What other systems post for the original is not for the copy.
UPDATE telephony_tracking_feed
   SET token = 'neutralized-' || id || '-' || gen_random_uuid();
