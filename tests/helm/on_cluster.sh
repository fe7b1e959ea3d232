#!/usr/bin/env bash
# The chart in a real cluster: install, upgrade, an upgrade that must fail, uninstall. README.md of tests/kubernetes tells
# what the cluster needs and which variables name it.
set -euo pipefail
. "$(dirname "$0")/../support/common.sh"
for name in RONDEL_TEST_KUBECONFIG RONDEL_TEST_KUBERNETES_IMAGE RONDEL_TEST_KUBERNETES_RONDEL_IMAGE RONDEL_TEST_POSTGRES_URL; do
  [ -n "${!name:-}" ] || die "$name is not set: see tests/kubernetes/README.md"
done
python=$(python_env venv-helm-cluster helm-python-sdk==0.2.2 kubernetes==36.0.3 psycopg2-binary==2.9.13 pyyaml==6.0.3)
cd "$ROOT/tests/helm"
exec "$python" -m unittest -v on_cluster "$@"
