# METADATA
# title: Rules use what WebAssembly has
# description: >-
#   Policies call only functions of policies/capabilities.json. Others compile and load without complaint in WebAssembly, and throw when their
#   line is reached.
# scope: package
# custom:
#   id: security.wasm_builtins_only
#   severity: high
#   category: security
#   requirements: [J31]
#   fix: Write it with the functions of policies/capabilities.json, or take the value as input.
package arqonbus.security.wasm_builtins_only

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"foreign_builtins": {"name", "runtime"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("calls %s, which WebAssembly lacks", [row.name])) if some row in input.foreign_builtins
