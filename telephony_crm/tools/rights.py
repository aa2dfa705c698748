"""What people may write, where the field's `readonly` would bind the form only."""

from odoo.exceptions import AccessError


def check_fields(model, vals, allowed):
    """Refuse values that the user may not set: all but the superuser, by RPC too.

    :param model: recordset that `vals` are for
    :param vals: dict or list of dicts, as `create` and `write` take them
    :param allowed: names of the fields that a person may set
    :raises AccessError: when there are others; their labels are in the message
    """
    if model.env.su:
        return
    vals_list = [vals] if isinstance(vals, dict) else vals
    others = {name for vals in vals_list for name in vals} - set(allowed)
    if others:
        labels = [
            model._fields[name]._description_string(model.env)
            for name in sorted(others)
            if name in model._fields
        ]
        raise AccessError(
            model.env._("This is not for people to set: %s.", ", ".join(labels))
        )
