"""What happens once, when the addon is installed or uninstalled."""


def post_init_hook(env):
    """Start reading the numbers of the contacts and leads that exist already.

    Only asks for the job: a database may hold millions of contacts, and an
    installation must not be one transaction as long as that.
    """
    env["telephony.number.fill"]._start()


def uninstall_hook(env):
    """Take away what goes with no table.

    That are the function that callers are found by, and what was said in calls.
    """
    sounds = [("res_model", "=", "telephony.call.recording")]
    env["ir.attachment"].sudo().search(sounds).unlink()
    env.cr.execute("DROP FUNCTION IF EXISTS telephony_number_find")
