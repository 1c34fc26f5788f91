-- What is to be done, the overdue first.
SELECT due_at, is_overdue, owner, lead, stage_label, action, send, score, expected_value
FROM leadscore.next_actions
WHERE TRUE [[AND source = {{source}}]] [[AND owner = {{owner}}]]
ORDER BY is_overdue DESC, expected_value DESC NULLS LAST, score DESC NULLS LAST, due_at
LIMIT 200
