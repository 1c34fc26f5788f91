-- Whom marketing warms, those first who are about to forget you.
SELECT lead, reason, stage_label, owner, expected_value, heat_points, cools_at, action, send
FROM leadscore.nurture_queue
WHERE TRUE [[AND source = {{source}}]]
ORDER BY cools_at NULLS LAST, expected_value DESC NULLS LAST
LIMIT 200
