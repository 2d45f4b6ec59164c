package arqonbus.runtime.command_test

import data.arqonbus.runtime.command

token := {"tenant_id": "acme", "subject": "c-1", "roles": ["client"], "capabilities": []}

target := {"tenant_id": "acme", "room": "orders", "channel": "", "recipient": ""}

nothing := {"publish": false, "subscribe": false, "identity": false, "membership": false}

join := {"action": "join", "token": token, "target": target, "proven": object.union(nothing, {"subscribe": true})}

publish := {"action": "publish", "token": token, "target": target, "proven": object.union(nothing, {"publish": true})}

test_passes_a_covered_join if {
	decided := command.decision with input as join
	decided == {"allow": true, "reasons": [], "policy_version": "1.0.0"}
	denied := command.deny with input as join
	denied == set()
}

test_passes_the_own_inbox if {
	inbox := {"tenant_id": "acme", "room": "", "channel": "", "recipient": "c-1"}
	command.decision.reasons == [] with input as {"action": "join", "token": token, "target": inbox, "proven": nothing}
}

test_denies_a_foreign_inbox if {
	inbox := {"tenant_id": "acme", "room": "", "channel": "", "recipient": "c-2"}
	command.decision.reasons == ["target_valid"]
		with input as {"action": "join", "token": token, "target": inbox, "proven": object.union(nothing, {"subscribe": true})}
}

test_denies_nothing_known if {
	decided := command.decision with input as {}
	decided.allow == false
	decided.reasons == sort(command.required)
}

test_denies_an_unknown_command if {
	"action_known" in command.decision.reasons with input as object.union(join, {"action": "drop"})
}

test_denies_each_field_missing if {
	every key in object.keys(join) {
		count(command.decision.reasons) > 0 with input as object.remove(join, [key])
	}
}

test_denies_without_proof if {
	command.decision.reasons == ["proof"] with input as object.union(join, {"proven": nothing})
}

test_denies_another_tenant if {
	command.decision.reasons == ["own_tenant"] with input as object.union(join, {"target": {"tenant_id": "other"}})
}

test_denies_wildcards if {
	command.decision.reasons == ["target_valid"] with input as object.union(join, {"target": {"room": "*"}})
	command.decision.reasons == ["own_tenant", "tenant_valid"]
		with input as object.union(join, {"target": {"tenant_id": "*"}, "token": {"tenant_id": "*"}})
}

test_denies_reserved_rooms if {
	command.decision.reasons == ["reserved_room"] with input as object.union(publish, {"target": {"room": "sys.audit"}})
	command.decision.reasons == ["reserved_room"] with input as object.union(publish, {"target": {"room": "continuum.e"}})
}

test_passes_services_into_reserved_rooms if {
	command.decision.reasons == [] with input as object.union(publish, {"target": {"room": "sys.audit"}, "token": {"roles": ["service"]}})
	command.decision.reasons == []
		with input as object.union(publish, {"target": {"room": "continuum.e"}, "token": {"capabilities": ["continuum.produce"]}})
}

test_denies_deleting_without_operator if {
	delete := object.union(publish, {"action": "delete_channel"})
	command.decision.reasons == ["role"] with input as delete
	command.decision.reasons == [] with input as object.union(delete, {"token": {"roles": ["admin"]}})
}

test_calls_for_admins_alone if {
	call := object.union(publish, {"action": "call", "target": {"room": "sys.calls", "channel": "projector"}, "proven": nothing})
	command.decision.reasons == ["role"] with input as call
	command.decision.reasons == ["role"] with input as object.union(call, {"token": {"roles": ["service", "operator"]}})
	command.decision.reasons == [] with input as object.union(call, {"token": {"roles": ["admin"]}})
}

test_lets_the_bus_alone_publish_calls if {
	calls := object.union(publish, {"target": {"room": "sys.calls", "channel": "projector"}, "token": {"roles": ["service", "admin"]}})
	command.decision.reasons == ["reserved_room"] with input as calls
	command.decision.reasons == [] with input as object.union(calls, {"action": "create_channel"})
}
