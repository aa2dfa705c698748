"""Which tests are to run, by the words after ``setup/test``."""

from pathlib import Path

from setup.lib.console import Failure

TAKE_A_VALUE = {"-k", "-m", "-p", "-n", "-c", "-o", "-W", "-r"}


class Choice:
    """What was chosen of the tests, and what is for pytest to understand.

    :param arguments: words of the command line
    :raises Failure: for a path that does not exist
    """

    def __init__(self, arguments):
        #: as (path, what is chosen in it)
        self.chosen = []
        self.options = []
        for position, word in enumerate(arguments):
            name, separator, test = word.partition("::")
            path = Path(name).absolute()
            value = position and arguments[position - 1] in TAKE_A_VALUE
            if value or word.startswith("-"):
                self.options.append(word)
            elif path.exists():
                self.chosen.append((path, separator + test))
            elif separator or "/" in name or name.endswith(".py"):
                raise Failure(
                    f"{path} does not exist", "name a file or folder of tests"
                )
            else:
                self.options.append(word)

    def among(self, folders):
        """The chosen tests in ``folders``; all of them when nothing was chosen."""
        folders = [folder for folder in folders if folder.exists()]
        if not self.chosen:
            return list(map(str, folders))
        found = []
        for path, test in self.chosen:
            inside = any(folder in (path, *path.parents) for folder in folders)
            if inside:
                found.append(f"{path}{test}")
            else:  # a folder above, such as tests/
                found += [str(folder) for folder in folders if path in folder.parents]
        return list(dict.fromkeys(found))


def has_optional(tests):
    """Whether one of ``tests`` is meant for the database with optional addons."""
    files = (Path(test.partition("::")[0]) for test in tests)
    every = (
        file
        for path in files
        for file in (path.rglob("test_*.py") if path.is_dir() else [path])
    )
    return any("optional" in file.read_text().lower() for file in every)
