-- Who has how much to do, now and soon.
SELECT owner, worked_by, sum(open_leads) AS open_leads, sum(overdue_actions) AS overdue_actions, round(sum(hours_now)::numeric, 1) AS hours_now, round(sum(expected_hours)::numeric, 1) AS expected_hours
FROM leadscore.owner_workload
WHERE TRUE [[AND source = {{source}}]]
GROUP BY owner, worked_by
ORDER BY owner, worked_by
