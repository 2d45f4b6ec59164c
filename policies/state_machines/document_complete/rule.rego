# METADATA
# title: A machine's document is whole
# description: >-
#   A document has the sections Code, States, Events, Transitions and Invariants, each with one table that the strict reader
#   takes; its field and its tests are there, and one of the tests drives the machine over the document.
# scope: package
# custom:
#   id: state_machines.document_complete
#   severity: medium
#   category: state_machines
#   requirements: [P13]
#   fix: >-
#     Write the document as docs/state_machines/README.md says, and name under Code where states, table, field and tests are.
package arqonbus.state_machines.document_complete

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"machine_document_faults": {"document", "fault"}, "machines": {"name", "owner", "field", "field_found", "tests_found", "driven"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.document, sprintf("%s cannot be read: %s", [row.document, row.fault])) if {
	some row in input.machine_document_faults
}

deny contains report.finding(row, row.name, sprintf("%s.%s, the field of the machine %s, is not there", [row.owner, row.field, row.name])) if {
	some row in input.machines
	not row.field_found
}

deny contains report.finding(row, row.name, sprintf("a test that the document of the machine %s names is not there", [row.name])) if {
	some row in input.machines
	not row.tests_found
}

deny contains report.finding(row, row.name, sprintf("no live test drives the machine %s over its document", [row.name])) if {
	some row in input.machines
	row.driven < 1
}
