/** Whether a text matches a glob: `*` stands for any run of characters but `separator`. Linear in the text for each star. */
export function matchesGlob(glob: string, text: string, separator: string): boolean {
  let at = 0;
  let index = 0;
  let starAt = -1;
  let starText = 0;
  while (at < text.length) {
    if (index < glob.length && glob[index] === '*') {
      starAt = index;
      starText = at;
      index += 1;
    } else if (index < glob.length && glob[index] === text[at]) {
      index += 1;
      at += 1;
    } else if (starAt >= 0 && text[starText] !== separator) {
      starText += 1;
      at = starText;
      index = starAt + 1;
    } else return false;
  }
  while (index < glob.length && glob[index] === '*') index += 1;
  return index === glob.length;
}

/** A set of `room`, `room:channel` and `@client` globs. */
export interface TopicGlobs {
  readonly isEmpty: boolean;
  covers(room: string, channel: string, inbox: string | undefined): boolean;
}

/** Without `:` every channel of the room is meant; unlike grants of tokens a leading `*` covers reserved rooms too (E19). */
export function compileTopicGlobs(globs: readonly string[]): TopicGlobs {
  const inboxes = globs.filter((glob) => glob.startsWith('@')).map((glob) => glob.slice(1));
  const topics = globs.filter((glob) => !glob.startsWith('@')).map((glob) => {
    const colon = glob.indexOf(':');
    return colon < 0 ? { room: glob, channel: '*' } : { room: glob.slice(0, colon), channel: glob.slice(colon + 1) };
  });
  return {
    isEmpty: globs.length === 0,
    covers: (room, channel, inbox) => (inbox === undefined
      ? topics.some((glob) => matchesGlob(glob.room, room, ':') && matchesGlob(glob.channel, channel, ':'))
      : inboxes.some((glob) => matchesGlob(glob, inbox, ':'))),
  };
}

const segment = /^[a-z0-9*][a-z0-9._*-]{0,127}$/;
const client = /^@[A-Za-z0-9*][A-Za-z0-9._@*-]{0,127}$/;

/** Why a text is no glob of topics, or undefined. */
export function faultOfTopicGlob(glob: string): string | undefined {
  if (glob.startsWith('@')) return client.test(glob) ? undefined : 'is no glob of client ids like @agent-*';
  const parts = glob.split(':');
  if (parts.length > 2) return 'has more than one colon';
  // An empty channel is the room's main channel.
  const isValid = segment.test(parts[0]) && (parts.length === 1 || parts[1] === '' || segment.test(parts[1]));
  return isValid ? undefined : 'is no glob like room, room:channel or @client';
}
