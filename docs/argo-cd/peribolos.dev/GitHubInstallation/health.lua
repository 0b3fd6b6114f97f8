-- Argo CD's health of a GitHubInstallation: whether its token is valid and runs may start. Whether its last Apply did what the file
-- says is for the organization's owners: it is in the message only.
local health = { status = "Progressing", message = "The controller has not seen it yet" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end
if obj.status.observedGeneration ~= nil and obj.status.observedGeneration < obj.metadata.generation then
  health.message = "The controller has not seen its change yet"
  return health
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end
local function is(kind, status)
  return conditions[kind] ~= nil and conditions[kind].status == status
end
local function text(kind)
  local condition = conditions[kind]
  return condition.reason .. ": " .. (condition.message or "")
end

if obj.spec.suspend == true then
  return { status = "Suspended", message = "spec.suspend is true: no run starts" }
end
if is("Stalled", "True") then
  return { status = "Degraded", message = text("Stalled") }
end
if is("Ready", "True") then
  for _, kind in ipairs({ "Synced", "Drifted" }) do
    local bad = kind == "Synced" and "False" or "True"
    if is(kind, bad) then
      return { status = "Healthy", message = kind .. " is " .. bad .. ", " .. text(kind) }
    end
  end
  return { status = "Healthy", message = text("Ready") }
end
if is("Reconciling", "True") then
  health.message = text("Reconciling")
elseif conditions["Ready"] ~= nil then
  return { status = "Degraded", message = text("Ready") }
end
return health
