#!/usr/bin/env bash
# The Helm charts: lint, rendered values files, every object against Kubernetes' own schemas. No cluster is needed.
# Helm's engine comes from PyPI (helm-python-sdk binds Helm's own Go library), as do the schemas (kubernetes-validate).
set -euo pipefail
. "$(dirname "$0")/../support/common.sh"
python=$(python_env venv-helm helm-python-sdk==0.2.2 kubernetes-validate==1.37.0 pyyaml==6.0.3)
exec "$python" -m unittest discover -s "$ROOT/tests/helm" "$@"
