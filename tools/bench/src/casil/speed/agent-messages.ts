import { SeededRandom, textOfPattern } from '@arqonbus/testkit';

const encoder = new TextEncoder();

/** `plain`: no JSON escape in it; `escaped`: prose of several lines with quotes, as models write it, so that a decoded copy is scanned too. */
export type AgentMessageKind = 'plain' | 'escaped';

/** Clean JSON messages of `sizeBytes` as agents send them: ids, links, token counts, times, prose; the same for the same seed. */
export function agentMessages(kind: AgentMessageKind, count: number, sizeBytes: number, seed = 7): readonly Uint8Array[] {
  const random = new SeededRandom(seed);
  const separator = kind === 'plain' ? ' ' : '\n\n> "so be it"\n';
  return Array.from({ length: count }, () => encoder.encode(agentMessage(random, sizeBytes, separator)));
}

const sentences = [
  'The forecast for the northern depot was read again and the plan moved by a day.', 'Three carriers answered, one of them with a lower price than last week.', 'No change was needed in the second table, the totals agree.',
  'The key figures of the quarter are in the attached report, ask for access when the link does not open.', 'Next the agent compares the routes and writes a summary for the shift lead.', 'A user asked how to reset a password and was sent the page about it.',
];

function agentMessage(random: SeededRandom, sizeBytes: number, separator: string): string {
  const uuid = (): string => textOfPattern('[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', random);
  const message = {
    id: uuid(), task_id: uuid(), trace_id: random.text('0123456789abcdef', 32), agent: `planner-${String(random.between(1, 99))}`, step: random.between(1, 40), created_at: '2026-05-01T10:00:00.123Z',
    model: 'm-4-large', usage: { prompt_tokens: random.between(100, 9000), completion_tokens: random.between(10, 900), max_tokens: 4096 },
    tool: { name: 'http_get', call_id: `call_${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 24)}`, args: { url: `https://api.example.com/v1/depots/${String(random.between(1, 999))}?page=2&sort=-created`, timeout_ms: 2000 } },
    result: { status: 200, etag: random.text('0123456789abcdef', 32), commit: random.text('0123456789abcdef', 40), cache_key: `depot:${String(random.between(1, 999))}:profile`, ok: true },
    content: '',
  };
  let text = JSON.stringify(message);
  while (text.length < sizeBytes) {
    message.content += `${message.content === '' ? '' : separator}${random.pick(sentences)}`;
    text = JSON.stringify(message);
  }
  return JSON.stringify({ ...message, content: message.content.slice(0, message.content.length - (text.length - sizeBytes)) });
}
