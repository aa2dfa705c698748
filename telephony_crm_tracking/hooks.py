"""What happens once, when the addon is uninstalled."""


def uninstall_hook(env):
    """Take away what goes with no table.

    That are the function that candidates are found with, and the lines in the pages of
    Odoo's web site.
    """
    env.cr.execute("DROP FUNCTION IF EXISTS telephony_tracking_candidates")
    sites = env["telephony.tracking.site"].with_context(active_test=False).search([])
    sites._put_line(remove=True)
