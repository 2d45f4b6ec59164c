# METADATA
# title: Tests talk to this machine only
# description: >-
#   A test that reaches for another host fails without network and tells that host what we do. Connections in test code go to the loopback interface
#   or to names that are reserved and lead nowhere.
# scope: package
# custom:
#   id: testing.no_external_host_in_tests
#   severity: high
#   category: testing
#   requirements: [L4, L5]
#   fix: Start a server on a free port of 127.0.0.1 in the test.
package arqonbus.testing.no_external_host_in_tests

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"test_hosts": {"host", "call"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.host, sprintf("the test connects to %s", [row.host])) if {
	some row in input.test_hosts
	not is_local(row.host)
}

is_local(host) if host in {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}

is_local(host) if regex.match(`^127(\.\d{1,3}){3}$`, host)

# RFC 6761 and RFC 2606: never another host.
is_local(host) if {
	some suffix in {".localhost", ".test", ".invalid", ".example"}
	endswith(host, suffix)
}
