# METADATA
# title: Who may do what
# description: >-
#   Judges one command or publication of a session. `input` holds `action` (a command's name in the protocol, or `publish`), `token`
#   {tenant_id, subject, roles, capabilities}, `target` {tenant_id, room, channel, recipient} (empty where the action has none) and
#   `proven`, what the host found out about this target: `publish` and `subscribe`, whether the token's patterns cover it; `identity`,
#   whether the token offered is of the same issuer, client and tenant; `membership`, whether the session works in the group.
# scope: package
# custom:
#   requirements: [B25, J31]
package arqonbus.runtime.command

import data.arqonbus.runtime.lib.about
import data.arqonbus.runtime.lib.names

required := {
	"action_known",
	"input_whole",
	"proof",
	"reserved_room",
	"role",
	"roles_known",
	"subject_valid",
	"target_valid",
	"tenant_valid",
	"own_tenant",
}

# What each action needs: a proof about the target (or none), a role (or any), a kind of target, and whether it writes.
actions := {
	"ping": {"proof": "none", "role": "any", "target": "none", "writes": false},
	"status": {"proof": "none", "role": "any", "target": "none", "writes": false},
	"help": {"proof": "none", "role": "any", "target": "none", "writes": false},
	"refresh_token": {"proof": "identity", "role": "any", "target": "none", "writes": false},
	"leave": {"proof": "none", "role": "any", "target": "topic_or_own_inbox", "writes": false},
	"join": {"proof": "subscribe", "role": "any", "target": "topic_or_own_inbox", "writes": false},
	"history_get": {"proof": "subscribe", "role": "any", "target": "topic_or_own_inbox", "writes": false},
	"history_replay": {"proof": "subscribe", "role": "any", "target": "topic_or_own_inbox", "writes": false},
	"list_channels": {"proof": "subscribe", "role": "any", "target": "topic", "writes": false},
	"channel_info": {"proof": "subscribe", "role": "any", "target": "topic", "writes": false},
	"create_channel": {"proof": "publish", "role": "any", "target": "topic", "writes": true},
	"delete_channel": {"proof": "publish", "role": "operator", "target": "topic", "writes": true},
	"task_ack": {"proof": "membership", "role": "any", "target": "none", "writes": false},
	"call": {"proof": "none", "role": "admin", "target": "topic", "writes": false},
	"erase": {"proof": "none", "role": "admin", "target": "topic", "writes": false},
	"publish": {"proof": "publish", "role": "any", "target": "topic_or_inbox", "writes": true},
}

roles := {"client", "service", "operator", "admin"}

# A role and those that imply it.
implied_by := {
	"operator": {"operator", "admin"},
	"admin": {"admin"},
}

default decision := {"allow": false, "reasons": ["undecided"], "policy_version": ""}

decision := about.decide(required, met)

action := actions[input.action]

held contains role if {
	is_array(input.token.roles)
	some role in input.token.roles
}

met contains "action_known" if is_object(action)

# Also what the action does not ask about: a host that leaves a field out does not keep to the contract.
met contains "input_whole" if {
	is_array(input.token.capabilities)
	every capability in input.token.capabilities {
		is_string(capability)
	}
	every proof in {"publish", "subscribe", "identity", "membership"} {
		is_boolean(input.proven[proof])
	}
}

met contains "tenant_valid" if names.tenant_id(input.token.tenant_id)

met contains "subject_valid" if names.client_id(input.token.subject)

met contains "own_tenant" if {
	names.tenant_id(input.target.tenant_id)
	input.target.tenant_id == input.token.tenant_id
}

met contains "roles_known" if {
	count(held) > 0
	held - roles == set()
}

met contains "role" if {
	action.role == "any"
	count(held) > 0
}

met contains "role" if count(implied_by[action.role] & held) > 0

met contains "proof" if action.proof == "none"

met contains "proof" if input.proven[action.proof] == true

# An inbox is read by its own client, whatever the patterns say.
met contains "proof" if {
	action.proof == "subscribe"
	action.target == "topic_or_own_inbox"
	own_inbox
}

met contains "target_valid" if {
	action.target == "none"
	nowhere
}

met contains "target_valid" if {
	action.target in {"topic", "topic_or_inbox", "topic_or_own_inbox"}
	topic
}

met contains "target_valid" if {
	action.target == "topic_or_inbox"
	inbox
}

met contains "target_valid" if {
	action.target == "topic_or_own_inbox"
	own_inbox
}

met contains "reserved_room" if action.writes == false

met contains "reserved_room" if {
	is_string(input.target.room)
	not reserved
}

met contains "reserved_room" if {
	"service" in held
	is_string(input.target.room)
	input.target.room != "sys.calls"
}

# There the bus alone publishes: nothing reaches a service past the command `call`, whose target is the channel of the service.
met contains "reserved_room" if {
	"service" in held
	input.target.room == "sys.calls"
	action.writes == true
	input.action != "publish"
}

met contains "reserved_room" if {
	in_room("continuum.")
	is_array(input.token.capabilities)
	"continuum.produce" in input.token.capabilities
}

nowhere if {
	input.target.room == ""
	input.target.channel == ""
	input.target.recipient == ""
}

topic if {
	names.room(input.target.room)
	names.channel(input.target.channel)
	input.target.recipient == ""
}

inbox if {
	input.target.room == ""
	input.target.channel == ""
	names.client_id(input.target.recipient)
}

own_inbox if {
	inbox
	input.target.recipient == input.token.subject
}

reserved if in_room("sys.")

reserved if in_room("continuum.")

# A builtin that is given another type fails as a whole in Conftest and is merely undefined in WebAssembly.
in_room(prefix) if {
	is_string(input.target.room)
	startswith(input.target.room, prefix)
}

# What Conftest prints for the same input: the reasons of a denial.
deny contains "denied" if not allowed

deny contains reason if some reason in decision.reasons

allowed if decision.allow == true
