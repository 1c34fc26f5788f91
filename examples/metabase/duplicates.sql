-- How many leads repeat an earlier one, by channel.
SELECT channel, sum(leads) AS leads, sum(duplicates) AS duplicates, round(sum(duplicates)::numeric / nullif(sum(leads), 0), 3) AS duplicate_rate
FROM leadscore.duplicate_share
WHERE TRUE [[AND source = {{source}}]]
GROUP BY channel
ORDER BY duplicates DESC
