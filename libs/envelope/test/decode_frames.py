"""Decodes frames with Python's protobuf and prints, one JSON line per frame, what they hold.

Arguments: a FileDescriptorSet of the contract, and a file of frames, each behind its length (4 bytes, little-endian).
A frame that does not decode gives a line {"error": ...}. The first line names the decoder's implementation.
"""

import json
import math
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from google.protobuf.internal import api_implementation


def load_frame_class(descriptors_path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(descriptors_path, "rb") as source:
        files.ParseFromString(source.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("arqon.v1.Frame"))


def hex_of(text):
    return text.encode("utf-8").hex()


def float_facts(value):
    return "nan" if math.isnan(value) else struct.pack("<f", value).hex()


def event_facts(event):
    return [hex_of(event.type), event.payload.hex()]


def body_facts(envelope):
    kind = envelope.WhichOneof("body")
    if kind == "event":
        return [kind, event_facts(envelope.event)]
    if kind == "command":
        return [kind, envelope.command.SerializeToString(deterministic=True).hex()]
    if kind == "reply":
        return [kind, [envelope.reply.request_id.hex(), event_facts(envelope.reply.event)]]
    return [kind, None]


def envelope_facts(envelope):
    return [
        envelope.id.hex(),
        body_facts(envelope),
        [hex_of(envelope.traceparent), hex_of(envelope.tracestate), hex_of(envelope.intent)],
        sorted([hex_of(key), hex_of(value)] for key, value in envelope.headers.items()),
        [hex_of(capability) for capability in envelope.capabilities],
        [hex_of(envelope.embedding.model), [float_facts(value) for value in envelope.embedding.values], envelope.HasField("embedding")],
        envelope.parent_id.hex(),
    ]


def batch_facts(batch):
    return [
        [hex_of(batch.room), hex_of(batch.channel), hex_of(batch.recipient), str(batch.recipient_session)],
        [batch.ack, str(batch.producer), str(batch.run)],
        [[hex_of(position.channel), str(position.epoch), str(position.sequence)] for position in batch.after],
        [envelope_facts(envelope) for envelope in batch.envelopes],
    ]


def main():
    frame_class = load_frame_class(sys.argv[1])
    print(json.dumps({"implementation": api_implementation.Type()}))
    with open(sys.argv[2], "rb") as source:
        while header := source.read(4):
            content = source.read(struct.unpack("<I", header)[0])
            try:
                print(json.dumps([batch_facts(batch) for batch in frame_class.FromString(content).batches]))
            except message.DecodeError as error:
                print(json.dumps({"error": str(error)}))


main()
