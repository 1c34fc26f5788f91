-- What marketing and sales have promised each other, and what has come of it.
SELECT month, department, measure, channel, norm, fact, round(fact_share::numeric, 2) AS fact_share, is_met, probability_met
FROM leadscore.department_contract
WHERE TRUE [[AND source = {{source}}]]
ORDER BY month DESC, department, measure, channel
