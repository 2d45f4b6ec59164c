# METADATA
# title: Tests wait for conditions, never for time
# description: >-
#   A fixed delay in a test is too short on a slow machine and wasted on a fast one. Test code, its fixtures and its helpers therefore let no fixed
#   time pass, in any spelling; the few places that pace load or bound a look at a condition are named one by one.
# scope: package
# custom:
#   id: testing.async_sleep
#   severity: high
#   category: testing
#   requirements: [J10, L7]
#   fix: Wait for what the test needs with waitFor() of @arqonbus/testkit, or move the clock with vi.useFakeTimers().
package arqonbus.testing.async_sleep

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"test_delays": {"form", "call", "delay", "ms", "symbol", "fake_timers"}, "delay_imports": {"name", "module"}, "foreign_delays": {"call"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.symbol, sprintf("%s lets a fixed time pass in a test", [row.call])) if {
	some row in input.test_delays
	not is_turn(row)
	not on_fake_clock(row)
	not is_allowed(row)
}

deny contains report.finding(row, row.name, sprintf("%s of %s lets a fixed time pass in a test", [row.name, row.module])) if {
	some row in input.delay_imports
}

deny contains report.finding(row, row.call, sprintf("%s lets a fixed time pass in a test", [row.call])) if some row in input.foreign_delays

# A timer of no length gives the event loop one turn.
is_turn(row) if {
	row.ms == 0
	row.form in {"promise_timer", "dropped_timer", "timers_promises"}
}

# The test moves the clock itself; who awaits a timer there waits for what the test does.
on_fake_clock(row) if {
	row.fake_timers
	row.form == "dropped_timer"
}

is_allowed(row) if {
	some entry in data.allowed_patterns["testing.async_sleep"]
	entry.file == row.file
	entry.symbol == row.symbol
	entry.delay == row.delay
	entry.reason != ""
}
