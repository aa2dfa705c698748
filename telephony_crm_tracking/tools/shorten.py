"""Shorter names in one of our scripts: an eighth of what a page has to load.

Names of the top get another one in all of the script, others in their statement of the
top, which mostly is a function. No scopes below that are looked at: what was one name
stays one, so the script means what it meant. Names of properties stay, and so do those
that are a variable's and a property's at once, as in ``{name}``.

Only what our own modules use is understood, once it is minified and where each
statement has its semicolon: names declared by ``const``, ``let`` and ``function``, and
parameters in brackets.
"""

import re
from collections import Counter
from itertools import chain, pairwise, product
from string import ascii_letters, ascii_uppercase

_token = re.compile(
    r"""
      "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'
    | (?<=[(,=:\[!&|?{};]) / (?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+ /
    | (?<![\w$]) [A-Za-z_$][\w$]*
    | \.\.\. | => | .
    """,
    re.VERBOSE | re.DOTALL,
)
_template = re.compile(r"(?:\\.|\$(?!\{)|[^\\`$])*(?:`|\$\{)", re.DOTALL)
_declared = re.compile(
    r"\b(?:const|let) ([\w$,]+)|\bfunction ([\w$]+)\(([\w$,.]*)|\(([\w$,.]+)\)=>"
)
_name = re.compile(r"[A-Za-z_$][\w$]*")
#: What stands before the brace of a block; other braces are an object's or a pattern's.
BLOCK = frozenset((")", "=>", ";", "}", "{", "\n", "else", "try", "catch", ""))
RESERVED = frozenset(("do", "if", "in"))
PAIRS = tuple(map("".join, product(ascii_letters, repeat=2)))


def shorten(script):
    """Return a minified script with shorter names of its own.

    :param script: what a statement of the top declares is not, in the same statement,
        the name of something global as well
    """
    statements = list(_statements(_tokens(script)))
    fixed = RESERVED.union(*(one.fixed for one in statements))
    declared = set().union(*(one.declared for one in statements))
    top = set().union(*(one.of_top for one in statements)) & declared - fixed
    free, count = set(fixed), Counter()
    for one in statements:
        one.declared -= top | fixed
        free.update({*one.names.values()} - one.declared - top)
        count.update(one.names.values())
    short = _shorter(top, count, (*ascii_uppercase, *PAIRS), free)
    for one in statements:
        used = Counter(one.names.values())
        taken = free.union(short[name] for name in used if name in short)
        own = short | _shorter(one.declared, used, (*ascii_letters, *PAIRS), taken)
        for place, name in one.names.items():
            one.tokens[place] = own.get(name, name)
    return "".join(_needed(chain.from_iterable(one.tokens for one in statements)))


def _shorter(names, used, words, taken):
    """Return the shorter names, the shortest for those that are used most."""
    free = (word for word in words if word not in taken)
    by_use = sorted(names, key=lambda name: (-used[name], name))
    return dict(zip(by_use, free, strict=False))


def _tokens(script):
    """Yield the parts of a script; of a template what stands around its values."""
    place, open_ = 0, []
    while place < len(script):
        char = script[place]
        is_end = char == "}" and open_.pop() == "`"
        if char == "`" or is_end:
            end = _template.match(script, place + 1).end()
            if script[end - 1] == "{":
                open_.append("`")
        else:
            end = _token.match(script, place).end()
            if char == "{":
                open_.append("{")
        yield script[place:end]
        place = end


class _Statement:
    """One of the statements at the top, with the names in it.

    :ivar names: which tokens are names of variables, ``{place: name}``
    :ivar of_top: those that stand outside of all brackets
    :ivar fixed: names of a variable and a property at once
    """

    def __init__(self, tokens):
        self.tokens = tokens
        self.names, self.of_top, self.fixed = {}, set(), set()
        found = _declared.findall("".join(tokens))
        self.declared = set(_name.findall(",".join(chain.from_iterable(found))))
        open_ = []
        for place, token in enumerate(tokens):
            before = tokens[place - 1] if place else ""
            if token in ("(", "["):
                open_.append(token)
            elif token == "{":
                open_.append("block" if before in BLOCK else "object")
            elif token in (")", "]", "}"):
                open_.pop()
            elif _name.fullmatch(token) and before != ".":
                is_inside = open_[-1:] == ["object"] and before in ("{", ",")
                if is_inside and tokens[place + 1] != ":":
                    self.fixed.add(token)
                elif not is_inside:
                    self.names[place] = token
                    if not open_:
                        self.of_top.add(token)


def _statements(tokens):
    part, depth = [], 0
    for token in tokens:
        part.append(token)
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        if not depth and token in (";", "\n"):
            yield _Statement(part)
            part = []
    yield _Statement(part)


def _needed(tokens):
    """Yield the tokens but for those that change nothing."""
    tokens = [token for token in tokens if token != "\n"]
    for token, after in pairwise((*tokens, "")):
        if token + after not in (";}", ",}", ",]", ",)"):
            yield token
