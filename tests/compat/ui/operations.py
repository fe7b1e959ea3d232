"""The GraphQL operations of the official web application, read from an installed dagster-webserver.

The bundle keeps its documents as string literals, an operation or some fragments in each.
Usage: operations.py [NAME...] prints the named operations with the fragments they use (the names of all without one).
"""

import re
import sys
from pathlib import Path

from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

LITERAL = re.compile(
    r"""(["'`])((?:\\n|\s)*(?:query|mutation|subscription|fragment)\s+\w+(?:\\.|(?!\1)[^\\])*)\1""", re.S
)
ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\'": "'", "\\\\": "\\", "\\`": "`"}


def bundle() -> Path:
    import dagster_webserver

    return Path(dagster_webserver.__file__).parent / "webapp" / "build"


class Spreads(Visitor):
    def __init__(self):
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_):
        self.names.append(node.name.value)


def operations(build: Path) -> dict[str, str]:
    """Name -> document of every operation, with every fragment that it reaches."""
    found: dict[str, OperationDefinitionNode] = {}
    fragments: dict[str, FragmentDefinitionNode] = {}
    for script in sorted(build.rglob("*.js")):
        for match in LITERAL.finditer(script.read_text(encoding="utf-8")):
            text = re.sub(r"\\.", lambda escape: ESCAPES.get(escape[0], escape[0]), match[2])
            try:
                parsed = parse(text)
            except GraphQLSyntaxError:
                continue  # a sentence that begins with one of the words
            for definition in parsed.definitions:
                if isinstance(definition, FragmentDefinitionNode):
                    fragments[definition.name.value] = definition
                elif isinstance(definition, OperationDefinitionNode) and definition.name:
                    found[definition.name.value] = definition
    return {name: complete(operation, fragments) for name, operation in found.items()}


def complete(operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> str:
    nodes, used = [operation], set()
    for node in nodes:
        spreads = Spreads()
        visit(node, spreads)
        for name in spreads.names:
            if name not in used:
                used.add(name)
                nodes.append(fragments[name])
    return "\n\n".join(print_ast(node) for node in nodes)


if __name__ == "__main__":
    documents = operations(bundle())
    print("\n\n".join(documents[name] for name in sys.argv[1:]) or "\n".join(sorted(documents)))
