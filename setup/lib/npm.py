"""npm packages, as a lock file says, in a folder of the state folder."""

import shutil

from setup.lib import paths, system
from setup.lib.console import run, step


def install(source, target, name):
    """Have the packages of ``source``'s lock file, and its other files, in ``target``.

    :param source: folder with package.json, package-lock.json and .npmrc
    :param name: what the step is called
    """
    files = sorted(path for path in source.iterdir() if path.is_file())
    key = paths.digest(*files)
    marker = target / "telephony-crm.key"
    if marker.exists() and marker.read_text() == key:
        return
    system.require("npm")
    with step(name), paths.built(target) as draft:
        for file in files:
            shutil.copy(file, draft)
        run(
            ["npm", "ci", "--ignore-scripts"],
            "the npm packages could not be installed",
            "check the connection to the registry (npm config get registry)",
            cwd=draft,
        )
        (draft / marker.name).write_text(key)


def packages(*names):
    """The ``node_modules`` with packages that tests try ours against.

    :param names: name and version of each, such as ``ajv@8.17.1``
    :raises Failure: when they cannot be had
    """
    system.require("npm")
    last = names[-1]
    modules = paths.HOME / f"node-{last.replace('@', '-')}" / "node_modules"
    with paths.locked("node"):
        if not (modules / last.rpartition("@")[0] / "package.json").exists():
            run(
                ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
                 "--prefix", modules.parent, *names],
                f"the npm package {last} could not be installed",
                "check the connection to the registry (npm config get registry)",
            )  # fmt: skip
    return modules
