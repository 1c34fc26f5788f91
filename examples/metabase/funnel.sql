-- Where leads are lost: each stage with the rate from the one before and its 95 % interval.
SELECT stage_label, f.reached, f.rate, w.lower, w.upper
FROM (SELECT stage_no, stage_label, sum(reached) AS reached, round(sum(reached)::numeric / nullif(sum(prev_step), 0), 3) AS rate, sum(prev_step) AS entered
    FROM leadscore.funnel_by_cohort
    WHERE stage_kind IN ('open', 'won') [[AND source = {{source}}]] [[AND cohort_month >= {{since}}]]
    GROUP BY stage_no, stage_label) AS f,
  leadscore.wilson(least(f.reached, f.entered)::bigint, f.entered::bigint) AS w
ORDER BY stage_no
