#!/usr/bin/env bash
# extensions.sh FOLDER: puts DuckDB's own signed extensions there. A wheel is a zip that holds the file.
set -euo pipefail
folder=$1
version=$(node -p 'require("./package.json").devDependencies["@duckdb/node-api"].split("-")[0]')
wheels=$(mktemp -d)
for name in ducklake httpfs mysql-scanner postgres-scanner sqlite-scanner; do
  python3 -m pip download -q --no-deps -d "$wheels" "duckdb-extension-$name==$version"
done
mkdir -p "$folder"
for wheel in "$wheels"/*.whl; do
  python3 -m zipfile -e "$wheel" "$wheels/unpacked"
done
cp "$wheels"/unpacked/*/extensions/*/*.duckdb_extension "$folder"
rm -r "$wheels"
