-- How the page of leadscore.report() looks: on paper, a phone and a desk, in light and in dark.
CREATE FUNCTION leadscore.report_style() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN $css$
:root { color-scheme: light; --page: #f5f6f8; --card: #ffffff; --ink: #1b2430; --muted: #586474; --line: #e1e5ea; --accent: #0b62a8; --warm: #b8470b; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --page: #11151b; --card: #191f27; --ink: #e7ebf0; --muted: #9ca8b6; --line: #2b343f; --accent: #62b4f2; --warm: #f2a65a; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px; display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
header, footer, section.wide { grid-column: 1 / -1; }
header { padding: 0 4px; }
h1 { margin: 0; font-size: 1.875rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 0 0 4px; font-size: 1.1875rem; line-height: 1.3; font-weight: 650; }
p { margin: 0; }
header p, footer { color: var(--muted); }
footer { padding: 0 4px; font-size: 0.8125rem; }
em { font-style: italic; color: var(--muted); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px; min-width: 0; break-inside: avoid; }
.say { max-width: 46em; }
.say + .rows, .say + .charts, .say + figure { margin-top: 16px; }
.note { color: var(--muted); font-size: 0.875rem; margin-top: 12px; }
.figures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 24px; margin: 0; }
.figures dt { color: var(--muted); font-size: 0.875rem; }
.figures dd { margin: 0; }
.figures .big { font-size: 1.875rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
.figures .small { color: var(--muted); font-size: 0.8125rem; line-height: 1.4; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows li { display: grid; grid-template-columns: minmax(0, 12rem) minmax(0, 1fr) 5.5rem minmax(0, 1fr) 11.5rem; column-gap: 16px; align-items: center; padding: 7px 0; border-top: 1px solid var(--line); }
.rows li.head .value { white-space: normal; }
.rows li.head { border-top: 0; padding: 0 0 6px; color: var(--muted); font-size: 0.8125rem; line-height: 1.3; align-items: end; }
.rows .value { text-align: right; white-space: nowrap; }
.rows .value small { color: var(--muted); font-size: 0.8125rem; }
.rows .name { line-height: 1.3; }
.rows.narrow li { grid-template-columns: minmax(0, 6rem) 4rem minmax(0, 1fr) 10.5rem; }
.rows.pair li { grid-template-columns: 6.5rem minmax(0, 1fr) 4rem minmax(0, 1fr) 4rem; }
.rows.pair li.head .first { grid-column: 2 / 4; text-align: left; }
.rows.pair li.head .second { grid-column: 4 / 6; text-align: left; }
.rows.costs li { grid-template-columns: minmax(0, 12rem) 4.5rem minmax(0, 1fr) 11.5rem 8rem; }
.rows.load li { grid-template-columns: minmax(0, 12rem) minmax(0, 1fr) 5rem 5.5rem; }
.load .head .first { color: var(--accent); }
.load .head .second { color: var(--warm); }
.rows.changes li { grid-template-columns: minmax(0, 1fr) minmax(0, 18rem) 10rem; padding: 12px 0; }
.changes small { display: block; color: var(--muted); font-size: 0.875rem; line-height: 1.4; }
.changes .value small { font-size: 0.8125rem; }
.mark { color: var(--warm); font-size: 0.75rem; white-space: nowrap; }
.drop { color: var(--warm); font-weight: 600; }
.rise { color: var(--accent); font-weight: 600; }
svg { display: block; overflow: visible; width: 100%; }
svg text { font-size: 12px; fill: var(--muted); }
svg text.label { fill: var(--ink); }
.bar { fill: var(--accent); }
.late { fill: var(--warm); }
.track, .grid { stroke: var(--line); stroke-width: 1; }
.whisker { stroke: var(--accent); stroke-width: 3; stroke-linecap: round; opacity: 0.45; }
.dot { fill: var(--accent); }
.whisker.before, .tie { stroke: var(--muted); }
.dot.before { fill: var(--muted); }
.whisker.late { stroke: var(--warm); }
.dot.late { fill: var(--warm); }
.tie { stroke-width: 1; opacity: 0.6; }
.reference { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 2 3; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.straight { fill: none; stroke: var(--muted); stroke-width: 1; stroke-dasharray: 4 4; vector-effect: non-scaling-stroke; }
figure { margin: 0; }
figcaption { margin: 0 0 12px; font-size: 0.875rem; font-weight: 600; color: var(--muted); }
.plot { padding: 8px 20px 48px 44px; }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 32px; }
@media screen and (max-width: 760px) {
  main { grid-template-columns: minmax(0, 1fr); padding: 20px 12px; gap: 12px; }
  section { padding: 18px 16px; border-radius: 10px; }
  h1 { font-size: 1.5rem; }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px 16px; }
  .figures .big { font-size: 1.4375rem; }
  .charts { grid-template-columns: minmax(0, 1fr); }
  .rows li.head { display: none; }
  .rows li, .rows.costs li { grid-template-columns: minmax(0, 1fr) auto; row-gap: 3px; column-gap: 12px; padding: 10px 0; }
  .rows.steps li { grid-template-columns: minmax(0, 1fr) 6rem 4.75rem; }
  .rows .name { grid-column: 1; grid-row: 1; }
  .rows .first { grid-column: 2; grid-row: 1; }
  .rows .plain { grid-column: 1 / -1; }
  .rows .second { grid-column: 2; grid-row: 3; }
  .rows .between { grid-column: 1; grid-row: 3; }
  .rows .last { grid-column: 1 / -1; }
  .rows.steps .name { grid-column: 1 / 3; }
  .rows.steps .first { grid-column: 3; }
  .rows.steps .second { grid-column: 2 / 4; }
  .rows [data-label]::before { content: attr(data-label) " "; color: var(--muted); font-size: 0.8125rem; }
  .rows.costs .between, .rows.costs .second { grid-column: 1 / -1; grid-row: auto; text-align: left; }
  .rows.narrow li { grid-template-columns: minmax(0, 4rem) minmax(0, 1fr) 11.5rem; }
  .rows.narrow .first { grid-column: 2 / -1; }
  .rows.narrow .between { grid-column: 1 / 3; grid-row: 2; }
  .rows.narrow .second { grid-column: 3; grid-row: 2; }
  .rows.pair li { grid-template-columns: minmax(0, 1fr) 4rem minmax(0, 1fr) 4rem; }
  .rows.pair .name { grid-column: 1 / -1; }
  .rows.pair .plain { grid-column: 1; grid-row: 2; }
  .rows.pair .first { grid-column: 2; grid-row: 2; }
  .rows.pair .between { grid-column: 3; grid-row: 2; }
  .rows.pair .second { grid-column: 4; grid-row: 2; }
  .rows.pair [data-label]::before { content: none; }
  .rows.pair li.head { display: grid; }
  .rows.pair li.head .first { grid-column: 1 / 3; text-align: left; }
  .rows.pair li.head .second { grid-column: 3 / 5; text-align: left; }
  .rows.load .name { grid-column: 1 / -1; }
  .rows.load .first { grid-column: 1; grid-row: 3; text-align: left; }
  .rows.changes li { grid-template-columns: minmax(0, 1fr); }
  .rows.changes .value { text-align: left; }
  .rows.changes .name, .rows.changes .plain, .rows.changes .last { grid-column: 1; grid-row: auto; }
}
@media print {
  @page { margin: 14mm; }
  html { font-size: 12px; }
  body { background: none; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { padding: 0; max-width: none; gap: 12px; }
  section { padding: 14px; }
  .rows li { padding: 3px 0; }
  .rows.changes li { padding: 5px 0; }
}
$css$;
COMMENT ON FUNCTION leadscore.report_style() IS
'Internal: the style sheet of leadscore.report().';
