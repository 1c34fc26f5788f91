-- A relation's leads: which of them are one person.

CREATE FUNCTION leadscore.find_duplicates(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL, within interval DEFAULT NULL, window_mode text DEFAULT 'anchored', threshold double precision DEFAULT NULL, links regclass DEFAULT NULL, OUT lead_a text, OUT lead_b text, OUT weight double precision, OUT probability double precision, OUT days_apart double precision) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000
AS 'MODULE_PATHNAME', 'leadscore_find_duplicates';
COMMENT ON FUNCTION leadscore.find_duplicates(regclass, text, text, jsonb, interval, text, double precision, regclass) IS
'All pairs of leads of a table or view that are one person with a probability of at least threshold (by default the rule''s), lead_a having come first: their keys as text, the weight (log2 of the odds), the probability, and the days between them. columns maps roles to columns, by default by name, see leadscore.match_weight(). within and window_mode count repeated requests only: anchored, those within that time of the first request of a person; sliding, of the previous one; the end is inclusive. links is a relation (lead_a text, lead_b text, is_same boolean) of what people said: pairs are given or left out accordingly; those whose leads are not there, or that have a NULL, say nothing. m and u are learned from the relation unless the rule is trained; a NOTICE says from what. Leads without a key are left out. Memory is bounded by maintenance_work_mem. Raises 42704 if the rule does not exist, 42P01 if a relation does not exist, 42703 for an unknown column and where within is given and no column plays the role created_at, 42804 for a column of the wrong type, 42809 for what is no table or view, 22023 for a wrong argument and for two links that contradict each other, 22004 for a NULL one that must not be, 54000 where the memory does not suffice.';

CREATE FUNCTION leadscore.cluster_duplicates(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL, within interval DEFAULT NULL, window_mode text DEFAULT 'anchored', threshold double precision DEFAULT NULL, links regclass DEFAULT NULL, OUT lead_id text, OUT cluster_id text, OUT is_primary boolean) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000
AS 'MODULE_PATHNAME', 'leadscore_cluster_duplicates';
COMMENT ON FUNCTION leadscore.cluster_duplicates(regclass, text, text, jsonb, interval, text, double precision, regclass) IS
'Every lead of a table or view with the person it belongs to: cluster_id is the key of the person''s earliest lead, so that it stays when more come, and is_primary is true for that lead. Pairs over the threshold join clusters from the surest down, where the mean weight of all pairs between them is -4 bits or more, so that one doubtful pair does not join strangers. links is a relation (lead_a text, lead_b text, is_same boolean) of what people said, which is kept to. With within, each window of repeated requests is a cluster of its own. Arguments and errors are those of leadscore.find_duplicates(); 22023 also for links that contradict each other by way of others.';

CREATE TYPE leadscore.blocking_report AS (
  key integer,
  parts text[],
  leads bigint,
  blocks bigint,
  pairs bigint,
  only_pairs bigint,
  only_share double precision,
  most_leads bigint,
  blocks_too_large bigint,
  leads_in_too_large bigint,
  largest_block bigint,
  largest_example text
);
COMMENT ON TYPE leadscore.blocking_report IS 'What one blocking key does: a line of leadscore.explain_blocking()';
COMMENT ON COLUMN leadscore.blocking_report.key IS 'Number of the key in the rule';
COMMENT ON COLUMN leadscore.blocking_report.parts IS 'What leads must share';
COMMENT ON COLUMN leadscore.blocking_report.leads IS 'Leads that have all parts';
COMMENT ON COLUMN leadscore.blocking_report.blocks IS 'Blocks of two leads or more';
COMMENT ON COLUMN leadscore.blocking_report.pairs IS 'Pairs that the key brings together';
COMMENT ON COLUMN leadscore.blocking_report.only_pairs IS 'Those of them that no other key does';
COMMENT ON COLUMN leadscore.blocking_report.only_share IS 'only_pairs as a part of all pairs of all keys, 0 to 1; NULL if there are none';
COMMENT ON COLUMN leadscore.blocking_report.most_leads IS 'The largest block all of whose pairs are compared: 100, or fewer where that would be more than two pairs a lead';
COMMENT ON COLUMN leadscore.blocking_report.blocks_too_large IS 'Larger blocks: there each lead is compared with the next five only, in the order of their names and other values';
COMMENT ON COLUMN leadscore.blocking_report.leads_in_too_large IS 'Leads in those blocks';
COMMENT ON COLUMN leadscore.blocking_report.largest_block IS 'Leads in the largest block';
COMMENT ON COLUMN leadscore.blocking_report.largest_example IS 'The key of a lead in it';

CREATE FUNCTION leadscore.explain_blocking(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL, within interval DEFAULT NULL) RETURNS SETOF leadscore.blocking_report
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_blocking';
COMMENT ON FUNCTION leadscore.explain_blocking(regclass, text, text, jsonb, interval) IS
'What the blocking keys of a rule do in a relation: how many pairs each brings together, which no other key does, and its largest block. Nothing is compared. Arguments and errors are those of leadscore.find_duplicates().';

CREATE TYPE leadscore.match_training_report AS (
  rule text,
  leads bigint,
  pairs bigint,
  matches bigint,
  persons bigint,
  prior double precision,
  m_from text,
  training_keys integer,
  steps integer,
  expected_matches double precision,
  labels bigint,
  blocks_too_large bigint
);
COMMENT ON TYPE leadscore.match_training_report IS 'What leadscore.train_match() says about what it has learned';
COMMENT ON COLUMN leadscore.match_training_report.rule IS 'The rule';
COMMENT ON COLUMN leadscore.match_training_report.leads IS 'Leads that it was learned from';
COMMENT ON COLUMN leadscore.match_training_report.pairs IS 'Pairs that share a blocking key';
COMMENT ON COLUMN leadscore.match_training_report.matches IS 'Those of them over the threshold';
COMMENT ON COLUMN leadscore.match_training_report.persons IS 'Persons that the leads come from, by clusters';
COMMENT ON COLUMN leadscore.match_training_report.prior IS 'The probability that two leads are one person';
COMMENT ON COLUMN leadscore.match_training_report.m_from IS 'leads: m was learned from them; rule: they hold too few matches, so that the rule''s m stay';
COMMENT ON COLUMN leadscore.match_training_report.training_keys IS 'Blocking keys whose pairs taught m';
COMMENT ON COLUMN leadscore.match_training_report.steps IS 'Steps of expectation maximisation, over all keys';
COMMENT ON COLUMN leadscore.match_training_report.expected_matches IS 'Matches expected among the pairs that taught, a pair counting for each key that found it';
COMMENT ON COLUMN leadscore.match_training_report.labels IS 'Pairs that people said are one person, which updated m';
COMMENT ON COLUMN leadscore.match_training_report.blocks_too_large IS 'Blocks too large to compare all their pairs, see leadscore.explain_blocking()';

CREATE FUNCTION leadscore.learn_match(relation regclass, rule text, key text, columns jsonb, labels regclass, OUT document jsonb, OUT report leadscore.match_training_report) RETURNS record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000
AS 'MODULE_PATHNAME', 'leadscore_learn_match';
COMMENT ON FUNCTION leadscore.learn_match(regclass, text, text, jsonb, regclass) IS
'Internal: a rule with the m, u, prior and frequencies that a relation teaches, as a document, and a report';

CREATE FUNCTION leadscore.train_match(rule text, relation regclass, key text DEFAULT 'id', columns jsonb DEFAULT NULL, labels regclass DEFAULT NULL) RETURNS leadscore.match_training_report
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  learned record;
BEGIN
  IF rule IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the match rule must be named';
  END IF;
  SELECT * INTO STRICT learned FROM leadscore.learn_match(relation, rule, key, columns, labels);
  IF (learned.report).m_from <> 'leads' AND (learned.report).labels < 25 THEN
    RAISE WARNING USING
      MESSAGE = format('match rule "%s" is left as it was', rule),
      DETAIL = 'The leads hold too few matches to learn from.',
      HINT = 'Searches learn what they can from the leads at hand; labels teach a rule too, from 25 pairs of one person on.';
    RETURN learned.report;
  END IF;
  -- What people call the rule is no part of what is learned.
  PERFORM leadscore.import_match_rule(learned.document || coalesce((
      SELECT jsonb_build_object('title', r.title, 'title_ru', r.title_ru)
      FROM leadscore.match_rule AS r WHERE r.rule = train_match.rule), '{}'), rule, replace => true);
  RETURN learned.report;
END
$$;
COMMENT ON FUNCTION leadscore.train_match(text, regclass, text, jsonb, regclass) IS
'Learns a match rule from leads of which nobody needs to say who they are, and stores it: u from random pairs of persons, m by expectation maximisation on the pairs of each blocking key (its own fields left out), the prior, and the frequencies of values. Then match_weight() and duplicate indexes use them, and searches no longer learn anew. Makes the rule contact if it has no rows. labels is a relation (lead_a text, lead_b text, is_same boolean): pairs that are one person update m, the learned m counting for 50 of them; pairs that are not are left out, because people judge such as look alike, which says nothing of strangers. The same leads teach the same, in any order and again: a trained rule is learned anew from what ships. Where there are fewer than 25 matches, and fewer such labels, a WARNING says that the rule is left as it was. Raises what leadscore.find_duplicates() raises.';

CREATE FUNCTION leadscore.learned_match_rule(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT l.document FROM leadscore.learn_match(relation, rule, key, columns, NULL) AS l
$$;
COMMENT ON FUNCTION leadscore.learned_match_rule(regclass, text, text, jsonb) IS
'The rule that a search over the relation judges by, with what it learns from the leads, as a document: explain_match() by it shows why find_duplicates() says what it says (but for values that fewer than ten persons share, whose frequencies it does not keep). Nothing is stored. Raises what leadscore.find_duplicates() raises.';
