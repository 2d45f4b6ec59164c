package arqonbus.testing.async_sleep_test

import data.arqonbus.testing.async_sleep as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"test_delays": [], "delay_imports": [], "foreign_delays": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_delay_imports := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"name": "pause",
	"module": "../src/pause.js",
}

row_of_foreign_delays := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"call": "time.sleep(1)",
}

row_of_test_delays := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"form": "promise_timer",
	"call": "setTimeout(resolve, 200)",
	"delay": "200",
	"ms": 200,
	"symbol": "delivers late",
	"fake_timers": false,
}

settings_allowed_patterns := {"testing.async_sleep": [
	{"file": "libs/x/test/a.test.ts", "symbol": "until", "delay": "2", "reason": "between two looks"},
]}

test_denies_an_awaited_timer if {
	rows := {"test_delays": [row_of_test_delays]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	some found in denied
	found.msg == "setTimeout(resolve, 200) lets a fixed time pass in a test"
	found._loc.line > 0
}

test_denies_timers_promises if {
	rows := {"test_delays": [object.union(row_of_test_delays, {"form": "timers_promises", "call": "sleep(50)", "delay": "50", "ms": 50})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_helper if {
	rows := {"test_delays": [object.union(row_of_test_delays, {"form": "helper", "call": "delay(pauseMs)", "delay": "pauseMs", "ms": -1})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_busy_loop if {
	rows := {"test_delays": [object.union(row_of_test_delays, {"form": "busy_loop", "call": "while (Date.now() < end) {}", "delay": "", "ms": -1})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_process_that_sleeps if {
	rows := {
		"test_delays": [
			object.union(row_of_test_delays, {
				"form": "sleep_process",
				"call": "execSync('sleep 1')",
				"delay": "'sleep 1'",
				"ms": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_blocked_thread if {
	rows := {"test_delays": [object.union(row_of_test_delays, {"form": "atomics", "call": "Atomics.wait(cell, 0, 0, 0)", "delay": "0", "ms": 0})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_an_awaited_timer_on_a_fake_clock if {
	rows := {"test_delays": [object.union(row_of_test_delays, {"fake_timers": true})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_an_imported_delay if {
	rows := {"delay_imports": [row_of_delay_imports]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_python if {
	rows := {"foreign_delays": [object.union(row_of_foreign_delays, {"file": "libs/x/test/peer.py"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_passes_no_delay if {
	rows := {}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	denied == set()
}

test_passes_a_turn_of_the_event_loop if {
	rows := {"test_delays": [object.union(row_of_test_delays, {"call": "setTimeout(resolve, 0)", "delay": "0", "ms": 0})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	denied == set()
}

test_passes_a_callback_on_a_fake_clock if {
	rows := {"test_delays": [object.union(row_of_test_delays, {"form": "dropped_timer", "fake_timers": true})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {} with data.allowed_patterns as settings_allowed_patterns
	count(denied) > 0
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({}, {}) with data.allowed_patterns as false
	count(denied) > 0
}
