-- How many leads of each month became customers; a young month has not had its time.
SELECT source, cohort_month, leads, reached AS customers, round(rate_first_step::numeric, 3) AS rate, is_mature
FROM leadscore.funnel_by_cohort
WHERE stage = 'customer' [[AND source = {{source}}]]
ORDER BY source, cohort_month
