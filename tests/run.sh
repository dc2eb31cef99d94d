#!/usr/bin/env bash
# Builds the solution once (Release) and runs its tests.
#
#   tests/run.sh           quick lane, then the end-to-end lane (SIPp and drachtio-srf against a real server process)
#   tests/run.sh --quick   only what needs nothing installed; under two minutes
#
# CALLACTORS_TEST_SERVER_OPTIONS=--no-extensions starts the servers of the end-to-end lane without the extensions of the control protocol.
# The end-to-end lane needs sipp, node, npm, baresip (a softphone) and PostgreSQL. They are installed with apt when they are missing and this runs as root.
# The last line is always "N passed, N failed" (", N skipped" may follow); the exit code is 0 only when nothing failed.
set -u

quick=no
case "${1:-}" in
  "") ;;
  --quick) quick=yes ;;
  *) echo "usage: tests/run.sh [--quick]" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.." || exit 2
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

finish() {
  if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
  if [ "$failed" -eq 0 ]; then exit 0; else exit 1; fi
}

# refuse <reason>: something that must be there is not; it counts as one failed test.
refuse() { echo "$1" >&2; failed=$((failed + 1)); }

# counter <name> <file>: one attribute of the <Counters> element that ends a .trx file, 0 when there is none.
counter() {
  local value
  value=$(grep -o '<Counters [^>]*>' "$2" 2>/dev/null | tail -n 1 | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p")
  echo "${value:-0}"
}

# run_tests <project folder>: an aborted run that names no failed test still counts as one.
run_tests() {
  local name trx code bad
  name=$(basename "$1")
  trx="$results/$name.trx"
  echo "== $name"
  dotnet test "$1" -c Release --no-build --blame-hang-timeout 8m --blame-hang-dump-type none --logger "trx;LogFileName=$trx" --results-directory "$results" 2>&1 |
    grep -v -e '^Results File: ' -e '^$' -e '^Test run for ' -e '^A total of ' -e '^Starting test execution' -e '^VSTest version' -e '^Additionally, path' -e "^Data collector 'Blame'"
  code=${PIPESTATUS[0]}
  bad=$(counter failed "$trx")
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  passed=$((passed + $(counter passed "$trx")))
  failed=$((failed + bad))
  skipped=$((skipped + $(counter total "$trx") - $(counter executed "$trx")))
}

# again <project folder>: real processes and short timers share the machine with everything else, so what failed runs a second time; it is said.
again() {
  local trx names filter second
  trx="$results/$(basename "$1").trx"
  names=$(grep -o '<UnitTestResult [^>]*outcome="Failed"[^>]*>' "$trx" 2>/dev/null | sed -n 's/.* testName="\([^"(]*\).*/\1/p' | sort -u)
  if [ -z "$names" ] || [ "$(echo "$names" | wc -l)" -gt 10 ]; then return 0; fi
  echo "== a second run of what failed: $(echo $names)"
  filter=$(echo "$names" | sed 's/^/FullyQualifiedName=/' | paste -sd '|' -)
  second="$results/second.trx"
  if CALLACTORS_END_TO_END=required dotnet test "$1" -c Release --no-build --filter "$filter" --logger "trx;LogFileName=$second" --results-directory "$results" &&
    [ "$(counter passed "$second")" -gt 0 ] && [ "$(counter failed "$second")" -eq 0 ]; then
    passed=$((passed + $(counter failed "$trx")))
    failed=$((failed - $(counter failed "$trx")))
  fi
}

# install <command> <package>: only what is missing, only as root.
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
install_missing() {
  [ -z "$missing" ] && return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    refuse "the end-to-end tests need:$missing (on Debian, as root: apt-get install$missing)"
    return 1
  fi
  echo "== installing$missing"
  # shellcheck disable=SC2086 # the list is meant to be split
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } >"$results/apt.log" 2>&1 ||
    { tail -n 20 "$results/apt.log" >&2; refuse "apt-get could not install:$missing"; return 1; }
}

echo "== building"
dotnet build CallActors.sln -c Release -v quiet 2>&1 | tee "$results/build.log" | grep -E '(error|warning) ' | sort -u | head -n 40
if [ "${PIPESTATUS[0]}" -ne 0 ]; then
  tail -n 5 "$results/build.log" >&2
  refuse "the build failed"
  finish
fi

end_to_end=tests/CallActors.EndToEnd
for project in tests/*/*.csproj; do
  folder=$(dirname "$project")
  [ "$folder" = "$end_to_end" ] && continue
  grep -q '<IsTestLibrary>true' "$project" && continue
  run_tests "$folder"
done

if [ "$quick" = no ]; then
  need sipp sip-tester
  need node nodejs
  need npm npm
  need baresip baresip-core
  # Debian keeps its programs off the path.
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need initdb postgresql
  if install_missing; then
    apps=$end_to_end/apps
    if [ -f "$apps/package.json" ]; then
      # The lock file names versions and digests; the registry is whatever npm is configured with.
      if (cd "$apps" && npm ci --omit=dev --no-audit --no-fund) >"$results/npm.log" 2>&1; then
        CALLACTORS_END_TO_END=required run_tests "$end_to_end"
        again "$end_to_end"
      else
        tail -n 20 "$results/npm.log" >&2
        refuse "npm could not install the packages of $apps"
      fi
    fi
  fi
fi

finish
