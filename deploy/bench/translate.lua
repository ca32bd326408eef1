-- The translation as one would write it by hand. A body filter sees one answer only (nginx's subrequests do not go with HTTP/2),
-- so the pushy job tells of its nodes by the job's own state: less work than Dragoman does.
cjson = require "cjson"
local phase = {new = "new", ready = "voting", running = "running", finished = "complete", stopped = "aborted"}
local back = {new = "new", voting = "ready", running = "running", complete = "finished", crashed = "failed"}
local backs = {new = "new", running = "running", succeeded = "finished", complete = "finished", crashed = "errored"}
local U = "http://gateway.example.com/orchestrator/v1/jobs/"

-- Collects the platform's answer and sends what `translate` makes of it.
function whole(translate)
  local chunk, is_last = ngx.arg[1], ngx.arg[2]
  local context = ngx.ctx
  context.body = (context.body or "") .. (chunk or "")
  if is_last then ngx.arg[1] = cjson.encode(translate(cjson.decode(context.body))) else ngx.arg[1] = nil end
end

function pushy(job)
  local state = phase[job.state] or "crashed"
  return {
    id = "@HEX@" .. job.name, command = job.options.task, status = state, created_at = job.created_timestamp,
    updated_at = job.timestamp, nodes = {[state] = job.options.scope.nodes}}
end

function orchestrator(job)
  local id = job.id:sub(-8)
  local names, states, count = {}, {}, 0
  for _, state in ipairs({"new", "running", "succeeded", "complete", "crashed"}) do
    for _, name in ipairs(job.nodes[state] or {}) do
      count = count + 1
      names[count] = name
      states[backs[state]] = (states[backs[state]] or 0) + 1
    end
  end
  table.sort(names)
  return {
    id = U .. id, name = id, command = "task", type = "task", state = back[job.status] or "failed",
    options = {task = job.command, transport = "pxp", noop = false, params = {}, scope = {nodes = names}, environment = "production"},
    node_count = count, node_states = states, timestamp = job.updated_at, created_timestamp = job.created_at,
    finished_timestamp = cjson.null, environment = {name = "production"},
    owner = {id = "00000000-0000-4000-8000-000000000000", login = ""}, nodes = {id = U .. id .. "/nodes"},
    report = {id = U .. id .. "/report"}, events = {id = U .. id .. "/events"}, userdata = {}}
end
