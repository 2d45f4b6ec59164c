import { prologue, trimming } from './lua-prologue.js';

/**
 * Appends a group of runs: ARGV 12 records as encodeGroup wrote them, 13 their number, 14 bytes up to which the announcement holds the runs
 * themselves. Replies head, run id, preceding sequence, time and one 11-byte verdict per run (empty: all accepted).
 *
 * `producers` holds per producer (`p` owner, both halves) when it was seen, its last run and where that is in the log; and per owner (`o`)
 * its producers' halves, of which there are at most 64. Earlier runs are found by going back from run to run.
 */
export const appendScript = `${prologue}${trimming}
local GROUP, COUNT, INLINE_BYTES = ARGV[12], tonumber(ARGV[13]), tonumber(ARGV[14])
local NONE, OWNED_MAX, HOPS_MAX = 65535, 64, 1024
local producers = {}

local function find(field)
  local known = producers[field]
  if known ~= nil then return known end
  local packed = redis.call('HGET', PRODUCERS, 'p' .. field)
  known = false
  if packed then
    local seen, run, at = struct.unpack('>ddd', packed)
    if seen >= nowMs - IDLE_MS then known = {seen = seen, run = run, at = at, back = at, hops = 0, places = {}, counts = {}} end
  end
  producers[field] = known
  return known
end

local function seenOf(field)
  local known = producers[field]
  if known then return nowMs end
  local packed = redis.call('HGET', PRODUCERS, 'p' .. field)
  return packed and struct.unpack('>d', packed) or 0
end

local function own(owner, halves)
  local list = redis.call('HGET', PRODUCERS, 'o' .. owner) or ''
  local idlest, idlestAt
  for at = 1, #list, 8 do
    if string.sub(list, at, at + 7) == halves then return end
  end
  if #list >= OWNED_MAX * 8 then
    for at = 1, #list, 8 do
      local seen = seenOf(owner .. string.sub(list, at, at + 7))
      if not idlest or seen < idlest then idlest, idlestAt = seen, at end
    end
    local field = owner .. string.sub(list, idlestAt, idlestAt + 7)
    redis.call('HDEL', PRODUCERS, 'p' .. field)
    producers[field] = false
    list = string.sub(list, 1, idlestAt - 1) .. string.sub(list, idlestAt + 8)
  end
  redis.call('HSET', PRODUCERS, 'o' .. owner, list .. halves)
end

-- Where an earlier run of the producer went; its number of events, nil when it is no longer known.
local function locate(producer, field, run)
  while not producer.places[run] and producer.back > 0 and producer.hops < HOPS_MAX do
    local sequence = producer.back
    local entry = redis.call('XRANGE', LOG, text(sequence), text(sequence))[1]
    local m, record
    if entry then
      m, record = entry[2][2], entry[2][4]
    else
      local tombstone = hasErased and redis.call('HGET', ERASED, text(sequence))
      if tombstone then m, record = string.sub(tombstone, 1, 24), string.sub(tombstone, 25) end
    end
    producer.hops = producer.hops + 1
    if not m then
      producer.back = 0
    else
      local count, length = struct.unpack('>I2I2', record)
      local _, _, before = struct.unpack('>ddd', m)
      local itsRun = struct.unpack('>d', record, 13 + length)
      producer.places[itsRun], producer.counts[itsRun] = sequence, count
      producer.back = before
    end
  end
  return producer.places[run] or 0, producer.counts[run]
end

if not hasLog then createGroups(groupNames(), last) end
local previous = last
local stamp = math.max(time, now)
local verdicts, sequences, counts, ends, acceptedCount, isCreated = {}, {}, {}, {}, 0, false
local at = 1
for i = 1, COUNT do
  local size, count, length = struct.unpack('>I4I2I2', GROUP, at)
  local record = string.sub(GROUP, at + 4, at + 3 + size)
  local verdict, sequence, told, before, producer, field, run = 0, last + 1, count, 0, nil, nil, nil
  local bodyBytes = size - 4
  if length ~= NONE then
    bodyBytes = size - 20 - length
    field = string.sub(record, 5, 12 + length)
    run = struct.unpack('>d', record, 13 + length)
    producer = find(field)
    if not producer then
      if run == 1 then
        own(string.sub(field, 1, length), string.sub(field, length + 1))
        producer = {seen = nowMs, run = 0, at = 0, back = 0, hops = 0, places = {}, counts = {}}
        producers[field] = producer
        isCreated = true
      else
        verdict, sequence = 3, 0
      end
    elseif run > producer.run + 1 then
      verdict, sequence = 2, 0
    elseif run <= producer.run then
      verdict = 1
      sequence, told = locate(producer, field, run)
      told = told or count
    end
    if producer then
      producer.isUsed = true
      before = producer.at
    end
  end
  if verdict == 0 then
    redis.call('XADD', LOG, text(sequence) .. '-0', 'm', struct.pack('>ddd', stamp, bytes, before), 'r', record)
    if first > last then firstBytes, firstTime = bytes, stamp end
    bytes = bytes + bodyBytes
    last = sequence + count - 1
    acceptedCount = acceptedCount + 1
    if producer then
      producer.run, producer.at = run, sequence
      producer.places[run], producer.counts[run] = sequence, count
    end
  end
  verdicts[i], sequences[i], counts[i], ends[i] = verdict, sequence, told, at + 3 + size
  at = at + 4 + size
end

for field, producer in pairs(producers) do
  if producer and producer.isUsed then redis.call('HSET', PRODUCERS, 'p' .. field, struct.pack('>ddd', nowMs, producer.run, producer.at)) end
end
if acceptedCount > 0 then
  time = stamp
  trim()
  saveMeta()
  local records = GROUP
  if acceptedCount < COUNT then
    local parts = {}
    for i = 1, COUNT do
      if verdicts[i] == 0 then parts[#parts + 1] = string.sub(GROUP, (ends[i - 1] or 0) + 1, ends[i]) end
    end
    records = table.concat(parts)
  end
  if #records <= INLINE_BYTES then
    redis.call('PUBLISH', ARGV[1], struct.pack('>Bdddd', 1, epoch, previous, time, last) .. records)
  else
    redis.call('PUBLISH', ARGV[1], headOf(2))
  end
end
keepKeys(isCreated)
if acceptedCount == COUNT then return reply(struct.pack('>dd', previous, stamp), '') end
for i = 1, COUNT do verdicts[i] = struct.pack('>BdI2', verdicts[i], sequences[i], counts[i]) end
return reply(struct.pack('>dd', previous, stamp), table.concat(verdicts))
`;
