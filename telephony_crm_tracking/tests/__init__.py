from . import (
    test_alias,
    test_did_dates,
    test_lease,
    test_optional_website,
    test_pool_size,
    test_script,
    test_site_health,
    test_tracking_jobs,
    test_tracking_site,
    test_visit,
    test_visit_public,
)
