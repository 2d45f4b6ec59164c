# METADATA
# title: The parts of the bus speak Protobuf alone
# description: >-
#   Shield, Spine, projector and libraries neither write nor read JSON, Protobuf's own JSON, or another encoding than the contract's bytes. Places
#   that are made for people, or whose encoding another standard gives, are listed with their reason.
# scope: package
# custom:
#   id: protocol.no_other_encoding
#   severity: high
#   category: protocol
#   requirements: [B2, B3, B34]
#   fix: Put the value into a message of proto/. What is for people belongs to the admin server, the logs or the command line.
package arqonbus.protocol.no_other_encoding

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"text_codecs": {"api", "function"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.api, sprintf("%s uses %s", [place(row), row.api])) if {
	some row in input.text_codecs
	not startswith(row.file, "apps/cli/")
	not allowed.covers("protocol.no_other_encoding", row)
}

place(row) := row.function if row.function != ""

place(row) := "the module" if row.function == ""
