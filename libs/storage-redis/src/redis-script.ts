import { createHash } from 'node:crypto';
import { acknowledgeScript, leaseScript, openGroupScript, takeScript } from './lua-group.js';
import { appendScript } from './lua-append.js';
import { eraseScript, headScript, readScript, resetScript, trimScript } from './lua-log.js';

/** A script and the name by which a server knows it once it was sent. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

function script(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

export const scripts = {
  append: script(appendScript),
  head: script(headScript),
  reset: script(resetScript),
  trim: script(trimScript),
  read: script(readScript),
  erase: script(eraseScript),
  openGroup: script(openGroupScript),
  take: script(takeScript),
  acknowledge: script(acknowledgeScript),
  lease: script(leaseScript),
  /** Adds a channel to a room: KEYS the set; ARGV channel, pub/sub channel, milliseconds to keep the set. */
  announceChannel: script(`
local isNew = redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if isNew == 1 then redis.call('PUBLISH', ARGV[2], ARGV[1]) end
return isNew
`),
  /** Counts up: KEYS the counter; ARGV by how much, milliseconds that it lasts from its first count. A counter without an end gets one. */
  countUp: script(`
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count
`),
} as const satisfies Record<string, RedisScript>;
