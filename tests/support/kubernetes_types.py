"""Writes crates/launcher/src/kubernetes/types.txt: the Kubernetes API types that a Job is made of.

Usage: python kubernetes_types.py > crates/launcher/src/kubernetes/types.txt   (needs the `kubernetes` package)

One line a type: its name, then its fields as `snake_name[/camelName] type[!]`, separated by ` | `. The camel
name is left out where it is the plain conversion of the snake name; `!` marks a required field.
"""

import re

from kubernetes.client import Configuration, models

ROOTS = ["V1Job", "V1ServiceSpec"]
configuration = Configuration()
configuration.client_side_validation = True


def inner(kind: str) -> str:
    match = re.match(r"list\[(.*)\]|dict[\[(][^,]*,\s*(.*)[\])]", kind)
    return inner(match.group(1) or match.group(2)) if match else kind


def required(cls, attribute: str) -> bool:
    instance = cls.__new__(cls)
    instance.local_vars_configuration = configuration
    try:
        setattr(instance, attribute, None)
        return False
    except ValueError:
        return True


def plain_camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


seen, todo = set(), list(ROOTS)
lines = []
while todo:
    name = todo.pop()
    cls = getattr(models, name, None)
    if name in seen or cls is None:
        continue
    seen.add(name)
    fields = []
    for attribute, kind in cls.openapi_types.items():
        camel = cls.attribute_map[attribute]
        shown = attribute if camel == plain_camel(attribute) else f"{attribute}/{camel}"
        kind = re.sub(r"dict\((\w+), (.*)\)", r"dict[\1,\2]", kind).replace(" ", "")
        fields.append(f"{shown} {kind}{'!' if required(cls, attribute) else ''}")
        todo.append(inner(kind))
    lines.append(f"{name}: {' | '.join(fields)}")
print("\n".join(sorted(lines)))
