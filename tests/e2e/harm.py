"""What happens to servers: a worker, all of Odoo, or the database dies."""

import contextlib
import random
import time

import psutil


class Harm:
    """Kills at random, by a seed.

    :param stack: a running ``setup.lib.stack.Stack``
    :param cluster: the ``Cluster`` its database lies in
    """

    KINDS = ("worker",) * 5 + ("database",) * 2 + ("odoo",)

    def __init__(self, stack, cluster, seed):
        self.stack = stack
        self.cluster = cluster
        self.luck = random.Random(seed)
        self.plan = {}
        self.done = []

    def __call__(self, wave, waves):
        """Do what is planned for this wave, some time into it."""
        if not self.plan:
            chosen = self.luck.sample(range(1, waves), len(self.KINDS))
            self.plan = dict(zip(chosen, self.KINDS, strict=True))
        if kind := self.plan.get(wave):
            time.sleep(self.luck.random())
            getattr(self, kind)()
            self.done.append(kind)
        self.revive()

    def revive(self):
        """Start Odoo again if it has ended by itself, as a service manager does.

        Its first process ends when it finds no database while it replaces a worker.
        """
        if not self.stack.odoo.alive:
            self.stack.odoo.stop()
            self.stack.start()

    def worker(self):
        """One of Odoo's processes, whichever it is, is gone at once."""
        while True:
            self.revive()
            with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
                if workers := psutil.Process(self.stack.odoo.pid).children():
                    return self.luck.choice(workers).kill()
            time.sleep(0.1)

    def odoo(self):
        """All of Odoo is gone; somebody starts it again."""
        self.stack.kill()
        self.stack.start()

    def database(self):
        """The database server crashes, and is back after a moment."""
        self.cluster.crash()
        time.sleep(self.luck.random())
        self.cluster.start()
