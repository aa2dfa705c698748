"""What happens once, when the addon is uninstalled."""


def uninstall_hook(env):
    """Take away what goes with no table: the lines in the pages of Odoo's web site."""
    sites = env["telephony.tracking.site"].with_context(active_test=False).search([])
    sites._put_line(remove=True)
