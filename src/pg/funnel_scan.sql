-- Funnels over leads in no order.
CREATE FUNCTION leadscore.funnel_scan_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_scan_support';
COMMENT ON FUNCTION leadscore.funnel_scan_support(internal) IS
'Internal: what the planner asks about funnel_step_transition(). To be asked loads the library in time, so that the first query of a session is offered a funnel scan, too';

ALTER FUNCTION leadscore.funnel_step_transition(internal, interval, text, timestamptz, int) SUPPORT leadscore.funnel_scan_support;
