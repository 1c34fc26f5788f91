-- Does grade A convert like A: won rates of the grades that leads had when they came.
SELECT grade, sum(mature_leads) AS leads, sum(won) AS won, round(sum(won)::numeric / nullif(sum(mature_leads), 0), 3) AS won_rate
FROM leadscore.lead_quality
WHERE stage_no = 1 [[AND source = {{source}}]]
GROUP BY grade
ORDER BY grade
