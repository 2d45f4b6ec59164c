# METADATA
# title: Tests replace time and randomness, nothing else
# description: >-
#   A test against a stand-in proves that the stand-in works. Modules, members and globals of the host are replaced only where they give time or
#   chance; recorders of calls and settings of the environment are no stand-ins.
# scope: package
# custom:
#   id: testing.mocks_only_time_and_random
#   severity: medium
#   category: testing
#   requirements: [L4, L5, J8]
#   fix: Use the real thing (an in-memory store, a server on a free port) or hand the collaborator in as an argument.
package arqonbus.testing.mocks_only_time_and_random

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"test_doubles": {"kind", "call", "target"}, "mock_imports": {"module"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.target, sprintf("%s replaces what the test is to prove", [row.call])) if {
	some row in input.test_doubles
	not row.kind in {"function", "clock", "environment"}
	not row.target in time_and_chance
	not is_allowed(row)
}

deny contains report.finding(row, row.module, sprintf("the test loads %s, which stands in for the real thing", [row.module])) if some row in input.mock_imports

time_and_chance := {
	"Date", "Date.now", "Math.random", "performance.now", "performance.timeOrigin", "process.hrtime", "process.hrtime.bigint",
	"crypto.randomUUID", "crypto.getRandomValues", "crypto.randomBytes", "setTimeout", "setInterval", "setImmediate",
}

is_allowed(row) if {
	some entry in data.allowed_patterns["testing.mocks_only_time_and_random"]
	entry.file == row.file
	entry.target == row.target
	entry.reason != ""
}
