"""Makes instances of every class of Dagster's serializer from the annotations of its fields.

Usage: every_class.py <stored class name,…> <output file>

For each class a few stored forms are made up (optional parts absent, then each alternative of a
union in turn), read by Dagster and written by Dagster: what it wrote is emitted as in
large_repository.py. Classes Dagster refuses to make from such values are printed, with the
reason; the tests beside this script cover those by hand.
"""

import collections.abc as cabc
import dataclasses
import enum
import importlib
import json
import pkgutil
import sys
import types
import typing
import warnings

warnings.filterwarnings("ignore")

import dagster  # noqa: E402
from dagster._serdes import deserialize_value, serialize_value  # noqa: E402
from dagster_shared.record import (  # noqa: E402
    _REMAPPING_FIELD,
    get_record_annotations,
    is_record,
)
from dagster_shared.serdes.serdes import _WHITELIST_MAP as WHITELIST  # noqa: E402

for module in pkgutil.walk_packages(dagster.__path__, "dagster."):
    if "__main__" not in module.name and module.name.startswith(
        ("dagster._core", "dagster._grpc", "dagster._daemon")
    ):
        try:
            importlib.import_module(module.name)
        except Exception:
            pass  # platform-specific modules

BY_NAME = WHITELIST.object_serializers
ENUMS = {s.klass.__name__: s for s in WHITELIST.enum_serializers.values()}
MAX_DEPTH = 5


class GiveUp(Exception):
    pass


def fields(serializer):
    """Stored name and annotation of each field."""
    klass = serializer.klass
    if is_record(klass):
        hints = get_record_annotations(klass)
    elif dataclasses.is_dataclass(klass):
        hints = {f.name: f.type for f in dataclasses.fields(klass)}
    elif hasattr(klass, "model_fields"):
        hints = {name: f.annotation for name, f in klass.model_fields.items()}
    else:
        hints = {}
        for name in klass._fields:
            for base in klass.__mro__:
                if name in getattr(base, "__annotations__", {}):
                    hints[name] = base.__annotations__[name]
                    break
    renamed = getattr(klass, _REMAPPING_FIELD, {}) or {}
    for name, hint in hints.items():
        name = renamed.get(name, name)
        yield serializer.storage_field_names.get(name, name), name, hint


# What an annotation does not tell.
SPECIAL = {
    "event_type_value": "ENGINE_EVENT",
    "cron_schedule": "0 0 * * *",
    "deadline_cron": "0 0 * * *",
    "timezone": "UTC",
    "cron_timezone": "UTC",
    "cron_schedule_timezone": "UTC",
    "execution_timezone": "UTC",
    "config_yaml": "{}\n",
    "module_name": "some.module",
    "file_key": "key",
}


def by_name(name, variant, depth):
    name = name.split(".")[-1].split("[")[0]
    simple = {"str": str, "int": int, "float": float, "bool": bool, "object": object}
    if name in simple:
        return value(simple[name], variant, depth)
    if name in BY_NAME:
        return instance(BY_NAME[name], variant, depth)
    if name in ENUMS:
        members = list(ENUMS[name].klass)
        return {"__enum__": f"{ENUMS[name].get_storage_name()}.{members[variant % len(members)].name}"}
    raise GiveUp(f"annotation {name}")


def concrete(klass):
    return [s for s in BY_NAME.values() if issubclass(s.klass, klass) and s.klass is not klass]


def value(hint, variant, depth):
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        scope = {**vars(typing), **{n: s.klass for n, s in BY_NAME.items()}}
        scope.update({n: s.klass for n, s in ENUMS.items()})
        try:
            hint = eval(hint, scope)
        except Exception:
            return by_name(hint, variant, depth)
    if isinstance(hint, typing.TypeVar):
        return instance(BY_NAME["AssetKey"], variant, depth)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return value(args[0], variant, depth)
    if origin in (typing.Union, types.UnionType):
        options = [arg for arg in args if arg is not type(None)]
        if type(None) in args and (variant == 0 or depth >= MAX_DEPTH):
            return None
        return value(options[(variant - 1) % len(options)], variant, depth)
    if origin is typing.Literal:
        member = args[variant % len(args)]
        return member if not isinstance(member, enum.Enum) else by_name(type(member).__name__, 0, 0)
    if origin in (list, cabc.Sequence, tuple):
        if depth >= MAX_DEPTH or variant == 0:
            return []
        return [value(args[0], variant, depth)] if args else ["x"]
    if origin in (set, cabc.Set):
        return {"__set__": [value(args[0], variant, depth)] if variant else []}
    if origin is frozenset:
        return {"__frozenset__": [value(args[0], variant, depth)] if variant else []}
    if origin in (dict, cabc.Mapping):
        if depth >= MAX_DEPTH or variant == 0:
            return {}
        if args[0] is str:
            return {"a key": value(args[1], variant, depth)}
        return {
            "__mapping_items__": [[value(args[0], variant, depth), value(args[1], variant, depth)]]
        }
    if origin is not None:
        return value(origin, variant, depth)
    if hint is bool:
        return variant % 2 == 0
    if hint is int:
        return 7 + variant
    if hint is float:
        return [1700000000.25, 0.5, 1e-07, 1e16, 3][variant % 5]
    if hint is str:
        return ["text", "h\u00e9 \U0001f600 \"\\\n", "a/b", ""][variant % 4]
    if hint in (typing.Any, object):
        return [None, {"a": [1, 2.5, None, True]}, "x", 3][variant % 4]
    if isinstance(hint, type) and hint.__name__ in BY_NAME:
        return instance(BY_NAME[hint.__name__], variant, depth)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return by_name(hint.__name__, variant, depth)
    if isinstance(hint, type):
        choices = concrete(hint)
        if choices:
            return instance(choices[(variant * 7) % len(choices)], variant, depth)
    raise GiveUp(f"annotation {hint}")


def instance(serializer, variant, depth):
    if depth > MAX_DEPTH + 3:
        raise GiveUp("too deep")
    made = {"__class__": serializer.get_storage_name()}
    for stored, name, hint in fields(serializer):
        custom = serializer.field_serializers.get(name)
        kind = type(custom).__name__ if custom else ""
        if stored in SPECIAL and (hint is str or variant):
            made[stored] = SPECIAL[stored]
        elif kind == "MetadataFieldSerializer":
            made[stored] = [
                {
                    "__class__": "EventMetadataEntry",
                    "label": "a label",
                    "description": None,
                    "entry_data": {"__class__": "TextMetadataEntryData", "text": "x"},
                }
            ][: variant % 2]
        elif kind == "StepOutputVersionSerializer":
            made[stored] = []
        elif kind == "SetToSequenceFieldSerializer":
            made[stored] = None if variant == 0 else [instance(BY_NAME["AssetKey"], 0, 0)]
        elif name in ("allow_selection", "ignore_selection"):
            made[stored] = None
        else:
            made[stored] = value(hint, variant, depth + 1)
    if serializer.klass.__name__ == "AssetKey":
        made["path"] = ["a", "b"][: 1 + variant % 2]
    return made


wanted = set(sys.argv[1].split(","))
with open(sys.argv[2], "w", encoding="utf-8") as out:
    for name, serializer in sorted(BY_NAME.items()):
        stored = serializer.get_storage_name()
        if stored not in wanted:
            continue
        reasons, written = [], set()
        for variant in range(6):
            try:
                made = json.dumps(instance(serializer, variant, 0))
                read = deserialize_value(made)
                if type(read).__name__ != name:
                    raise GiveUp(f"reads as {type(read).__name__}")
                written.add(serialize_value(read))
            except Exception as error:
                reasons.append(str(error).split("\n")[0][:160])
        for i, text in enumerate(sorted(written)):
            out.write(json.dumps({"label": f"{name} #{i}", "text": text, "id": None}) + "\n")
        if not written:
            print(f"{stored}: {reasons[0]}")
