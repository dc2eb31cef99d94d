#!/usr/bin/env bash
# A whole cluster as plain processes on loopback: PostgreSQL of its own, two signalling servers, three runtime nodes. To try, and to see calls survive.
#
#   deploy/local-cluster.sh start           builds what is missing, starts everything, and says where
#   deploy/local-cluster.sh status          what runs, and how many calls each node has
#   deploy/local-cluster.sh kill node2      ends one at once, as a crash would (server1, server2, node1, node2, node3)
#   deploy/local-cluster.sh restart node2   starts it again
#   deploy/local-cluster.sh stop            ends everything; its folder stays, with the logs
#
# CALLACTORS_LOCAL   the folder [${TMPDIR:-/tmp}/callactors-local]: logs, records of calls, database
# CALLACTORS_PORTS   the first of seven ports that are used, SIP of server1; the order is what 'start' shows [5060]
# CALLACTORS_TRUNK   host:port where numbers are called
# CALLACTORS_PROGRAM the built program, where it is another than the one here
# Without PostgreSQL (initdb on the path or below /usr/lib/postgresql) each node keeps its ledger in a file; calls survive the loss of nodes all the same.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
folder=${CALLACTORS_LOCAL:-${TMPDIR:-/tmp}/callactors-local}
first=${CALLACTORS_PORTS:-5060}
program=${CALLACTORS_PROGRAM:-$root/src/CallActors.Node/bin/Release/net10.0/CallActors.Node.dll}
names="server1 server2 node1 node2 node3"
servers="--server 127.0.0.1:$((first + 2)) --server 127.0.0.1:$((first + 3))"
seeds="--seed 127.0.0.1:$((first + 4)) --seed 127.0.0.1:$((first + 5)) --seed 127.0.0.1:$((first + 6))"

say() { echo "local-cluster: $*"; }
fail() { echo "local-cluster: $*" >&2; exit 1; }

# running <name>: whether the process that we started under this name is there, and still ours.
running() {
  local id
  id=$(cat "$folder/$1.pid" 2>/dev/null) && [ -n "$id" ] && grep -qa CallActors.Node "/proc/$id/cmdline" 2>/dev/null
}

# await <seconds> <what> <command…>
await() {
  local left=$(($1 * 10)) what=$2
  shift 2
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { say "$what did not happen in time" >&2; return 1; }
    sleep 0.1
  done
}

# launch <name> <arguments…>: the shell gives way to the program, so that the id is the program's.
launch() {
  local name=$1
  shift
  rm -f "$folder/$name.ports"
  (cd "$folder" && exec setsid env --default-signal dotnet "$program" "$@" --ports-file "$folder/$name.ports" >>"$folder/$name.log" 2>&1 </dev/null) &
  echo $! >"$folder/$name.pid"
}

launch_unit() {
  local number=${1#server}
  number=${number#node}
  case $1 in
    server1 | server2)
      launch "$1" serve --noconfig --loglevel warning --stdout --secret local --address 127.0.0.1 --port $((first + 1 + number)) --contact "sip:127.0.0.1:$((first - 1 + number));transport=udp,tcp" ;;
    node1 | node2 | node3)
      # shellcheck disable=SC2086 # the lists are meant to be split
      launch "$1" run --noconfig --loglevel warning --stdout --secret local $servers $seeds --cluster --node "$1" --cluster-listen 127.0.0.1:$((first + 3 + number)) \
        --ledger "$(ledger "$1")" --call-records "$folder/$1.calls.jsonl" --health-port 0 ${CALLACTORS_TRUNK:+--trunk "$CALLACTORS_TRUNK"} ;;
    *) fail "there is no $1; there are: $names" ;;
  esac
}

ledger() { if [ -d "$folder/database" ]; then echo "postgresql:Host=$folder/database;Database=postgres;Username=postgres"; else echo "sqlite:$folder/$1.db"; fi; }

# PostgreSQL refuses to be root.
postgres_do() {
  local tool=$1
  shift
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$tool" "$@" >>"$folder/database.log" 2>&1 </dev/null; else "$tool" "$@" >>"$folder/database.log" 2>&1 </dev/null; fi
}

postgres_tools() {
  local tools
  tools=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$tools" ] || tools=$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")
  [ -x "$tools/initdb" ] && echo "$tools"
}

start_database() {
  local tools
  tools=$(postgres_tools) || { say "no PostgreSQL here: each node keeps its ledger in a file"; return 0; }
  mkdir -p "$folder/database"
  touch "$folder/database.log"
  if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$folder/database" "$folder/database.log" && chmod 711 "$folder"; fi
  if [ ! -d "$folder/database/files" ]; then (cd / && postgres_do "$tools/initdb" -D "$folder/database/files" -A trust -U postgres -E UTF8 --locale=C --no-sync) || fail "initdb failed: $folder/database.log"; fi
  (cd / && postgres_do "$tools/pg_ctl" -D "$folder/database/files" -w -l "$folder/database/log" -o "-c listen_addresses='' -c unix_socket_directories=$folder/database" start) ||
    fail "PostgreSQL did not start: $folder/database/log"
  say "database on the socket in $folder/database"
}

stop_database() {
  local tools
  [ -f "$folder/database/files/postmaster.pid" ] || return 0
  tools=$(postgres_tools) && (cd / && postgres_do "$tools/pg_ctl" -D "$folder/database/files" -w -m fast stop) && say "database has stopped"
}

# status_of <name>: the line of its status port.
status_of() {
  local at
  at=$(sed -n 's/.*"status": "\(.*\)".*/\1/p' "$folder/$1.ports" 2>/dev/null)
  [ -n "$at" ] && { exec 3<>"/dev/tcp/${at%:*}/${at##*:}"; } 2>/dev/null && head -n 1 <&3 && exec 3>&-
}

listens() { [ -s "$folder/$1.ports" ] || ! running "$1"; }
whole() { for node in node1 node2 node3; do status_of "$node" | grep -q '"clusterNodes":3' || return 1; done; }

start() {
  [ -f "$program" ] || { say "building"; dotnet build -c Release -v quiet --nologo "$root/src/CallActors.Node" || fail "the build failed"; }
  for name in $names; do if running "$name"; then fail "$name runs already; stop first"; fi; done
  mkdir -p "$folder"
  start_database
  for name in server1 server2; do launch_unit $name; done
  for name in server1 server2; do
    await 30 "the start of $name" listens $name && running $name || { stop; fail "$name did not start: $folder/$name.log"; }
    say "$name: SIP on 127.0.0.1:$((first - 1 + ${name#server})), applications on 127.0.0.1:$((first + 1 + ${name#server}))"
  done
  for name in node1 node2 node3; do launch_unit $name; done
  for name in node1 node2 node3; do
    await 60 "the start of $name" listens $name && running $name || { stop; fail "$name did not start: $folder/$name.log"; }
    say "$name: cluster on 127.0.0.1:$((first + 3 + ${name#node}))"
  done
  await 60 "one cluster of three" whole || { stop; fail "the nodes did not find each other: $folder/node*.log"; }
  say "up. Phones register at 127.0.0.1:$first; logs, and a line for each call that is over, are in $folder"
}

stop() {
  for name in node1 node2 node3 server1 server2; do running $name && kill -TERM "$(cat "$folder/$name.pid")"; done
  for name in $names; do
    if [ -f "$folder/$name.pid" ]; then
      # Calls may end; a second signal ends what has not left.
      await 20 "the leave of $name" eval "! running $name" || { running $name && kill -KILL "$(cat "$folder/$name.pid")"; }
      rm -f "$folder/$name.pid" "$folder/$name.ports"
      say "$name has stopped"
    fi
  done
  stop_database
}

status() {
  for name in $names; do
    if running $name; then say "$name runs ($(cat "$folder/$name.pid")): $(status_of $name)"; else say "$name does not run"; fi
  done
}

case "${1:-} ${2:-}" in
  "start ") start ;;
  "stop ") stop ;;
  "status ") status ;;
  "kill "?*) running "$2" || fail "$2 does not run"; kill -KILL "$(cat "$folder/$2.pid")"; say "$2 was killed" ;;
  "restart "?*) if running "$2"; then fail "$2 runs already"; fi; launch_unit "$2"; await 60 "the start of $2" listens "$2" && running "$2" || fail "$2 did not start: $folder/$2.log"; say "$2 is up" ;;
  *) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
