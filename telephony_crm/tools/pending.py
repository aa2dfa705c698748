"""What waits for the end of the transaction, since it cannot be done at once.

Within a computation nothing else can be written, and much that is asked for twice
has to be done but once.
"""

from collections import defaultdict


def add(records, key, run):
    """Have ``run`` called before the transaction ends, and note records for it.

    :param records: saved ones count only; of whatever model
    :param key: names the thing to do, in `cr.precommit.data`
    :param run: callable without arguments, which calls `take`
    """
    ids = [id_ for id_ in records._ids if isinstance(id_, int)]
    if not ids:
        return
    precommit = records.env.cr.precommit
    if key not in precommit.data:
        precommit.data[key] = defaultdict(set)
        precommit.add(run)
    precommit.data[key][records._name].update(ids)


def discard(records, key):
    """Forget records for which it was done in the meantime."""
    if noted := records.env.cr.precommit.data.get(key):
        noted[records._name].difference_update(records._ids)


def take(env, key):
    """Return what was noted and still exists, and note it no more.

    :return: list of recordsets, one for each model
    """
    noted = env.cr.precommit.data.pop(key, {})
    return [env[model].browse(ids).exists() for model, ids in noted.items() if ids]
