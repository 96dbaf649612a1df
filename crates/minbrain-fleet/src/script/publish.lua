-- Puts experiences into one bank, each at most once, and forgets what is over its capacity.
-- KEYS: vectors, records, scores, count.
-- ARGV: forgetting, capacity, quantisation, then for each experience: name, record, direction,
-- surprise, and a number from 0 to 1 that follows from the name.
local vectors, records, scores, count = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local forgetting, capacity, quantisation = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local fresh = 0

-- How much an experience would be missed.
local function missed(direction, surprise, chance)
  if forgetting == 'fifo' then
    return redis.call('INCR', count)
  elseif forgetting == 'random' then
    return chance
  elseif forgetting == 'utility' then
    -- Success of its prediction times recency, as a logarithm: one capacity later, a new one is worth
    -- e times as much.
    return redis.call('INCR', count) / capacity - math.log(1 + surprise)
  end
  -- How far its nearest neighbour lies away, times how wrong its prediction was.
  redis.call('INCR', count)
  local near = redis.call('VSIM', vectors, 'FP32', direction, 'WITHSCORES', 'COUNT', 1, 'EF', 32)
  local distance = 1 - tonumber(near[2] or 0)
  return math.sqrt(math.max(distance, 0)) * (0.1 + surprise)
end

for at = 4, #ARGV, 5 do
  local name, record, direction = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if redis.call('HEXISTS', records, name) == 0 then
    if forgetting == 'none' and redis.call('HLEN', records) >= capacity then
      return redis.error_reply('FLEETFULL the budget is full')
    end
    local score = missed(direction, tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]))
    redis.call('VADD', vectors, 'FP32', direction, name, quantisation)
    redis.call('HSET', records, name, record)
    redis.call('ZADD', scores, score, name)
    fresh = fresh + 1
  end
end

local over = redis.call('ZCARD', scores) - capacity
if over > 0 then
  local gone = redis.call('ZPOPMIN', scores, over)
  for at = 1, #gone, 2 do
    redis.call('HDEL', records, gone[at])
    redis.call('VREM', vectors, gone[at])
  end
end
return fresh
