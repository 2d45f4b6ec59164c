import { prologue, trimming } from './lua-prologue.js';

/** Replies the head; creates the log where there is none. */
export const headScript = `${prologue}
keepKeys(false)
return reply()
`;

/** Begins a new epoch without runs. */
export const resetScript = `${prologue}
if not isEmptied then beginEpoch() end
return reply()
`;

/** Trims, and forgets idle producers, about 512 per call: ARGV 12 is the cursor, replied anew (`0`: done). */
export const trimScript = `${prologue}${trimming}
trim()
saveMeta()
keepKeys(false)
local scanned = redis.call('HSCAN', PRODUCERS, ARGV[12], 'COUNT', 512)
local fields = scanned[2]
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 1) == 'p' and struct.unpack('>d', fields[i + 1]) < nowMs - IDLE_MS then
    redis.call('HDEL', PRODUCERS, fields[i])
    local owner, halves = string.sub(fields[i], 2, -9), string.sub(fields[i], -8)
    local list, left = redis.call('HGET', PRODUCERS, 'o' .. owner) or '', {}
    for at = 1, #list, 8 do
      local one = string.sub(list, at, at + 7)
      if one ~= halves then left[#left + 1] = one end
    end
    if #left > 0 then redis.call('HSET', PRODUCERS, 'o' .. owner, table.concat(left)) else redis.call('HDEL', PRODUCERS, 'o' .. owner) end
  end
end
return reply(scanned[1])
`;

/**
 * Reads a part: ARGV 12 to 15 sequences and times (bounds inclusive), 16 and 17 events and bytes at most, 18 runs at most. One run is always
 * replied. Replies head, run id, whether the window was read to its end, and for each run sequence, `m` and record.
 */
export const readScript = `${prologue}${trimming}
local FROM, TO, FROM_TIME, TO_TIME = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15])
local EVENTS, BYTES, RUNS = tonumber(ARGV[16]), tonumber(ARGV[17]), tonumber(ARGV[18])
local out, events, size, runs = {}, 0, 0, 0
local from = math.max(FROM, first)
if FROM_TIME > 0 and from <= last then
  -- Times rise with sequences: the first entry at or after the time, by halves. Runs erased just before it are looked at too.
  local low, high = from, last + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local entry = redis.call('XRANGE', LOG, text(middle), '+', 'COUNT', 1)[1]
    if entry and struct.unpack('>d', entry[2][2]) < FROM_TIME then low = sequenceOf(entry[1]) + 1 else high = middle end
  end
  from = low
end

local pending = {}
if hasErased then
  local sequences = erasedSequences()
  for i = 1, #sequences do
    local value = redis.call('HGET', ERASED, text(sequences[i]))
    local count = struct.unpack('>I2', value, 25)
    if sequences[i] + count - 1 >= FROM and sequences[i] <= TO and struct.unpack('>d', value) >= FROM_TIME then
      pending[#pending + 1] = {sequences[i], string.sub(value, 1, 24), string.sub(value, 25)}
    end
  end
end

local isFull, isOver, nextErased = false, false, 1
-- True when it was taken or passed over, false when the page or the window ends before it.
local function take(sequence, m, record)
  local itsTime, count = struct.unpack('>d', m), struct.unpack('>I2', record)
  if sequence > TO or itsTime > TO_TIME then isOver = true return false end
  if itsTime < FROM_TIME or sequence + count - 1 < FROM then return true end
  if runs > 0 and (events + count > EVENTS or size + #record > BYTES or runs >= RUNS) then isFull = true return false end
  events, size, runs = events + count, size + #record, runs + 1
  out[#out + 1] = text(sequence)
  out[#out + 1] = m
  out[#out + 1] = record
  return true
end
local function takeErasedBefore(sequence)
  while nextErased <= #pending and pending[nextErased][1] < sequence do
    if not take(pending[nextErased][1], pending[nextErased][2], pending[nextErased][3]) then return false end
    nextErased = nextErased + 1
  end
  return true
end
local function takeEntry(entry)
  local sequence = sequenceOf(entry[1])
  return takeErasedBefore(sequence) and take(sequence, entry[2][2], entry[2][4])
end

local goesOn = true
if FROM > first then
  -- The run that holds the first sequence may begin before it.
  local entry = redis.call('XREVRANGE', LOG, text(FROM - 1), '-', 'COUNT', 1)[1]
  if entry then goesOn = takeEntry(entry) end
end
local chunk = 16
while goesOn do
  local entries = from <= last and redis.call('XRANGE', LOG, text(from), '+', 'COUNT', chunk) or {}
  for i = 1, #entries do
    if not takeEntry(entries[i]) then goesOn = false break end
    from = sequenceOf(entries[i][1]) + 1
  end
  if goesOn and #entries < chunk then
    takeErasedBefore(last + 1)
    goesOn = false
  end
  if runs > 0 then chunk = math.max(1, math.min(256, RUNS - runs + 1, math.ceil((BYTES - size) / (size / runs)) + 1)) end
end
return reply(isFull and '0' or '1', out)
`;

/**
 * Puts a tombstone in place of a run: ARGV 12 epoch, 13 sequence, 14 sha1 of the record that it replaces, 15 its record.
 * Replies `1`, or `0` when the run is no longer that one.
 */
export const eraseScript = `${prologue}
if epoch ~= tonumber(ARGV[12]) then return reply('0') end
local entry = redis.call('XRANGE', LOG, ARGV[13], ARGV[13])[1]
local m, record
if entry then
  m, record = entry[2][2], entry[2][4]
elseif hasErased then
  local value = redis.call('HGET', ERASED, ARGV[13])
  if value then m, record = string.sub(value, 1, 24), string.sub(value, 25) end
end
if not m or redis.sha1hex(record) ~= ARGV[14] then return reply('0') end
redis.call('HSET', ERASED, ARGV[13], m .. ARGV[15])
redis.call('HSET', META, 'hasErased', '1')
if entry then
  -- The engine's groups pass over what was deleted: those that have not done it get the tombstone from here.
  local id = ARGV[13] .. '-0'
  local groups = redis.call('XINFO', 'GROUPS', LOG)
  for i = 1, #groups do
    local group = {}
    for at = 1, #groups[i], 2 do group[groups[i][at]] = groups[i][at + 1] end
    local pending = redis.call('XPENDING', LOG, group.name, id, id, 1)[1]
    local task
    if pending then
      task = struct.pack('>dd', nowMs - pending[3], pending[4]) .. pending[2]
      redis.call('XACK', LOG, group.name, id)
    elseif sequenceOf(group['last-delivered-id']) < tonumber(ARGV[13]) then
      task = struct.pack('>dd', 0, 0)
    end
    if task then redis.call('HSET', ERASED, 't:' .. ARGV[13] .. ':' .. group.name, task) end
  end
  redis.call('XDEL', LOG, id)
end
keepKeys(true)
local erasures = redis.call('HINCRBY', META, 'erasures', 1)
redis.call('PUBLISH', ARGV[1], struct.pack('>Bdddd', 4, epoch, tonumber(ARGV[13]), erasures, last))
return reply('1')
`;
