import { prologue } from './lua-prologue.js';

const opening = `${prologue}
local GROUP, CONSUMER = ARGV[12], ARGV[13]
local function ensureGroup(after)
  if redis.call('HEXISTS', META, 'g:' .. GROUP) == 1 and redis.call('EXISTS', LOG) == 1 then return end
  redis.call('HSET', META, 'g:' .. GROUP, '1')
  redis.pcall('XGROUP', 'CREATE', LOG, GROUP, text(after), 'MKSTREAM')
  keepKeys(true)
end
local function isOurs(id)
  return #redis.call('XPENDING', LOG, GROUP, id, id, 1, CONSUMER) == 1
end
local function erasedTask(sequence) return 't:' .. sequence .. ':' .. GROUP end
`;

/** Creates the group at the log's end where there is none: ARGV 12 group, 13 consumer. */
export const openGroupScript = `${opening}
ensureGroup(last)
return reply()
`;

/** Hands out runs: ARGV 14 lease in milliseconds, 15 how many. Replies sequence, `m`, record and deliveries before, for each. */
export const takeScript = `${opening}
ensureGroup(0)
local out, left, cursor, rounds = {}, tonumber(ARGV[15]), '0-0', 0
local function give(entry, before)
  out[#out + 1] = text(sequenceOf(entry[1]))
  out[#out + 1] = entry[2][2]
  out[#out + 1] = entry[2][4]
  out[#out + 1] = text(before)
  left = left - 1
end
repeat
  local claimed = redis.call('XAUTOCLAIM', LOG, GROUP, CONSUMER, ARGV[14], cursor, 'COUNT', left)
  cursor, rounds = claimed[1], rounds + 1
  for i = 1, #claimed[2] do
    local entry = claimed[2][i]
    give(entry, redis.call('XPENDING', LOG, GROUP, entry[1], entry[1], 1)[1][4] - 1)
  end
until left <= 0 or cursor == '0-0' or rounds == 64
if left > 0 and hasErased then
  local fields = redis.call('HKEYS', ERASED)
  for i = 1, #fields do
    local sequence = left > 0 and string.match(fields[i], '^t:(%d+):')
    if sequence and fields[i] == erasedTask(sequence) then
      local handedMs, deliveries = struct.unpack('>dd', redis.call('HGET', ERASED, fields[i]))
      local tombstone = redis.call('HGET', ERASED, sequence)
      if tombstone and handedMs + tonumber(ARGV[14]) <= nowMs then
        redis.call('HSET', ERASED, fields[i], struct.pack('>dd', nowMs, deliveries + 1) .. CONSUMER)
        give({sequence, {'m', string.sub(tombstone, 1, 24), 'r', string.sub(tombstone, 25)}}, deliveries)
      end
    end
  end
end
if left > 0 then
  local read = redis.call('XREADGROUP', 'GROUP', GROUP, CONSUMER, 'COUNT', left, 'STREAMS', LOG, '>')
  local entries = read and read[1] and read[1][2] or {}
  for i = 1, #entries do give(entries[i], 0) end
end
return reply(out)
`;

/** ARGV 14 epoch, 15 sequence. */
export const acknowledgeScript = `${opening}
if epoch == tonumber(ARGV[14]) then
  redis.call('XACK', LOG, GROUP, ARGV[15] .. '-0')
  if hasErased then redis.call('HDEL', ERASED, erasedTask(ARGV[15])) end
end
return reply()
`;

/** Sets how long runs have been idle, if this consumer has them: ARGV 14 epoch, 15 milliseconds, 16 on sequences. Wakes takers unless 0. */
export const leaseScript = `${opening}
if epoch ~= tonumber(ARGV[14]) then return reply() end
for i = 16, #ARGV do
  local id = ARGV[i] .. '-0'
  if isOurs(id) then redis.call('XCLAIM', LOG, GROUP, CONSUMER, 0, id, 'IDLE', ARGV[15], 'JUSTID') end
  local task = hasErased and redis.call('HGET', ERASED, erasedTask(ARGV[i]))
  if task and string.sub(task, 17) == CONSUMER then
    local _, deliveries = struct.unpack('>dd', task)
    redis.call('HSET', ERASED, erasedTask(ARGV[i]), struct.pack('>dd', nowMs - tonumber(ARGV[15]), deliveries) .. CONSUMER)
  end
end
if ARGV[15] ~= '0' then redis.call('PUBLISH', ARGV[1], headOf(3)) end
return reply()
`;
