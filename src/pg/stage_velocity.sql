-- How fast leads pass through each stage, and what is to come for those who stand in it.
CREATE VIEW leadscore.stage_velocity WITH (security_invoker = true, security_barrier = true) AS
SELECT s.source, s.stage_nos[c.stage_no] AS stage_no, s.stages[c.stage_no] AS stage, s.stage_labels[c.stage_no] AS stage_label, c.kind AS stage_kind,
  c.visited AS leads, c.entries, c.returned, c.current,
  t.visits AS timed_visits, t.open_visits, t.median_days, t.p75_days, t.p90_days, t.mean_closed_days,
  f.expected_days_left, f.won_probability, f.lost_probability
FROM leadscore.source_masks() AS s
CROSS JOIN LATERAL (
  SELECT leadscore.stage_counts(v.visits, s.stage_kinds) AS counts,
    leadscore.time_in_stage(v.visits, s.stage_kinds, now()) AS times,
    leadscore.stage_forecast(v.visits, s.stage_kinds, now()) AS forecasts
  FROM (
    SELECT leadscore.stage_visits(k.place, h.entered_at) AS visits
    FROM leadscore.stage_history AS h
    JOIN leadscore.source_ladder AS k ON k.source_id = h.source_id AND k.stage_id = h.stage_id
    WHERE h.source_id = s.source_id AND h.entered_at <= now()
    GROUP BY h.lead) AS v) AS a
CROSS JOIN LATERAL unnest(a.counts) AS c
LEFT JOIN LATERAL unnest(a.times) AS t ON t.stage_no = c.stage_no
LEFT JOIN LATERAL unnest(a.forecasts) AS f ON f.stage_no = c.stage_no;
COMMENT ON VIEW leadscore.stage_velocity IS 'How fast leads pass through the stages: one row for each source with a history, and stage. Everything is as of now';
COMMENT ON COLUMN leadscore.stage_velocity.source IS 'The source: an attached table';
COMMENT ON COLUMN leadscore.stage_velocity.stage_no IS 'The number of the stage, by which stages are ordered';
COMMENT ON COLUMN leadscore.stage_velocity.stage IS 'The name of the stage in the model';
COMMENT ON COLUMN leadscore.stage_velocity.stage_label IS 'Number and title of the stage, for tools that order stages as texts';
COMMENT ON COLUMN leadscore.stage_velocity.stage_kind IS 'open or won: a step of the ladder; hold or lost: beside the ladder';
COMMENT ON COLUMN leadscore.stage_velocity.leads IS 'Leads that have ever been in the stage';
COMMENT ON COLUMN leadscore.stage_velocity.entries IS 'How often leads entered it, returns included';
COMMENT ON COLUMN leadscore.stage_velocity.returned IS 'Leads that entered it more than once: those that run laps, such as to hold and back';
COMMENT ON COLUMN leadscore.stage_velocity.current IS 'Leads that are in it now';
COMMENT ON COLUMN leadscore.stage_velocity.timed_visits IS 'Visits whose length counts: all but those of won and lost stages in which leads have stayed';
COMMENT ON COLUMN leadscore.stage_velocity.open_visits IS 'Of those, visits that go on: they count as long as they have lasted';
COMMENT ON COLUMN leadscore.stage_velocity.median_days IS 'Days after which half of the visits have ended, by Kaplan and Meier; NULL where they have not yet';
COMMENT ON COLUMN leadscore.stage_velocity.p75_days IS 'Days after which three quarters of the visits have ended; NULL where they have not yet';
COMMENT ON COLUMN leadscore.stage_velocity.p90_days IS 'Days after which nine tenths of the visits have ended; NULL where they have not yet';
COMMENT ON COLUMN leadscore.stage_velocity.mean_closed_days IS 'The mean days of visits that have ended: too few as long as the slow ones go on. NULL without any';
COMMENT ON COLUMN leadscore.stage_velocity.expected_days_left IS 'The days in open stages and on hold that a lead in this stage has before it, on the average; NULL where it cannot be told and for won and lost stages';
COMMENT ON COLUMN leadscore.stage_velocity.won_probability IS 'The probability that a lead in this stage ends in a won one, from 0 to 1; NULL where it cannot be told and for won and lost stages';
COMMENT ON COLUMN leadscore.stage_velocity.lost_probability IS 'The probability that it ends in a lost one; NULL likewise';
GRANT SELECT ON leadscore.stage_velocity TO PUBLIC;
