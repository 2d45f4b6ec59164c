/**
 * What every script of a topic begins with. It decides, in the same step as the script's own work, whether the log is whole or loss cannot
 * be ruled out, and begins a new epoch then (D5, D17):
 * - the keys are gone or belong to an earlier epoch than the caller knows (flushed, restored, evicted): it begins empty;
 * - the head is below the one the caller knows, or another run ended there (an old snapshot or a lost tail of the append-only file), or
 *   the server is another process than the one that wrote last and nothing rules out that its last writes went: the runs that are left
 *   stay readable and numbers go on behind them (`base`), but producers are forgotten.
 *
 * KEYS: log, meta, producers, erased. ARGV 1 channel of announcements; 2 run id of the server, empty: ask it; 3 whether acknowledged writes
 * survive its end: `2` surely, `1` if a caller that knows the epoch finds its head, `0` no (RestartSurvival); 4 to 7 epoch, last sequence, last time and the server's run id as the caller knows them; 8 to 10 retention
 * (events, bytes, milliseconds); 11 milliseconds after which producers are forgotten. A script's own arguments start at 12.
 *
 * A log entry has the id `<sequence>-0` and two fields: `m` holds time, bytes of all bodies before it in the epoch, and the sequence of the
 * same producer's run before (0: none), as doubles; `r` is the record of run-record.ts. An erased run is no entry any more but a field of
 * `erased`, named by its sequence, that holds `m` and the tombstone's record; what a group has not done of it, one of the name
 * `t:<sequence>:<group>`, that holds when it was handed out last (ms, 0: never), how often, and to whom.
 */
export const prologue = `
local LOG, META, PRODUCERS, ERASED = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local MAX_EVENTS, MAX_BYTES, MAX_AGE_MS, IDLE_MS = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local KNOWN_EPOCH, KNOWN_LAST, KNOWN_TIME = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local nowMs = math.floor(now / 1000)
local function text(n) return string.format('%.0f', n) end
local function sequenceOf(id) return tonumber(string.match(id, '^%d+')) end
local runId, survival = ARGV[2], tonumber(ARGV[3])
if runId == '' then
  local info = redis.call('INFO', 'server') .. redis.call('INFO', 'persistence') .. redis.call('INFO', 'replication')
  runId = string.match(info, 'run_id:(%x+)') or ''
  if not string.find(info, 'aof_enabled:1', 1, true) or not string.find(info, 'master_replid2:0000000000', 1, true) then survival = 0 end
end
local stored = redis.call('HMGET', META, 'epoch', 'last', 'time', 'bytes', 'run', 'until', 'first', 'firstBytes', 'firstTime', 'hasErased', 'base')
local epoch, last, time, bytes = tonumber(stored[1] or 0), tonumber(stored[2] or 0), tonumber(stored[3] or 0), tonumber(stored[4] or 0)
local keptUntilMs = tonumber(stored[6] or 0)
local first, firstBytes, firstTime = tonumber(stored[7] or 1), tonumber(stored[8] or 0), tonumber(stored[9] or 0)
local hasErased, base = stored[10] == '1', tonumber(stored[11] or 0)
local hasLog = redis.call('EXISTS', LOG) == 1
local isNewLog, isNewEpoch, isEmptied = not hasLog, false, false

local function headOf(kind) return struct.pack('>Bdddd', kind, epoch, last, time, last) end
local function reply(...)
  return {struct.pack('>dddddB', epoch, last, first, time, base, isNewEpoch and 1 or 0), runId, ...}
end

local function endsOtherwise()
  local entry = redis.call('XREVRANGE', LOG, text(KNOWN_LAST), '-', 'COUNT', 1)[1]
  if not entry then return false end
  local ends = sequenceOf(entry[1]) + struct.unpack('>I2', entry[2][4]) - 1
  if ends > KNOWN_LAST then return true end
  return ends == KNOWN_LAST and struct.unpack('>d', entry[2][2]) ~= KNOWN_TIME
end

local function isAllLost()
  if epoch == 0 or epoch < KNOWN_EPOCH then return true end
  return first <= last and not hasLog and nowMs < keptUntilMs - 1000
end

local function isTailLost()
  local isKnown = epoch == KNOWN_EPOCH
  if isKnown and last < KNOWN_LAST then return true end
  if isKnown and KNOWN_LAST > 0 and ARGV[7] ~= runId and endsOtherwise() then return true end
  return stored[5] ~= runId and survival < (isKnown and 1 or 2)
end

local function groupNames()
  local names = {}
  local fields = redis.call('HKEYS', META)
  for i = 1, #fields do
    if string.sub(fields[i], 1, 2) == 'g:' then names[#names + 1] = string.sub(fields[i], 3) end
  end
  return names
end

local function createGroups(names, after)
  for i = 1, #names do
    redis.call('XGROUP', 'CREATE', LOG, names[i], text(after), 'MKSTREAM')
    redis.call('HSET', META, 'g:' .. names[i], '1')
    hasLog = true
  end
end

local function keepKeys(isForced)
  local slackMs = math.max(60000, math.floor(MAX_AGE_MS / 8))
  if not isForced and not isNewLog and keptUntilMs >= nowMs + MAX_AGE_MS + math.floor(slackMs / 2) then return end
  local logMs, producersMs = MAX_AGE_MS + slackMs, IDLE_MS + 2 * slackMs
  keptUntilMs = nowMs + logMs
  redis.call('HSET', META, 'until', text(keptUntilMs))
  redis.call('PEXPIRE', LOG, text(logMs))
  redis.call('PEXPIRE', ERASED, text(logMs))
  redis.call('PEXPIRE', PRODUCERS, text(producersMs))
  redis.call('PEXPIRE', META, text(math.max(logMs, producersMs) + 86400000))
end

local function beginEpoch()
  local groups = epoch > 0 and groupNames() or {}
  epoch = math.max(now, epoch + 1, KNOWN_EPOCH + 1)
  time = math.max(time, KNOWN_TIME)
  last, base, bytes, first, firstBytes, firstTime, hasErased, isNewEpoch, isEmptied = 0, 0, 0, 1, 0, 0, false, true, true
  redis.call('DEL', LOG, META, PRODUCERS, ERASED)
  redis.call('HSET', META, 'epoch', text(epoch), 'last', '0', 'time', text(time), 'bytes', '0', 'run', runId, 'first', '1', 'firstBytes', '0', 'firstTime', '0')
  hasLog = false
  createGroups(groups, 0)
  keepKeys(true)
  redis.call('PUBLISH', ARGV[1], headOf(2))
end

local function renewEpoch()
  epoch, time, base, isNewEpoch = math.max(now, KNOWN_EPOCH + 1, epoch + 1), math.max(time, KNOWN_TIME), last, true
  redis.call('DEL', PRODUCERS)
  redis.call('HSET', META, 'epoch', text(epoch), 'time', text(time), 'base', text(base), 'run', runId)
  redis.call('PUBLISH', ARGV[1], headOf(2))
end

if isAllLost() then
  beginEpoch()
else
  if isTailLost() then renewEpoch() elseif stored[5] ~= runId then redis.call('HSET', META, 'run', runId) end
  if not hasLog and first <= last then
    -- Everything in it had grown too old.
    first, firstBytes, hasErased = last + 1, bytes, false
    redis.call('DEL', ERASED)
    redis.call('HSET', META, 'first', text(first), 'firstBytes', text(firstBytes), 'hasErased', '0')
    createGroups(groupNames(), last)
  end
end
`;

/** `trim()` drops whole runs beyond the retention, at most 16,384 runs by size or age at once. */
export const trimming = `
local function erasedSequences()
  local sequences = {}
  local fields = redis.call('HKEYS', ERASED)
  for i = 1, #fields do sequences[#sequences + 1] = tonumber(fields[i]) end
  table.sort(sequences)
  return sequences
end

local function trim()
  local oldest = now - MAX_AGE_MS * 1000
  if first > last then return end
  if last - first < MAX_EVENTS and bytes - firstBytes <= MAX_BYTES and firstTime >= oldest then return end
  local from = math.max(first, last - MAX_EVENTS + 1)
  local function isKept(m)
    local itsTime, before = struct.unpack('>dd', m)
    return bytes - before <= MAX_BYTES and itsTime >= oldest, itsTime, before
  end
  first, firstBytes, firstTime = last + 1, bytes, time
  local cursor, rounds, wanted = from, 0, 1
  local isFound, isEnd
  repeat
    -- Mostly the number of events decides, and the first entry is kept: more would be read in vain.
    local entries = redis.call('XRANGE', LOG, text(cursor), '+', 'COUNT', wanted)
    isFound, isEnd = false, #entries < wanted
    rounds, wanted = rounds + 1, 64
    for i = 1, #entries do
      local kept, itsTime, before = isKept(entries[i][2][2])
      cursor = sequenceOf(entries[i][1]) + 1
      if kept or (rounds == 256 and i == #entries) then
        isFound, first, firstBytes, firstTime = true, cursor - 1, before, itsTime
        break
      end
    end
  until isFound or isEnd
  if hasErased then
    local sequences = erasedSequences()
    for i = 1, #sequences do
      local kept, itsTime, before = isKept(redis.call('HGET', ERASED, text(sequences[i])))
      if sequences[i] >= from and sequences[i] < first and kept then first, firstBytes, firstTime = sequences[i], before, itsTime end
    end
    for i = 1, #sequences do
      if sequences[i] < first then redis.call('HDEL', ERASED, text(sequences[i])) end
    end
    local tasks = redis.call('HKEYS', ERASED)
    for i = 1, #tasks do
      local sequence = string.match(tasks[i], '^t:(%d+):')
      if sequence and tonumber(sequence) < first then redis.call('HDEL', ERASED, tasks[i]) end
    end
    hasErased = redis.call('EXISTS', ERASED) == 1
  end
  redis.call('XTRIM', LOG, 'MINID', '=', text(first) .. '-0')
end

local function saveMeta()
  redis.call('HSET', META, 'last', text(last), 'time', text(time), 'bytes', text(bytes), 'first', text(first), 'firstBytes', text(firstBytes),
    'firstTime', text(firstTime), 'hasErased', hasErased and '1' or '0')
end
`;
