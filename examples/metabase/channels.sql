-- Which channels bring customers, and at what price.
SELECT channel, sum(leads) AS leads, sum(target_leads) AS target_leads, sum(won) AS won, round(sum(won)::numeric / nullif(sum(leads), 0), 3) AS won_rate,
  sum(cost) AS cost, round(sum(cost) / nullif(sum(target_leads) FILTER (WHERE cost IS NOT NULL), 0), 2) AS cost_per_target_lead, sum(revenue) AS revenue
FROM leadscore.channel_performance
WHERE is_mature [[AND source = {{source}}]] [[AND month >= {{since}}]]
GROUP BY channel
ORDER BY leads DESC
