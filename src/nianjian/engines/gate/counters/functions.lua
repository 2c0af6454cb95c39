#!lua name=nianjian_gate_1
-- The store's side of the counters. Every function that moves a count names the generation of the store (the canary):
-- an emptied store, or another one, moves nothing. All times are epoch milliseconds of the gate that asks.

local KEPT = 172800 -- seconds: a day's counts outlive it by a day

local function foreign(keys, args)
  if server.call('GET', keys[1]) ~= args[1] then return server.error_reply('GENERATION another filling of the store') end
end

-- The cap in force: a gate that knows an older version meets the newer limit, one that knows a newer one its own.
local function cap_of(policy, own)
  local found = server.call('HMGET', policy, 'epoch', 'cap')
  if not found[1] then return nil end
  return math.min(tonumber(found[2]), own), found[1]
end

-- KEYS: canary, then per slot: policy, day's count.   ARGV: generation, then per slot: want, own limit
-- -> per slot {granted, epoch, cap, count after}; epoch '' where the store knows no such cap
server.register_function('nianjian_lease_1', function(keys, args)
  local wrong = foreign(keys, args)
  if wrong then return wrong end
  local out = {}
  for i = 1, (#keys - 1) / 2 do
    local day = keys[2 * i + 1]
    local cap, epoch = cap_of(keys[2 * i], tonumber(args[2 * i + 1]))
    local n, granted = tonumber(server.call('GET', day) or '0'), 0
    if cap then
      granted = math.max(0, math.min(tonumber(args[2 * i]), cap - n))
      if granted > 0 then
        server.call('INCRBY', day, granted)
        if n == 0 then server.call('EXPIRE', day, KEPT) end
      end
    end
    out[i] = {granted, epoch or '', cap or 0, n + granted}
  end
  return out
end)

-- Caps that are to hold from now on. An older version never replaces a newer one; of one version the lower limit holds.
-- KEYS: canary, changes, then policies.   ARGV: generation, then per policy: epoch, cap
server.register_function('nianjian_caps_1', function(keys, args)
  local wrong = foreign(keys, args)
  if wrong then return wrong end
  local moved = 0
  for i = 1, #keys - 2 do
    local epoch, cap = tonumber(args[2 * i]), tonumber(args[2 * i + 1])
    local found = server.call('HMGET', keys[i + 2], 'epoch', 'cap')
    local known = tonumber(found[1] or '-1')
    if epoch > known or (epoch == known and cap < tonumber(found[2])) then
      server.call('HSET', keys[i + 2], 'epoch', epoch, 'cap', cap)
      moved = moved + 1
    end
  end
  if moved > 0 then server.call('INCR', keys[2]) end
  return moved
end)

-- One unit of every window or of none. A window is a sorted set of reservations by time; an anchored one holds its start
-- under the empty name. A refusal writes nothing.
-- KEYS: canary, then per slot: policy, window.   ARGV: generation, reservation, now,
-- then per slot: kind, length, own limit
-- -> {1 or 0, then per slot: count, cap, next chance (-1: not known)}
server.register_function('nianjian_take_1', function(keys, args)
  local wrong = foreign(keys, args)
  if wrong then return wrong end
  local now, out, at, free = tonumber(args[3]), {}, {}, 1
  for i = 1, (#keys - 1) / 2 do
    local window, kind, length = keys[2 * i + 1], args[3 * i + 1], tonumber(args[3 * i + 2])
    local cap = cap_of(keys[2 * i], tonumber(args[3 * i + 3]))
    if not cap then return server.error_reply('POLICY unknown') end
    local n, chance = server.call('ZCARD', window), -1
    at[i] = now
    if kind == 'sliding' and n > 0 then
      at[i] = math.max(now, tonumber(server.call('ZREVRANGE', window, 0, 0, 'WITHSCORES')[2]))
      n = server.call('ZCOUNT', window, string.format('(%.0f', at[i] - length), '+inf')
      if cap > 0 and n >= cap then
        chance = tonumber(server.call('ZREVRANGE', window, cap - 1, cap - 1, 'WITHSCORES')[2]) + length
      end
    elseif kind == 'anchored' and n > 0 then
      local start = tonumber(server.call('ZSCORE', window, ''))
      n = now < start + length and n - 1 or 0
      if cap > 0 then chance = start + length end
    end
    if n >= cap then free = 0 end
    out[3 * i - 1], out[3 * i], out[3 * i + 1] = n, cap, chance
  end
  out[1] = free
  if free == 0 then return out end
  for i = 1, (#keys - 1) / 2 do
    local window, kind, length = keys[2 * i + 1], args[3 * i + 1], tonumber(args[3 * i + 2])
    local n = out[3 * i - 1]
    if kind == 'sliding' then
      server.call('ZREMRANGEBYSCORE', window, '-inf', string.format('%.0f', at[i] - length))
    elseif kind == 'anchored' and n == 0 then -- none is open: this call begins one
      server.call('DEL', window)
      server.call('ZADD', window, string.format('%.0f', now), '')
    end
    server.call('ZADD', window, string.format('%.0f', at[i]), args[2])
    server.call('EXPIRE', window, math.ceil(length / 1000) + KEPT)
    out[3 * i - 1] = n + 1
  end
  return out
end)

-- Give a reservation's units back: those that are there. Twice does nothing.
-- KEYS: windows.   ARGV: reservation
server.register_function('nianjian_back_1', function(keys, args)
  local gone = 0
  for _, window in ipairs(keys) do
    gone = gone + server.call('ZREM', window, args[1])
    if server.call('ZCARD', window) == 1 and server.call('ZSCORE', window, '') then server.call('DEL', window) end
  end
  return gone
end)

-- Give tokens back that were never used, once for each name. -1: done before, or the day's count is gone.
-- KEYS: canary, day's count, released:NAME   ARGV: generation, tokens
server.register_function('nianjian_release_1', function(keys, args)
  local wrong = foreign(keys, args)
  if wrong then return wrong end
  if server.call('EXISTS', keys[2]) == 0 or not server.call('SET', keys[3], '1', 'NX', 'EX', KEPT) then return -1 end
  return server.call('DECRBY', keys[2], args[2])
end)

-- After the store was emptied or an old copy restored: no count falls, each is raised to the figure that is given.
-- KEYS: days' counts   ARGV: a figure for each
server.register_function('nianjian_raise_1', function(keys, args)
  for i, day in ipairs(keys) do
    local n = math.max(tonumber(server.call('GET', day) or '0'), tonumber(args[i]))
    server.call('SET', day, string.format('%.0f', n), 'EX', KEPT)
  end
  return #keys
end)
