import type { Message } from '@arqonbus/sdk';

const textTypes = /^(?:text\/[^;]+|application\/(?:json|xml|javascript|yaml|x-ndjson|x-www-form-urlencoded)|[^;]+\+(?:json|xml|yaml))(?:;|$)/i;
/** Control characters, and those that end lines or turn the direction of text. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** A payload as JSON can hold it. */
export interface PayloadText {
  readonly encoding: 'text' | 'base64';
  readonly payload: string;
}

/** The payload as text when its type is one of text and its bytes are UTF-8, else as base64. */
export function payloadText(type: string, payload: Uint8Array): PayloadText {
  if (textTypes.test(type)) {
    try {
      return { encoding: 'text', payload: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload) };
    } catch {
      // Not UTF-8 whatever the type says: base64 keeps the bytes.
      return { encoding: 'base64', payload: Buffer.from(payload).toString('base64') };
    }
  }
  return { encoding: 'base64', payload: Buffer.from(payload).toString('base64') };
}

/** The object that `--json` prints for a message. 64-bit numbers are text. */
export function messageJson(message: Message): object {
  const { topic, sequence, epoch, time, timeUs, sender, session, id, type, headers, replayed, erased } = message;
  return {
    topic, sequence, epoch, time: time.toISOString(), timeUs, sender, session, id, type, headers, replayed, ...(erased ? { erased } : {}),
    ...payloadText(type, message.payload),
  };
}

/** One line for people. Control characters of the publisher are shown as escapes, so that none reaches the terminal. */
export function messageLine(message: Message): string {
  const { encoding, payload } = payloadText(message.type, message.payload);
  const shown = message.erased ? '<erased>' : encoding === 'text' ? visible(payload) : `<${visible(message.type)}, ${message.payload.length} bytes>`;
  return `${message.time.toISOString()} ${message.topic} #${message.sequence} ${message.sender}: ${shown}`;
}

/** Text with its control characters as escapes. */
export function visible(text: string): string {
  return text.replace(controls, (control) => (control === '\n' ? '\\n' : control === '\t' ? '\\t' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
