#!/usr/bin/env bash
# ./test.sh           restores, builds and runs every test; the last line is "N passed, N failed, N skipped"
# ./test.sh golden    runs every golden case in $TUNESHARP_FIXTURES (default tests/fixtures) to its end
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

build() { dotnet restore TuneSharp.slnx -v q && dotnet build TuneSharp.slnx -c Release --no-restore --nologo -v q; }

if [ "${1:-}" = golden ]; then
  shift
  build >artifacts-build.log 2>&1 || { cat artifacts-build.log; rm -f artifacts-build.log; exit 1; }
  rm -f artifacts-build.log
  exec tests/TuneSharp.Golden/bin/Release/net10.0/TuneSharp.Golden golden "$@"
fi

build || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

passed=0 failed=0 skipped=0 broken=0
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  log=$(mktemp)
  # One assembly after the other: two of them would share two cores and the memory tests would see each other.
  "tests/$name/bin/Release/net10.0/$name" --progress off --ansi off --hangdump --hangdump-timeout 10m "$@" >"$log" 2>&1
  code=$?
  p=$(sed -n 's/^ *succeeded: *//p' "$log" | tail -1) f=$(sed -n 's/^ *failed: *//p' "$log" | tail -1) s=$(sed -n 's/^ *skipped: *//p' "$log" | tail -1)
  printf '%-32s %5s passed %3s failed %4s skipped %s\n' "$name" "${p:-?}" "${f:-?}" "${s:-?}" "$(sed -n 's/^ *duration: *//p' "$log" | tail -1)"
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  # 8: no test matched the filter that the caller gave.
  if [ $code -ne 0 ] && { [ $code -ne 8 ] || [ $# -eq 0 ]; }; then broken=1; cat "$log"; [ "${f:-0}" -gt 0 ] || failed=$((failed + 1)); fi
  rm -f "$log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $broken -eq 0 ] && [ $failed -eq 0 ] && [ $passed -gt 0 ]
