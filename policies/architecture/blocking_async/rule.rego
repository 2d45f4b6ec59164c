# METADATA
# title: Nothing blocks the event loop
# description: >-
#   Production code of apps and libraries calls no blocking form of an API (readFileSync, execSync, pbkdf2Sync, gzipSync, Atomics.wait,
#   …), by whatever name it was imported, and passes none on. Files that run before anything is served, or on a thread of their own, are
#   allowed by name with the reason.
# scope: package
# custom:
#   id: architecture.blocking_async
#   severity: high
#   category: architecture
#   requirements: [J4, S20]
#   fix: Use the asynchronous form of the API, or name the start-up file with its reason in policies/data/allowed_patterns.json.
package arqonbus.architecture.blocking_async

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"blocking_calls": {"api", "function"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, sprintf("%s in %s", [row.api, row.function]), sprintf("%s blocks the event loop", [row.api])) if {
	some row in input.blocking_calls
	not allowed.covers("architecture.blocking_async", row)
}
