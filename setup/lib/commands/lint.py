"""``setup/lint [--fix]``: the linters, in an environment of their own.

``--fix`` lets those that can mend mend what they complain of.
"""

import subprocess

from setup.lib import npm, paths, venv
from setup.lib.console import say
from setup.lib.prepare import preparing

CONFIG = paths.SETUP / "linters"
PYTHON_TOOLS = paths.HOME / "linters"
NODE_TOOLS = paths.HOME / "linters-npm"

AUTHOR = "Telephony for Odoo CRM contributors"
# What pylint-odoo asks that does not fit here, and why.
UNFIT = (
    "attribute-string-redundant",  # knows a relation's name only with its suffix
    "consider-merging-classes-inherited",  # one file a subject
    "missing-readme",  # one README for the whole, at the top
    "missing-return",  # of overridden computes and inits, which return nothing
    "no-search-all",  # of companies and adapters, of which there are few
    "no-wizard-in-models",  # an override of one is named after its model
    "prefer-env-translation",  # objects to an alias of env._; ruff bans odoo._
)
PURE = "[^/]+/(pbx|bridge|attribution)/"  # plain Python, no models


def main(arguments):
    """Run every linter, also after one complains; 0 only if none does."""
    if set(arguments) - {"--fix"}:
        say(__doc__)
        return 0 if set(arguments) <= {"-h", "--help"} else 2
    venv.fail_outside()
    with preparing():
        venv.prepare(PYTHON_TOOLS, CONFIG / "requirements.txt", "Python linters")
        npm.install(CONFIG, NODE_TOOLS, "JavaScript linters")
    complaints = []
    for words in commands(bool(arguments)):
        say(f"── {' '.join(map(str, words[:2]))}")
        program = PYTHON_TOOLS / "bin" / words[0]
        if not program.exists():
            program = NODE_TOOLS / "node_modules" / ".bin" / words[0]
        if subprocess.call([program, *words[1:]], cwd=paths.ROOT):
            complaints.append(words[0])
    say(f"\n✗ {', '.join(complaints)}" if complaints else "\n✓ nothing to complain of")
    return bool(complaints)


def commands(fix):
    """Each linter with its arguments, relative to the checkout."""
    mend = ["--fix"] if fix else []
    addons = sorted(path.parent for path in paths.ROOT.glob("*/__manifest__.py"))
    names = [addon.name for addon in addons]
    yield "ruff", "check", *mend, "."
    yield "ruff", "format", *([] if fix else ["--check"]), "."
    yield (
        "pylint", "--rcfile=/dev/null", "--load-plugins=pylint_odoo", "--score=no",
        "--valid-odoo-versions=19.0", "--disable=all", "--enable=odoolint",
        f"--disable={','.join(UNFIT)}", f"--ignore-paths={PURE}",
        f"--manifest-required-authors={AUTHOR}", *names,
    )  # fmt: skip
    for name in names:
        config = "--config=setup/linters/oca_hooks.cfg"
        yield "oca-checks-odoo-module", *mend, config, name
        translations = sorted((paths.ROOT / name / "i18n").glob("*.po*"))
        if translations:
            yield "oca-checks-po", *mend, config, *translations
    parts = ("src", "script", "tests")
    scripts = [f"{name}/static/{part}" for name in names for part in parts]
    scripts = [folder for folder in scripts if any((paths.ROOT / folder).rglob("*.js"))]
    if scripts:
        config = NODE_TOOLS / "eslint.config.mjs"
        yield "eslint", "--config", config, *mend, *scripts
        styles = [f"{folder}/**/*.{{js,scss}}" for folder in scripts]
        yield "prettier", "--write" if fix else "--check", *styles
