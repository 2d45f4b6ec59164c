package arqonbus.testing.no_external_host_in_tests_test

import data.arqonbus.testing.no_external_host_in_tests as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"test_hosts": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_test_hosts := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"host": "example.com",
	"call": "fetch('https://example.com/')",
}

test_denies_a_name if {
	rows := {"test_hosts": [row_of_test_hosts]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "the test connects to example.com"
	found._loc.line > 0
}

test_denies_an_address if {
	rows := {"test_hosts": [object.union(row_of_test_hosts, {"host": "10.0.0.7", "call": "connect(4222, '10.0.0.7')"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_name_that_looks_local if {
	rows := {"test_hosts": [object.union(row_of_test_hosts, {"host": "localhost.example.com", "call": "fetch('http://localhost.example.com')"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_an_address_that_looks_local if {
	rows := {"test_hosts": [object.union(row_of_test_hosts, {"host": "127.0.0.1.nip.io", "call": "fetch('http://127.0.0.1.nip.io')"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_loopback if {
	rows := {"test_hosts": [object.union(row_of_test_hosts, {"host": "127.0.0.1", "call": "connect(port, '127.0.0.1')"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_another_loopback if {
	rows := {"test_hosts": [object.union(row_of_test_hosts, {"host": "127.0.0.2", "call": "connect(port, '127.0.0.2')"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_reserved if {
	rows := {"test_hosts": [object.union(row_of_test_hosts, {"host": "spine.invalid", "call": "fetch('http://spine.invalid')"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
