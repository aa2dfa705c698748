"""Compares a JSON value with a schema of an OpenAPI file: the part the files use."""

import json
import os
import re
from pathlib import Path

import pytest

#: The folder of the vendors' files: TELEPHONY_CRM_SPECS, or one beside the checkout.
SPECS = Path(
    os.environ.get("TELEPHONY_CRM_SPECS")
    or Path(__file__).resolve().parents[2].parent / "shared" / "specs"
)
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def specification(name):
    """The OpenAPI file of that name; skips the test where there is none."""
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"the vendor's file {name} is not in {SPECS}")
    return json.loads(path.read_text(encoding="utf-8"))


def schema_of(spec, method, path):
    """The schema of a method's answer 200, in JSON."""
    answer = spec["paths"][path][method.lower()]["responses"]["200"]
    return answer["content"]["application/json"]["schema"]


def differences(value, schema, where="answer"):
    """What in ``value`` the schema does not allow, in words."""
    if "oneOf" in schema:
        each = [differences(value, one, where) for one in schema["oneOf"]]
        return min(each, key=len)
    if value is None and schema.get("nullable"):
        return []
    kind = TYPES.get(schema.get("type"), object)
    if not isinstance(value, kind) or (
        isinstance(value, bool) and schema.get("type") != "boolean"
    ):
        return [f"{where}: {value!r} is no {schema['type']}"]
    return [*_plain(value, schema, where), *_inside(value, schema, where)]


def _plain(value, schema, where):
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is not one of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not look like {schema['pattern']}"


def _inside(value, schema, where):
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}: {name} is missing"
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from differences(value[name], inner, f"{where}.{name}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from differences(item, schema.get("items", {}), f"{where}[{index}]")
