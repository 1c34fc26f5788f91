-- Conversions that have changed beyond chance, and whose the change is.
SELECT stage_label, dimension, segment, baseline_rate, current_rate, difference_lower, difference_upper, q_value, verdict, cause, cause_channel, cause_owner
FROM leadscore.stage_alerts
WHERE verdict IN ('drop', 'rise') [[AND source = {{source}}]]
ORDER BY q_value NULLS LAST, stage_no
