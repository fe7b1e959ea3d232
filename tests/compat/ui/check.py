"""Checks that every operation of the official web application is valid against a schema. Usage: check.py SCHEMA.graphql"""

import sys
from pathlib import Path

from graphql import build_schema, parse, validate
from operations import bundle, operations

schema = build_schema(Path(sys.argv[1]).read_text())
documents = operations(bundle())
failed = {name: errors for name, text in sorted(documents.items()) if (errors := validate(schema, parse(text)))}
for name, errors in failed.items():
    print(f"{name}: {'; '.join(error.message for error in errors)}")
print(f"{len(documents) - len(failed)} passed, {len(failed)} failed")
sys.exit(bool(failed) or not documents)
