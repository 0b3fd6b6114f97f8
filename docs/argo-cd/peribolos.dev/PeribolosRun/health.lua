-- Argo CD's health of a PeribolosRun: how it ended.
local health = { status = "Progressing", message = "The controller has not seen it yet" }
if obj.status == nil or obj.status.phase == nil then
  return health
end
local phase = obj.status.phase
health.message = (obj.status.reason or phase) .. ": " .. (obj.status.message or "")
if phase == "Failed" then
  health.status = "Degraded"
elseif phase == "Cancelled" then
  health.status = "Suspended"
elseif phase == "Succeeded" or phase == "Skipped" or phase == "Superseded" then
  health.status = "Healthy"
end
return health
